"""A prescriber plans past the gap rule in writing; nobody else, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from clinic.audit.models import AuditEvent
from clinic.models import User
from clinic.staff.roles import Capability
from sessions.booking import actions, stepping
from sessions.booking.actions import Move
from sessions.booking.checks import RefusedError
from sessions.booking.statuses import Status
from sessions.models import PlannedPast, Visit
from tests import factories
from tests.db.test_booking_checks import Course
from tests.factories import NOW
from tests.web.pages import Page, html, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.regression]
WHY = "Leaves the country on Friday, first session was superficial"


@pytest.fixture
def course() -> Course:
    return Course()


def book(course: Course, *, by: User, days: int = 13, reason: str = WHY) -> Visit:
    entry = course.entry(2, days)
    [visit] = actions.book(entries=[entry], by=by, now=NOW, past_reason=reason)
    return visit


def test_a_prescriber_books_past_the_gap_and_the_reason_is_kept(
    course: Course,
) -> None:
    prescriber = factories.make_prescriber(site=course.site)
    visit = book(course, by=prescriber)
    [kept] = PlannedPast.objects.all()
    assert (kept.visit, kept.code, kept.reason) == (visit, "interval-block", WHY)
    assert (kept.by, kept.at) == (prescriber, NOW)
    assert "13 days after the session" in kept.sentence
    assert AuditEvent.objects.filter(
        action="visit.planned_past", object_id=visit.pk, actor=prescriber
    ).exists()


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_written_reason_nobody_does(course: Course, reason: str) -> None:
    with pytest.raises(RefusedError):
        book(course, by=factories.make_prescriber(site=course.site), reason=reason)


def test_whoever_does_not_prescribe_is_refused_whatever_is_written(
    course: Course,
) -> None:
    lead = factories.make_practitioner(
        site=course.site, capabilities=(Capability.MEDICAL_LEAD,)
    )
    for user in (course.desk, course.practitioner, lead):
        with pytest.raises(RefusedError):
            book(course, by=user)
    assert not PlannedPast.objects.exists()


def test_where_the_gap_is_long_enough_no_reason_is_kept(course: Course) -> None:
    book(course, by=factories.make_prescriber(site=course.site), days=28)
    assert not PlannedPast.objects.exists()


def test_a_reason_against_the_gap_passes_nothing_absolute(course: Course) -> None:
    course.practitioner.qualifications.update(valid_until=NOW.date())
    with pytest.raises(RefusedError) as caught:
        book(course, by=factories.make_prescriber(site=course.site))
    assert {f.code for f in caught.value.gate.refusing} == {"unqualified"}


def test_a_prescriber_moves_past_the_gap(course: Course) -> None:
    [visit] = course.book(course.entry(2, 28))
    to = NOW + timedelta(days=10)
    one = Move(
        visit_id=visit.pk,
        version=1,
        practitioner_id=visit.practitioner_id,
        room_id=visit.room_id,
        device_id=None,
        starts_at=to,
        ends_at=to + timedelta(minutes=45),
        day=to.date(),
    )
    with pytest.raises(RefusedError):
        actions.move(moves=[one], by=course.desk, now=NOW, past_reason=WHY)
    prescriber = factories.make_prescriber(site=course.site)
    actions.move(moves=[one], by=prescriber, now=NOW, past_reason=WHY)
    assert PlannedPast.objects.get().visit == visit


def again(visit: Visit, by: User, **more: Any) -> Visit:
    visit.refresh_from_db()
    return stepping.set_status(
        visit=visit,
        version=visit.version,
        status=Status.CONFIRMED,
        by=by,
        now=NOW,
        **more,
    )


def test_a_missed_click_is_taken_back_while_the_rule_says_the_same(
    course: Course,
) -> None:
    visit = book(course, by=factories.make_prescriber(site=course.site))
    Visit.objects.filter(pk=visit.pk).update(status="missed")
    assert again(visit, course.desk).status == "confirmed"
    Visit.objects.filter(pk=visit.pk).update(status="missed")
    later = NOW + timedelta(days=2)
    Visit.objects.filter(pk=course.first.pk).update(day=later.date())
    with pytest.raises(RefusedError):
        again(visit, course.desk)
    prescriber = factories.make_prescriber(site=course.site)
    assert again(visit, prescriber, past_reason=WHY).status == "confirmed"
    assert PlannedPast.objects.filter(visit=visit).count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE treatments_plannedpast SET reason = 'other'",
        "DELETE FROM treatments_plannedpast",
    ],
)
def test_the_database_only_adds_reasons(course: Course, statement: str) -> None:
    book(course, by=factories.make_prescriber(site=course.site))
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_page_of_the_visit_shows_it_and_the_desk_reads_no_reason(
    course: Course,
) -> None:
    prescriber = factories.make_prescriber(site=course.site)
    visit = book(course, by=prescriber)
    url = reverse("booking:visit", args=[visit.reference])
    for user, reads in ((prescriber, True), (course.desk, False)):
        page = Page(html(signed_in(user).get(url)))
        assert not page.faults()
        assert f"Planned past the rule by {prescriber.full_name}" in page.text
        assert (WHY in page.text) is reads
