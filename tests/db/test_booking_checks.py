"""The rules where a date is set: both sides of every limit, and who is told what."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clinic.audit.models import AuditEvent
from clinic.models import Absence, Closure, Room, WorkingHours
from clinic.rules.gates import Pass, Step
from patients.models import PatientCondition
from sessions.booking import actions, checks, earlier, stepping, words
from sessions.booking.actions import Move, VisitEntry
from sessions.booking.checks import RefusedError
from sessions.booking.hours import ShutError
from sessions.booking.statuses import Status
from sessions.models import Plan, Visit, ZoneTreatment
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


class Course:
    """A patient with a running plan whose first session is booked for NOW."""

    def __init__(self, *, depth_mm: str = "1.25") -> None:
        self.site = factories.make_site()
        self.practitioner = factories.make_practitioner(site=self.site)
        self.desk = factories.make_desk(site=self.site)
        self.room = factories.make_room(site=self.site)
        self.patient = factories.make_patient()
        self.plan = factories.make_plan(
            condition=factories.make_condition(patient=self.patient),
            site=self.site,
            by=self.desk,
        )
        planned = self.plan.planned_sessions
        planned.update(planned_mm=Decimal(depth_mm))
        self.planned = list(planned.order_by("number"))
        self.first = factories.make_visit(
            patient=self.patient,
            practitioner=self.practitioner,
            room=self.room,
            by=self.desk,
            plan=self.plan,
            planned_session=self.planned[0],
        )

    def entry(self, number: int, days: int, **changes: Any) -> VisitEntry:
        starts_at = NOW + timedelta(days=days)
        return VisitEntry(
            **{
                "kind": "session",
                "patient_id": self.patient.pk,
                "practitioner_id": self.practitioner.pk,
                "site_id": self.site.pk,
                "room_id": self.room.pk,
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(minutes=45),
                "day": starts_at.date(),
                "plan_id": self.plan.pk,
                "planned_session_id": self.planned[number - 1].pk,
                **changes,
            }
        )

    def book(self, *entries: VisitEntry) -> list[Visit]:
        return actions.book(entries=entries, by=self.desk, now=NOW)


def refused(course: Course, *entries: VisitEntry) -> RefusedError:
    before = Visit.objects.count(), AuditEvent.objects.count()
    with pytest.raises(RefusedError) as caught:
        course.book(*entries)
    assert (Visit.objects.count(), AuditEvent.objects.count()) == before
    return caught.value


def may_be_confirmed(error: RefusedError) -> bool:
    """Whether a confirmation is all that is missing."""
    return all(one.gate.does is Pass.CONFIRM for one in error.judged)


@pytest.mark.parametrize("days", [1, 13])
def test_a_session_sooner_than_fourteen_days_is_refused_with_the_first_day(
    days: int,
) -> None:
    course = Course()
    error = refused(course, course.entry(2, days))
    assert error.gate.does is Pass.REFUSED
    assert error.gate.refusing[0].code == "interval-block"
    assert error.judged[0].first_allowed_on == TODAY + timedelta(days=14)
    assert not may_be_confirmed(error)


@pytest.mark.parametrize(
    ("days", "code"),
    [(14, "interval-short"), (27, "interval-short"), (57, "interval-long")],
)
def test_an_unusual_gap_waits_for_one_confirmation_that_is_kept(
    days: int, code: str
) -> None:
    course = Course()
    error = refused(course, course.entry(2, days))
    assert may_be_confirmed(error)
    assert {f.code for f in error.gate.that(Pass.CONFIRM)} == {code}
    [visit] = course.book(course.entry(2, days, confirmed_rules=(code,)))
    assert visit.confirmed_rules == [code]


@pytest.mark.parametrize("days", [28, 56])
def test_a_usual_gap_needs_no_word(days: int) -> None:
    course = Course()
    [visit] = course.book(course.entry(2, days))
    assert visit.confirmed_rules == []


@pytest.mark.parametrize(("days", "is_fine"), [(6, False), (7, True)])
def test_shallow_needles_wait_a_week(days: int, is_fine: bool) -> None:
    course = Course(depth_mm="0.50")
    error = refused(course, course.entry(2, days))
    assert may_be_confirmed(error) is is_fine


def test_a_confirmation_of_one_rule_confirms_no_other() -> None:
    course = Course()
    wrong = course.entry(2, 20, confirmed_rules=("interval-long", "C18"))
    assert may_be_confirmed(refused(course, wrong))


def test_visits_booked_together_are_judged_against_each_other() -> None:
    course = Course()
    error = refused(course, course.entry(2, 28), course.entry(3, 28 + 13))
    assert error.gate.does is Pass.REFUSED
    assert len(course.book(course.entry(2, 28), course.entry(3, 56))) == 2


def test_a_session_before_a_booked_one_is_refused_as_well() -> None:
    course = Course()
    course.book(course.entry(3, 40))
    error = refused(course, course.entry(2, 30))
    assert "before" in error.gate.refusing[0].sentence
    assert error.judged[0].first_allowed_on == TODAY + timedelta(days=54)


def test_a_signed_record_counts_with_its_own_day_and_zones() -> None:
    course = Course()
    session = factories.make_session(
        visit=course.first, performed_on=TODAY + timedelta(days=1)
    )
    ZoneTreatment.objects.create(
        session=session, zone="CM-R", depth_setting_mm=Decimal("1.25")
    )
    assert not may_be_confirmed(refused(course, course.entry(2, 14)))
    assert may_be_confirmed(refused(course, course.entry(2, 15)))
    ZoneTreatment.objects.all().delete()
    ZoneTreatment.objects.create(
        session=session, zone="FH", depth_setting_mm=Decimal("1.25")
    )
    assert course.book(course.entry(2, 3))


def test_what_was_missed_or_cancelled_does_not_count() -> None:
    course = Course()
    Visit.objects.update(status="missed")
    assert course.book(course.entry(2, 1))


def test_days_are_those_of_the_site_not_of_the_server() -> None:
    """23:30 in London in winter is the same day; gaps count calendar days."""
    course = Course()
    late = NOW.replace(hour=23, minute=30) + timedelta(days=13)
    entry = course.entry(
        2, 0, starts_at=late, ends_at=late + timedelta(minutes=20), day=late.date()
    )
    assert not may_be_confirmed(refused(course, entry))


def test_a_talk_needs_no_gap() -> None:
    course = Course()
    talk = course.entry(
        2, 1, kind="consultation", plan_id=None, planned_session_id=None
    )
    assert course.book(talk)


@pytest.mark.parametrize("kind", ["consultation", "session"])
def test_nobody_books_for_the_dead(kind: str) -> None:
    course = Course()
    course.patient.is_deceased = True
    course.patient.save(update_fields=["is_deceased"])
    planned = {} if kind == "session" else {"plan_id": None, "planned_session_id": None}
    error = refused(course, course.entry(2, 40, kind=kind, **planned))
    assert error.gate.refusing[0].code == "deceased"
    assert error.gate.may_pass == frozenset()
    assert error.judged[0].first_allowed_on is None


def test_a_session_of_unknown_zones_counts_everywhere() -> None:
    course = Course()
    Visit.objects.update(plan=None, planned_session=None)
    assert not may_be_confirmed(refused(course, course.entry(2, 13)))


def test_a_move_is_judged_without_its_own_old_day() -> None:
    course = Course()
    [second] = course.book(course.entry(2, 28))

    def move(days: int, *codes: str) -> Move:
        starts_at = NOW + timedelta(days=days)
        return Move(
            visit_id=second.pk,
            version=second.version,
            practitioner_id=course.practitioner.pk,
            room_id=course.room.pk,
            device_id=None,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=45),
            day=starts_at.date(),
            confirmed_rules=codes,
        )

    with pytest.raises(RefusedError) as caught:
        actions.move(moves=[move(13)], by=course.desk, now=NOW)
    assert caught.value.gate.step is Step.MOVE
    actions.move(moves=[move(29)], by=course.desk, now=NOW)
    second.refresh_from_db()
    assert second.day == TODAY + timedelta(days=29)


def test_a_clinical_refusal_defers_to_its_day() -> None:
    from patients.models import HistoryFact

    course = Course()
    HistoryFact.objects.create(
        patient=course.patient,
        kind="peel_deep_or_ablative",
        started_on=TODAY - timedelta(days=10),
        source="practitioner",
        recorded_at=NOW,
    )
    facts = checks.read_facts(course.patient, today=TODAY, practitioners=[])
    planned = facts.others[0].zones or ()
    offered = checks.first_allowed(facts, planned=planned, start=TODAY, today=TODAY)
    assert offered is not None
    assert offered == TODAY + timedelta(days=80)
    days = (offered - TODAY).days
    error = refused(course, course.entry(2, days - 1))
    assert error.judged[0].first_allowed_on == offered
    assert Plan.objects.count() == 1


def test_where_the_protocol_names_no_zone_the_condition_says_where_it_is() -> None:
    course = Course()
    course.plan.protocol.zones.all().delete()
    [other] = earlier.sessions_of(patient_id=course.patient.pk)
    assert {zone.zone for zone in other.zones or ()} == {"CM-R", "CM-L"}
    assert refused(course, course.entry(2, 13)).gate.refusing
    PatientCondition.objects.update(zones=["AB"])
    [elsewhere] = earlier.sessions_of(patient_id=course.patient.pk)
    assert {zone.zone for zone in elsewhere.zones or ()} == {"AB"}


def test_a_new_course_long_after_another_one_needs_no_word() -> None:
    course = Course()
    other = factories.make_plan(
        condition=factories.make_condition(patient=course.patient, kind="ACNE_BOXCAR"),
        site=course.site,
        by=course.desk,
    )
    first = other.planned_sessions.earliest("number")
    entry = course.entry(1, 200, plan_id=other.pk, planned_session_id=first.pk)
    [visit] = course.book(entry)
    assert visit.confirmed_rules == []
    again = refused(course, course.entry(2, 100))
    assert {f.code for f in again.gate.that(Pass.CONFIRM)} == {"interval-long"}


def taken_up(course: Course, visit: Visit, *confirmed: str) -> Visit:
    visit.refresh_from_db()
    return stepping.set_status(
        visit=visit,
        version=visit.version,
        status=Status.CONFIRMED,
        by=course.desk,
        now=NOW,
        confirmed=frozenset(confirmed),
    )


def freed(course: Course, status: str, *, days: int, number: int = 2) -> Visit:
    """A visit that gave its time up, so many days after the first session."""
    return factories.make_visit(
        patient=course.patient,
        practitioner=course.practitioner,
        room=course.room,
        by=course.desk,
        plan=course.plan,
        planned_session=course.planned[number - 1],
        starts_at=NOW + timedelta(days=days),
        status=status,
    )


@pytest.mark.parametrize("status", ["missed", "cancelled"])
@pytest.mark.parametrize(("days", "is_fine"), [(3, False), (13, False), (28, True)])
@pytest.mark.regression
def test_a_visit_is_taken_up_again_only_where_it_could_be_booked(
    status: str, days: int, is_fine: bool
) -> None:
    course = Course()
    visit = freed(course, status, days=days)
    if is_fine:
        assert taken_up(course, visit).status == "confirmed"
        return
    with pytest.raises(RefusedError) as caught:
        taken_up(course, visit)
    assert {f.code for f in caught.value.gate.refusing} == {"interval-block"}
    visit.refresh_from_db()
    assert (visit.status, visit.version) == (status, 1)


def closed(course: Course, day: date) -> None:
    Closure.objects.create(
        site=course.site, first_day=day, last_day=day, reason="Boiler"
    )


def away(course: Course, day: date) -> None:
    Absence.objects.create(user=course.practitioner, first_day=day, last_day=day)


def site_opens_later(course: Course, day: date) -> None:
    course.site.hours.filter(weekday=day.weekday()).update(begins=time(12))


def works_later(course: Course, day: date) -> None:
    WorkingHours.objects.filter(user=course.practitioner).update(begins=time(12))


def works_until_the_end(course: Course, day: date) -> None:
    WorkingHours.objects.filter(user=course.practitioner).update(ends=time(11, 45))


def works_five_minutes_less(course: Course, day: date) -> None:
    WorkingHours.objects.filter(user=course.practitioner).update(ends=time(11, 40))


def room_is_gone(course: Course, day: date) -> None:
    Room.objects.filter(pk=course.room.pk).update(is_active=False)


def person_has_left(course: Course, day: date) -> None:
    course.site.staff.remove(course.practitioner)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (closed, "Closed on Wed 1 April 2026: Boiler."),
        (away, "does not work at that time."),
        (site_opens_later, "The site is not open at that time."),
        (works_later, "does not work at that time."),
        (works_until_the_end, ""),
        (works_five_minutes_less, "does not work at that time."),
        (room_is_gone, "is no longer in use."),
        (person_has_left, "no longer treats here."),
    ],
)
@pytest.mark.parametrize("status", ["missed", "cancelled"])
@pytest.mark.regression
def test_a_visit_is_not_taken_up_where_nothing_can_be_booked(
    happens: Callable[[Course, date], None], why: str, status: str
) -> None:
    course = Course()
    visit = freed(course, status, days=28)
    happens(course, visit.day)
    if not why:
        assert taken_up(course, visit).status == "confirmed"
        return
    with pytest.raises(ShutError) as caught:
        taken_up(course, visit)
    assert why in words.not_again_words(caught.value)
    assert "somebody else" not in words.not_again_words(caught.value)
    visit.refresh_from_db()
    assert (visit.status, visit.version) == (status, 1)


@pytest.mark.regression
def test_an_unusual_gap_is_confirmed_again_when_a_visit_is_taken_up() -> None:
    course = Course()
    visit = freed(course, "cancelled", days=20)
    Visit.objects.filter(pk=visit.pk).update(confirmed_rules=["interval-short", "C35"])
    with pytest.raises(RefusedError) as caught:
        taken_up(course, visit)
    assert caught.value.gate.does is Pass.CONFIRM
    again = taken_up(course, visit, "interval-short")
    assert again.status == "confirmed"
    assert "interval-short" in again.confirmed_rules


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        ("to_book", True),
        ("running", True),
        ("paused", True),
        ("review_due", True),
        ("finished", False),
        ("stopped", False),
    ],
)
@pytest.mark.regression
def test_nothing_of_a_plan_that_is_over_is_booked_or_taken_up(
    status: str, is_open: bool
) -> None:
    course = Course()
    visit = freed(course, "cancelled", days=28)
    Plan.objects.filter(pk=course.plan.pk).update(
        status=status, stop_reason="moved" if status == "stopped" else ""
    )
    if is_open:
        assert course.book(course.entry(3, 56))
        assert taken_up(course, visit).status == "confirmed"
        return
    error = refused(course, course.entry(3, 56))
    assert [f.code for f in error.gate.refusing] == ["plan-closed"]
    with pytest.raises(RefusedError) as caught:
        taken_up(course, visit)
    assert [f.code for f in caught.value.gate.refusing] == ["plan-closed"]


@pytest.mark.regression
def test_a_session_that_the_plan_dropped_is_not_booked_or_taken_up() -> None:
    course = Course()
    visit = freed(course, "missed", days=28)
    course.plan.planned_sessions.filter(number=2).update(is_dropped=True)
    error = refused(course, course.entry(2, 56))
    assert "no longer part of the plan" in error.gate.refusing[0].sentence
    with pytest.raises(RefusedError, match="rule stands"):
        taken_up(course, visit)


@pytest.mark.regression
def test_a_visit_of_somebody_no_longer_qualified_is_not_taken_up() -> None:
    course = Course()
    visit = freed(course, "cancelled", days=28)
    course.practitioner.qualifications.update(valid_until=visit.day)
    assert taken_up(course, visit).status == "confirmed"
    Visit.objects.filter(pk=visit.pk).update(status="cancelled")
    course.practitioner.qualifications.update(valid_until=visit.day - timedelta(days=1))
    with pytest.raises(RefusedError) as caught:
        taken_up(course, visit)
    assert [f.code for f in caught.value.gate.refusing] == ["unqualified"]
