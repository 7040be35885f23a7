"""A six-session plan: found over eleven months and booked, in one go.

The floor reads the same eleven months, locks the same rows and writes six visits, all
in plain SQL and without one rule.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import connection, transaction

from benchmarks import bare, filling
from benchmarks.measure import Row, compare
from clinic.rulebook.queries import effective_book
from patients.models import Patient
from sessions.booking import building, ground, house, plan_actions
from sessions.booking.ground import Choice, Ground
from sessions.booking.plan_actions import PlanBooking, PlanVisit
from sessions.plans import queries as plans
from sessions.plans.actions import PlanEntry
from tests import factories
from tests.factories import NOW, TODAY

VISITS = 100_000
SESSIONS = 6


def run() -> list[Row]:
    """Ours is wishes to booked plan with all rules; the floor reads, locks, writes."""
    filled = filling.house(visits=VISITS)
    patient = factories.make_patient()
    choice = _choices(filled, patient)

    def find() -> tuple[Ground, building.Built]:
        found = ground.ground_of(choice(), now=NOW)
        return found, building.build(found)

    def find_and_book() -> None:
        with transaction.atomic():
            booking = _booking(*find())
            plan_actions.book_plan(booking=booking, by=filled.desk, now=NOW)
            transaction.set_rollback(True)

    return [
        compare(
            f"six sessions found and booked, {VISITS:,} visits",
            ours=find_and_book,
            floor=_floor(filled, patient.pk),
            limit=2,
            limit_p50_ms=25,
        ),
        compare("six sessions proposed, with every rule", ours=find),
    ]


def _choices(filled: filling.House, patient: Patient) -> Callable[[], Choice]:
    """What was chosen for a patient, put together anew at every call as a page does."""
    condition = factories.make_condition(patient=patient)
    protocol = factories.make_protocol(sessions=SESSIONS)
    zones = plans.zones_of(protocol)

    def choice() -> Choice:
        book = effective_book().book
        return Choice(
            patient=patient,
            condition_id=condition.pk,
            protocol=protocol,
            zones=zones,
            house=house.house_of(filled.site, book=book),
            sessions=SESSIONS,
            gap_days=28,
            start_on=TODAY + timedelta(days=1),
        )

    return choice


def _booking(ground: Ground, built: building.Built) -> PlanBooking:
    choice = ground.choice
    return PlanBooking(
        entry=PlanEntry(
            patient_id=choice.patient.pk,
            condition_id=choice.condition_id or 0,
            protocol_id=choice.protocol.pk,
            site_id=choice.house.site.pk,
            gap_days=choice.gap_days,
            depths_mm=ground.depths_mm,
        ),
        visits=[
            PlanVisit(
                number=row.number,
                practitioner_id=row.slot.practitioner,
                room_id=row.slot.room,
                device_id=row.slot.device,
                starts_at=row.starts_at,
                ends_at=row.starts_at + timedelta(minutes=45),
                day=row.slot.day,
            )
            for row in built.rows
        ],
        confirmed=frozenset({"interval-short", "interval-long", "screening-warn"}),
    )


def _floor(filled: filling.House, patient_id: int) -> Callable[[], object]:
    people = [person.pk for person in filled.practitioners]
    rooms = [room.pk for room in filled.rooms]

    def work() -> None:
        with transaction.atomic():
            found = bare.search(people, rooms, days=house.SEARCH_DAYS)
            places = [
                found.first(day=1 + 28 * number, days=house.SEARCH_DAYS)
                for number in range(SESSIONS)
            ]
            _write(filled, patient_id, [place for place in places if place])
            transaction.set_rollback(True)

    return work


def _write(
    filled: filling.House, patient_id: int, places: Sequence[bare.Place]
) -> None:
    lock = "SELECT id FROM {} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
    with connection.cursor() as cursor:
        cursor.execute(
            lock.format("clinic_user"), [[place.practitioner for place in places]]
        )
        cursor.execute(lock.format("clinic_room"), [[place.room for place in places]])
        cursor.execute(lock.format("patients_patient"), [[patient_id]])
        for place in places:
            starts_at = bare.BEGINS + timedelta(days=place.day, minutes=place.minute)
            cursor.execute(
                "INSERT INTO treatments_visit (kind, patient_id, practitioner_id, "
                "site_id, room_id, plan_id, starts_at, ends_at, day, status, why, "
                "booked_at, booked_by_id, cancel_reason, confirmed_rules, version) "
                "VALUES ('consultation', %s, %s, %s, %s, %s, %s, %s, %s, "
                "'unconfirmed', '', %s, %s, '', '[]', 1)",
                [
                    patient_id,
                    place.practitioner,
                    filled.site.pk,
                    place.room,
                    None,
                    starts_at,
                    starts_at + timedelta(minutes=45),
                    starts_at.date(),
                    NOW,
                    filled.desk.pk,
                ],
            )
