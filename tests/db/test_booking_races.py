"""Many people, one slot: one winner, no deadlock, nothing half done."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections

from clinic.models import Room, User
from sessions.booking import actions, taking
from sessions.booking.actions import VisitEntry
from sessions.models import Visit
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 12


def _entry(
    *, patient_id: int, practitioner: User, room: Room, starts_at: datetime
) -> VisitEntry:
    return VisitEntry(
        kind="consultation",
        patient_id=patient_id,
        practitioner_id=practitioner.pk,
        site_id=room.site_id,
        room_id=room.pk,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        day=starts_at.date(),
    )


def _race(jobs: list[Callable[[], object]]) -> list[str]:
    """Run the jobs at once, each on a connection of its own."""
    outcomes: list[str] = []
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        start.wait()
        try:
            job()
            outcomes.append("won")
        except taking.TimeTakenError:
            outcomes.append("taken")
        except Exception as error:  # noqa: BLE001
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def _overlaps() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM treatments_visit a JOIN treatments_visit b "
            "ON a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at "
            "AND (a.room_id = b.room_id OR a.practitioner_id = b.practitioner_id "
            "OR a.patient_id = b.patient_id) "
            "WHERE a.status NOT IN ('missed', 'cancelled') "
            "AND b.status NOT IN ('missed', 'cancelled')"
        )
        return int(cursor.fetchone()[0])


def test_many_people_want_one_slot_and_exactly_one_gets_it() -> None:
    site = factories.make_site()
    practitioner = factories.make_practitioner(site=site)
    desk = factories.make_desk(site=site)
    room = factories.make_room(site=site)
    patients = [factories.make_patient() for _ in range(THREADS)]

    def book(patient_id: int) -> Callable[[], object]:
        entry = _entry(
            patient_id=patient_id,
            practitioner=practitioner,
            room=room,
            starts_at=factories.NOW,
        )
        return lambda: actions.book(entries=[entry], by=desk, now=factories.NOW)

    outcomes = _race([book(patient.pk) for patient in patients])

    assert sorted(outcomes) == ["taken"] * (THREADS - 1) + ["won"]
    assert Visit.objects.count() == 1


def test_whole_series_that_overlap_crosswise_neither_deadlock_nor_halve() -> None:
    site = factories.make_site()
    people = [factories.make_practitioner(site=site) for _ in range(2)]
    desk = factories.make_desk(site=site)
    rooms = [factories.make_room(site=site) for _ in range(2)]
    patients = [factories.make_patient() for _ in range(8)]

    def series(number: int) -> Callable[[], object]:
        order = [0, 1] if number % 2 else [1, 0]
        entries = [
            _entry(
                patient_id=patients[number].pk,
                practitioner=people[which],
                room=rooms[1 - which],
                starts_at=factories.NOW + timedelta(days=28 * step),
            )
            for step, which in enumerate(order * 2)
        ]
        return lambda: actions.book(entries=entries, by=desk, now=factories.NOW)

    outcomes = _race([series(number) for number in range(8)])

    assert set(outcomes) <= {"won", "taken"}
    assert Visit.objects.count() == 4 * outcomes.count("won")
    assert outcomes.count("won") == 2
    assert _overlaps() == 0


def test_the_database_refuses_what_slips_past_the_locks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sabotage: without locks and checks the constraints still hold."""
    monkeypatch.setattr(taking, "lock", lambda claims: None)
    monkeypatch.setattr(taking, "refuse_taken", lambda claims, moving=(): None)
    site = factories.make_site()
    practitioner = factories.make_practitioner(site=site)
    desk = factories.make_desk(site=site)
    room = factories.make_room(site=site)
    entries = [
        _entry(
            patient_id=factories.make_patient().pk,
            practitioner=practitioner,
            room=room,
            starts_at=factories.NOW,
        )
        for _ in range(3)
    ]

    def book(entry: VisitEntry) -> Callable[[], object]:
        return lambda: actions.book(entries=[entry], by=desk, now=factories.NOW)

    outcomes = _race([book(entry) for entry in entries])

    assert outcomes.count("won") == 1
    assert set(outcomes) == {"won", "taken"}
    assert _overlaps() == 0


def test_two_moves_to_the_same_time_leave_one_where_it_was() -> None:
    site = factories.make_site()
    practitioner = factories.make_practitioner(site=site)
    desk = factories.make_desk(site=site)
    room = factories.make_room(site=site)
    visits = [
        factories.make_visit(
            patient=factories.make_patient(),
            practitioner=practitioner,
            room=room,
            by=desk,
            starts_at=factories.NOW + timedelta(hours=hour),
        )
        for hour in range(2)
    ]
    target = factories.NOW + timedelta(days=1)

    def move(visit: Visit) -> Callable[[], object]:
        one = actions.Move(
            visit_id=visit.pk,
            version=visit.version,
            practitioner_id=practitioner.pk,
            room_id=room.pk,
            device_id=None,
            starts_at=target,
            ends_at=target + timedelta(minutes=45),
            day=target.date(),
        )
        return lambda: actions.move(moves=[one], by=desk, now=factories.NOW)

    outcomes = _race([move(visit) for visit in visits])

    assert sorted(outcomes) == ["taken", "won"]
    assert Visit.objects.filter(starts_at=target).count() == 1
    assert Visit.objects.filter(status="confirmed").count() == 2
