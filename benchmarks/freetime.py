"""Availability of practitioners x rooms: a day, a week, a month, ninety days.

Both sides answer over HTTP to a person who is signed in: ours asks the search of the
booking pages, the bare view sends the same query itself and lays masks over masks.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import path

from benchmarks import filling, pages
from benchmarks.measure import Row, compare
from clinic.rules import freetime
from clinic.rules.freetime import DayResources, Need
from clinic.urls import urlpatterns as all_pages
from sessions.booking import occupancy
from tests import factories

VISITS = 100_000
SPANS = {"day": 1, "week": 7, "month": 30}


Look = Callable[[int], list[int]]
LOOKS: dict[str, Look] = {}


def free(_request: HttpRequest, who: str, days: int) -> HttpResponse:
    """The free starts of so many days, one mask for each, found by `who`."""
    return JsonResponse([f"{mask:x}" for mask in LOOKS[who](days)], safe=False)


urlpatterns = [path("free/<str:who>/<int:days>/", free), *all_pages]


def run() -> list[Row]:
    """A row for each span, and one for the search alone."""
    house = filling.house(visits=VISITS)
    roster = occupancy.Roster(
        site_id=house.site.pk,
        zone=house.site.zone,
        practitioners=tuple(person.pk for person in house.practitioners),
        rooms=tuple(room.pk for room in house.rooms),
    )
    need = Need(minutes=45, practitioners=roster.practitioners, rooms=roster.rooms)

    def look(days: int) -> list[int]:
        found = occupancy.free_days(roster=roster, first_day=factories.TODAY, days=days)
        return [freetime.day_starts(day, need).anywhere for day in found]

    LOOKS.update(ours=look, bare=_bare(roster))
    with override_settings(ROOT_URLCONF="benchmarks.freetime"):
        client = pages.signed_in(house.desk)
        rows = [
            compare(
                f"free time, {name}, {VISITS:,} visits",
                ours=pages.get(client, f"/free/ours/{days}/"),
                floor=pages.get(client, f"/free/bare/{days}/"),
                limit=1.5,
            )
            for name, days in SPANS.items()
        ]
    days = occupancy.free_days(roster=roster, first_day=factories.TODAY, days=90)
    full = [_filled(day) for day in days[:-1]] + [days[-1]]
    rows.append(
        compare(
            "first free slot in 90 full days, in Python",
            ours=lambda: freetime.first_free(full, need),
            limit_ms=5,
        )
    )
    return rows


def _filled(day: DayResources) -> DayResources:
    return DayResources(
        day=day.day,
        open=day.open,
        practitioners=day.practitioners,
        rooms=dict.fromkeys(day.rooms, freetime.FULL_DAY),
        devices=day.devices,
    )


def _bare(roster: occupancy.Roster) -> Look:
    """The same query and masks, without hours, closures, zones or devices."""
    sql = (
        "SELECT practitioner_id, room_id, starts_at, ends_at FROM treatments_visit "
        "WHERE (practitioner_id = ANY(%s) OR room_id = ANY(%s)) "
        "AND starts_at >= %s AND starts_at < %s "
        "AND status NOT IN ('missed', 'cancelled')"
    )
    begins = datetime.combine(factories.TODAY, time(), tzinfo=UTC)
    opened = (1 << 216) - (1 << 96)

    def look(days: int) -> list[int]:
        people, rooms = list(roster.practitioners), list(roster.rooms)
        busy: dict[tuple[int, int], int] = {}
        with connection.cursor() as cursor:
            ends = begins + timedelta(days=days)
            cursor.execute(sql, [people, rooms, begins, ends])
            for person, room, starts_at, ends_at in cursor.fetchall():
                day = (starts_at - begins).days
                first = (starts_at.hour * 60 + starts_at.minute) // 5
                last = (ends_at.hour * 60 + ends_at.minute) // 5
                mask = (1 << last) - (1 << first)
                for key in (person, -room):
                    busy[key, day] = busy.get((key, day), 0) | mask
        return [
            _starts(opened, [busy.get((person, day), 0) for person in people])
            & _starts(opened, [busy.get((-room, day), 0) for room in rooms])
            for day in range(days)
        ]

    return look


def _starts(opened: int, masks: list[int]) -> int:
    found = 0
    for mask in masks:
        run = opened & ~mask
        for shift in (1, 2, 4, 1):
            run &= run >> shift
        found |= run
    return found
