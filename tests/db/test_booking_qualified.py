"""Nobody is booked for a depth or a day that their qualification does not cover."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from clinic.models import DepthScope, Qualification, User
from clinic.rules.freetime import DayResources
from clinic.rules.gates import Pass
from clinic.staff.queries import permits_of
from clinic.staff.roles import Role
from sessions.booking import actions, occupancy, plan_actions, qualified, words
from sessions.booking.actions import Move
from sessions.booking.checks import RefusedError
from sessions.booking.plan_actions import PlanBooking
from sessions.models import Plan, PlannedSession
from sessions.plans.actions import PlanEntry
from sessions.plans.statuses import PlanStatus
from tests import factories
from tests.db.test_booking_checks import Course, refused
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
BOOKED_IN_DAYS = 28


def refusing(error: RefusedError) -> set[str]:
    return {finding.code for finding in error.gate.refusing}


@pytest.mark.parametrize(
    ("limit", "is_fine"), [("1.25", True), ("1.24", False), ("2.00", True)]
)
def test_the_planned_depth_may_reach_the_limit_and_not_pass_it(
    limit: str, is_fine: bool
) -> None:
    course = Course(depth_mm="1.25")
    Qualification.objects.update(greatest_depth_mm=Decimal(limit))
    entry = course.entry(2, BOOKED_IN_DAYS)
    if is_fine:
        assert len(course.book(entry)) == 1
        return
    error = refused(course, entry)
    assert refusing(error) == {"depth-qualification"}
    assert error.gate.does is Pass.REFUSED
    assert not error.gate.may_pass
    assert error.judged[0].first_allowed_on is None


@pytest.mark.parametrize(("depth", "is_fine"), [("1.00", True), ("1.01", False)])
@pytest.mark.regression
def test_the_planned_depth_stays_within_the_law_of_the_place(
    depth: str, is_fine: bool
) -> None:
    course = Course(depth_mm=depth)
    Qualification.objects.update(kind="aesthetic", greatest_depth_mm=Decimal(3))
    DepthScope.objects.create(pk=1, jurisdiction="North Carolina", checked_on=TODAY)
    entry = course.entry(2, BOOKED_IN_DAYS)
    if is_fine:
        assert len(course.book(entry)) == 1
        return
    error = refused(course, entry)
    assert refusing(error) == {"depth-scope"}
    assert error.gate.does is Pass.REFUSED
    assert not error.gate.may_pass
    said = words.lines_of(error.judged, clinical=True)[0].text
    assert "1.01 mm is deeper than the 1.0 mm the law here allows" in said
    told = words.lines_of(error.judged, clinical=False)[0].text
    assert "mm" not in told


@pytest.mark.regression
def test_who_may_not_needle_at_all_by_law_is_not_booked_whatever_is_planned() -> None:
    course = Course()
    PlannedSession.objects.update(planned_mm=None)
    course.plan.protocol.zones.update(low_mm=None, high_mm=None)
    Qualification.objects.update(kind="aesthetic", greatest_depth_mm=Decimal(3))
    entry = course.entry(2, BOOKED_IN_DAYS)
    place = "Illinois, Ohio, California and others"
    DepthScope.objects.create(pk=1, jurisdiction=place, checked_on=TODAY)
    assert refusing(refused(course, entry)) == {"unqualified"}
    DepthScope.objects.update(jurisdiction="Florida")
    assert len(course.book(entry)) == 1


@pytest.mark.parametrize(("spare_days", "is_fine"), [(0, True), (-1, False)])
def test_the_qualification_counts_that_is_valid_on_the_day_of_the_visit(
    spare_days: int, is_fine: bool
) -> None:
    course = Course()
    last = TODAY + timedelta(days=BOOKED_IN_DAYS + spare_days)
    Qualification.objects.update(valid_until=last)
    entry = course.entry(2, BOOKED_IN_DAYS)
    if is_fine:
        assert len(course.book(entry)) == 1
    else:
        assert refusing(refused(course, entry)) == {"unqualified"}


def test_a_withdrawn_qualification_counts_for_nothing() -> None:
    course = Course()
    Qualification.objects.update(withdrawn_at=NOW)
    assert refusing(refused(course, course.entry(2, BOOKED_IN_DAYS))) == {"unqualified"}


def test_a_talk_needs_no_qualification() -> None:
    course = Course()
    Qualification.objects.all().delete()
    talk = course.entry(
        2, BOOKED_IN_DAYS, kind="consultation", plan_id=None, planned_session_id=None
    )
    assert len(course.book(talk)) == 1


def test_a_visit_does_not_move_to_somebody_who_may_not_go_so_deep() -> None:
    course = Course(depth_mm="1.25")
    other = factories.make_practitioner(site=course.site, depth_mm="1.00")
    move = Move(
        visit_id=course.first.pk,
        version=1,
        practitioner_id=other.pk,
        room_id=course.room.pk,
        device_id=None,
        starts_at=NOW + timedelta(days=1),
        ends_at=NOW + timedelta(days=1, minutes=45),
        day=TODAY + timedelta(days=1),
    )
    with pytest.raises(RefusedError) as caught:
        actions.move(moves=[move], by=course.desk, now=NOW)
    assert refusing(caught.value) == {"depth-qualification"}
    course.first.refresh_from_db()
    assert course.first.practitioner_id == course.practitioner.pk


@pytest.mark.parametrize(("limit", "is_fine"), [("1.50", True), ("1.25", False)])
def test_a_plan_kept_for_later_names_nobody_who_may_not_carry_it_out(
    limit: str, is_fine: bool
) -> None:
    course = Course()
    other = factories.make_condition(patient=course.patient)
    who = factories.make_practitioner(site=course.site, depth_mm=limit)
    booking = PlanBooking(
        entry=PlanEntry(
            patient_id=course.patient.pk,
            condition_id=other.pk,
            protocol_id=course.plan.protocol_id,
            site_id=course.site.pk,
            gap_days=28,
            depths_mm=(Decimal("1.00"), Decimal("1.50")),
            practitioner_id=who.pk,
        )
    )

    def keep() -> Plan:
        return plan_actions.save_plan(
            booking=booking, status=PlanStatus.TO_BOOK, by=course.desk, now=NOW
        )

    if is_fine:
        assert keep().practitioner_id == who.pk
        return
    with pytest.raises(RefusedError) as caught:
        keep()
    assert refusing(caught.value) == {"depth-qualification"}
    assert Plan.objects.count() == 1


def test_without_any_qualification_no_session_is_booked_with_a_practitioner() -> None:
    course = Course()
    newcomer = factories.make_user(Role.PRACTITIONER, site=course.site)
    entry = course.entry(2, BOOKED_IN_DAYS, practitioner_id=newcomer.pk)
    assert refusing(refused(course, entry)) == {"unqualified"}


@pytest.mark.parametrize(
    ("ends_on_day", "depth_mm", "may"),
    [
        (2, "1.00", [True, True, True]),
        (1, "1.00", [True, True, False]),
        (0, "1.00", [True, False, False]),
        (2, "2.00", [True, True, True]),
        (2, "2.01", [False, False, False]),
    ],
)
def test_a_search_over_days_marks_each_day_past_a_qualification(
    ends_on_day: int, depth_mm: str, may: list[bool]
) -> None:
    days, person = _three_days()
    Qualification.objects.update(
        valid_until=days[ends_on_day].day, greatest_depth_mm=Decimal("2.00")
    )
    assert _may(days, person, Decimal(depth_mm)) == may


def test_two_qualifications_one_after_the_other_leave_no_day_out() -> None:
    days, person = _three_days()
    Qualification.objects.update(valid_until=days[0].day)
    factories.make_qualification(user=person, valid_from=days[1].day)
    assert _may(days, person, Decimal("1.00")) == [True, True, True]


def _three_days() -> tuple[tuple[DayResources, ...], User]:
    site = factories.make_site()
    person = factories.make_practitioner(site=site)
    roster = occupancy.Roster(
        site_id=site.pk, zone=site.zone, practitioners=(person.pk,), rooms=()
    )
    return occupancy.free_days(roster=roster, first_day=TODAY, days=3), person


def _may(days: Sequence[DayResources], person: User, depth_mm: Decimal) -> list[bool]:
    permits = permits_of([person.pk])
    marked = qualified.only_those_who_may(days, permits=permits, depth_mm=depth_mm)
    return [day.practitioners[person.pk].may for day in marked]
