"""Rows by the hundred thousand, made inside PostgreSQL so that it takes seconds."""

from dataclasses import dataclass

from django.db import connection

from clinic.models import Room, Site, User
from sessions.models import Visit
from tests import factories


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A clinic with a full calendar."""

    site: Site
    practitioners: tuple[User, ...]
    rooms: tuple[Room, ...]
    desk: User


def house(*, visits: int) -> House:
    """Three practitioners, three rooms, and so many visits up to a year ahead.

    Visits of 45 minutes lie end to end from 8 to 17 o'clock on weekdays, seven
    in eight of them taken, from a year after NOW backwards.
    """
    site = factories.make_site()
    people = tuple(factories.make_practitioner(site=site) for _ in range(3))
    rooms = tuple(factories.make_room(site=site) for _ in range(3))
    desk = factories.make_desk(site=site)
    _patients(5000)
    _visits(site, people, rooms, desk, visits)
    return House(site=site, practitioners=people, rooms=rooms, desk=desk)


def _patients(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO patients_patient (given_name, family_name, preferred_name, "
            "born_on, sex, phone, email, street, city, region, postcode, country, "
            "language, emergency_name, emergency_phone, emergency_relation, desk_note, "
            "clinical_note, is_deceased, search_name, phone_digits, import_source, "
            "import_key, created_at, version) "
            "SELECT 'Ana', 'Sample' || n, '', date '1990-01-01' + n %% 9000, 'female', "
            "'', '', '', '', '', '', '', 'en', '', '', '', '', '', false, "
            "'ana sample' || n, '', '', '', now(), 1 FROM generate_series(1, %s) n",
            [count],
        )


_VISITS = """
INSERT INTO treatments_visit (kind, patient_id, practitioner_id, site_id, room_id,
    starts_at, ends_at, day, status, why, booked_at, booked_by_id, cancel_reason,
    confirmed_rules, version)
WITH ids AS (
    SELECT array_agg(id ORDER BY id) AS list
    FROM (SELECT id FROM patients_patient ORDER BY id DESC LIMIT 5000) p
), pairs (nth, person, room) AS (
    VALUES (0, %s::bigint, %s::bigint), (1, %s, %s), (2, %s, %s)
), days AS (
    SELECT d::date AS day, row_number() OVER (ORDER BY d DESC) AS nth
    FROM generate_series(date %s - 20000, date %s + 365, interval '1 day') d
    WHERE extract(isodow FROM d) < 6
)
SELECT 'consultation',
    list[1 + (days.nth * 36 + slot * 3 + pairs.nth) %% array_length(list, 1)],
    person, %s, room,
    (day + time '08:00' + slot * interval '45 minutes') AT TIME ZONE %s,
    (day + time '08:45' + slot * interval '45 minutes') AT TIME ZONE %s,
    day, 'confirmed', '', now(), %s, '', '[]', 1
FROM days, generate_series(0, 11) slot, pairs, ids
WHERE (days.nth * 36 + slot * 3 + pairs.nth) %% 8 <> 0
ORDER BY days.nth, slot, pairs.nth LIMIT %s
"""


def _visits(
    site: Site,
    people: tuple[User, ...],
    rooms: tuple[Room, ...],
    desk: User,
    count: int,
) -> None:
    slots = [(person.pk, room.pk) for person, room in zip(people, rooms, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            _VISITS,
            [
                *(key for pair in slots for key in pair),
                factories.TODAY,
                factories.TODAY,
                site.pk,
                site.time_zone,
                site.time_zone,
                desk.pk,
                count,
            ],
        )
        cursor.execute("ANALYZE treatments_visit, patients_patient")


def empty() -> None:
    """Take every visit away again."""
    Visit.objects.all().delete()
