"""Many people, one slot: one winner, no deadlock, nothing half done."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections

from clinic.models import Room, User
from patients.records import actions as records
from sessions.booking import (
    actions,
    earlier,
    going_on,
    plan_actions,
    stepping,
    taking,
)
from sessions.booking.actions import VisitEntry
from sessions.booking.statuses import Status
from sessions.models import Plan, Visit
from sessions.plans.statuses import PlanStatus
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


def _planned() -> tuple[User, Room, User, Plan]:
    """A desk, a room, a practitioner, and a plan to be booked there."""
    site = factories.make_site()
    desk = factories.make_desk(site=site)
    room = factories.make_room(site=site)
    practitioner = factories.make_practitioner(site=site)
    condition = factories.make_condition(patient=factories.make_patient())
    plan = factories.make_plan(condition=condition, site=site, by=desk)
    return desk, room, practitioner, plan


def _without_locks(monkeypatch: pytest.MonkeyPatch, *, desks: int) -> None:
    """Leave only the constraint, and let all desks judge before one writes."""
    monkeypatch.setattr(taking, "lock", lambda claims: None)
    monkeypatch.setattr(taking, "refuse_booked_sessions", lambda planned: None)
    monkeypatch.setattr(
        going_on,
        "locked",
        lambda keys: list(earlier.planned_sessions().filter(pk__in=list(keys))),
    )
    all_judged, judge = threading.Barrier(desks), actions.refuse_unwise

    def judge_before_anybody_writes(*args: Any, **more: Any) -> Any:
        judged = judge(*args, **more)
        all_judged.wait(timeout=20)
        return judged

    monkeypatch.setattr(actions, "refuse_unwise", judge_before_anybody_writes)


@pytest.mark.parametrize("guard_only", [False, True])
@pytest.mark.regression
def test_two_desks_book_one_planned_session_at_two_times_and_one_is_told(
    monkeypatch: pytest.MonkeyPatch, guard_only: bool
) -> None:
    """With the locks, and (sabotage) with the database's constraint alone."""
    if guard_only:
        _without_locks(monkeypatch, desks=6)
    desk, room, practitioner, plan = _planned()
    patient = plan.patient
    first = plan.planned_sessions.get(number=1)

    def book(days: int) -> Callable[[], object]:
        entry = replace(
            _entry(
                patient_id=patient.pk,
                practitioner=practitioner,
                room=room,
                starts_at=factories.NOW + timedelta(days=days),
            ),
            kind="session",
            plan_id=plan.pk,
            planned_session_id=first.pk,
            confirmed_rules=("interval-short", "interval-long"),
        )
        return lambda: actions.book(entries=[entry], by=desk, now=factories.NOW)

    outcomes = _race([book(40 * number) for number in range(6)])

    assert sorted(outcomes) == ["taken"] * 5 + ["won"]
    assert Visit.objects.count() == 1


@pytest.mark.regression
def test_two_desks_bring_one_session_back_and_one_is_told() -> None:
    desk, room, practitioner, plan = _planned()
    patient = plan.patient
    visits = [
        factories.make_visit(
            patient=patient,
            practitioner=practitioner,
            room=room,
            by=desk,
            plan=plan,
            planned_session=plan.planned_sessions.get(number=1),
            status="cancelled",
            starts_at=factories.NOW + timedelta(days=40 * number),
        )
        for number in range(4)
    ]

    def take(visit: Visit) -> Callable[[], object]:
        return lambda: stepping.set_status(
            visit=visit, version=1, status=Status.CONFIRMED, by=desk, now=factories.NOW
        )

    outcomes = _race([take(visit) for visit in visits])

    assert sorted(outcomes) == ["taken"] * 3 + ["won"]
    assert Visit.objects.filter(status="confirmed").count() == 1


@pytest.mark.parametrize("again", range(4))
@pytest.mark.regression
def test_a_plan_that_is_stopped_leaves_no_visit_behind(again: int) -> None:
    site = factories.make_site()
    desk = factories.make_desk(site=site)
    patient = factories.make_patient()
    plan = factories.make_plan(
        condition=factories.make_condition(patient=patient), site=site, by=desk
    )
    entry = _entry(
        patient_id=patient.pk,
        practitioner=factories.make_practitioner(site=site),
        room=factories.make_room(site=site),
        starts_at=factories.NOW,
    )
    first = plan.planned_sessions.get(number=1)
    entry = replace(entry, kind="session", plan_id=plan.pk, planned_session_id=first.pk)
    stop = partial(
        plan_actions.set_plan_status,
        plan=plan,
        version=1,
        status=PlanStatus.STOPPED,
        by=desk,
        now=factories.NOW,
        today=factories.TODAY,
        reason="moved away",
    )
    _race([partial(actions.book, entries=[entry], by=desk, now=factories.NOW), stop])
    plan.refresh_from_db()
    still = Visit.objects.filter(plan=plan, status="unconfirmed").exists()
    assert not (plan.status == "stopped" and still)


@pytest.mark.parametrize("again", range(4))
@pytest.mark.regression
def test_a_death_and_a_booking_at_once_leave_no_visit_standing(again: int) -> None:
    site = factories.make_site()
    desk = factories.make_desk(site=site)
    patient = factories.make_patient()
    practitioner = factories.make_practitioner(site=site)
    room = factories.make_room(site=site)
    standing = factories.make_visit(
        patient=patient, practitioner=practitioner, room=room, by=desk
    )
    later = factories.NOW + timedelta(days=again + 1)
    entry = _entry(
        patient_id=patient.pk, practitioner=practitioner, room=room, starts_at=later
    )
    die = partial(
        records.change_patient,
        patient=patient,
        version=patient.version,
        entry=records.PatientEntry(given_name="Ada", is_deceased=True),
        clinical=None,
        by=desk,
        now=factories.NOW,
        ends=frozenset({standing.reference}),
    )
    step = partial(
        stepping.set_status,
        visit=standing,
        version=1,
        status=Status.ARRIVED,
        by=desk,
        now=factories.NOW,
    )
    book = partial(actions.book, entries=[entry], by=desk, now=factories.NOW)
    outcomes = _race([book, die, step])
    known = ("won", "StillStands", "RefusedError", "VisitChanged", "WayClosed")
    assert all(one.startswith(known) for one in outcomes), outcomes
    patient.refresh_from_db()
    if patient.is_deceased:
        assert not Visit.objects.filter(status__in=["confirmed", "unconfirmed"])
