"""A single session may lie sooner than usual where nothing but a word is missing."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import Qualification
from clinic.rules.book import load_book
from clinic.rules.freetime import FULL_DAY, DayResources, Presence
from clinic.rules.interval import Planned
from clinic.staff.queries import Permits
from sessions.booking import earlier
from sessions.booking.earlier import Other
from sessions.booking.single import Needling
from sessions.models import PlannedSession, Visit
from tests import factories
from tests.web.pages import Page, html, signed_in

BOOK = load_book()
OTHER_ON = date(2026, 6, 15)
TODAY = OTHER_ON - timedelta(days=100)
DEEP, SHALLOW = Decimal("1.5"), Decimal("0.5")
CHEEK, SCALP = "CM-R", "SC"
WHO = 1


def open_day(on: date) -> DayResources:
    """A day on which one person works from midnight to midnight."""
    works = Presence(works=FULL_DAY)
    return DayResources(
        day=on, open=FULL_DAY, practitioners={WHO: works}, rooms={1: 0}, devices={}
    )


def needling(
    *, own_mm: Decimal, other_mm: Decimal, zone: str, first: date | None
) -> Needling:
    """What another session leaves of the days around it."""
    held = Qualification(
        valid_from=date(2020, 1, 1), greatest_depth_mm=Decimal(3), withdrawn_at=None
    )
    other = Planned(zone=zone, mm=other_mm)
    shut = earlier.shut_days(
        BOOK,
        [Other(visit_id=1, plan_id=1, on=OTHER_ON, zones=(other,))],
        number=1,
        planned=(Planned(zone=zone, mm=own_mm),),
        plan_id=None,
        today=TODAY,
    )
    return Needling(
        first=first,
        depth_mm=own_mm,
        permits=Permits(held={WHO: [held]}),
        shut=tuple(shut),
    )


NO, ASKED, FREE = "refused", "with a confirmation", "free"


def how(found: Needling, on: date) -> str:
    """What becomes of a day: the decision as the page takes it."""
    usual = found.among([open_day(on)], sooner=False)
    sooner = found.among([open_day(on)], sooner=True)
    assert len(usual) <= len(sooner)
    return FREE if usual else ASKED if sooner else NO


@pytest.mark.parametrize(
    ("own_mm", "other_mm", "zone", "days", "expected"),
    [
        pytest.param(DEEP, DEEP, CHEEK, 0, NO, id="the same day"),
        pytest.param(DEEP, DEEP, CHEEK, 13, NO, id="after deep, 13 days"),
        pytest.param(DEEP, DEEP, CHEEK, 14, ASKED, id="after deep, 14 days"),
        pytest.param(DEEP, DEEP, CHEEK, 27, ASKED, id="after deep, 27 days"),
        pytest.param(DEEP, DEEP, CHEEK, 28, FREE, id="after deep, 28 days"),
        pytest.param(DEEP, DEEP, CHEEK, -13, NO, id="before deep, 13 days"),
        pytest.param(DEEP, DEEP, CHEEK, -14, ASKED, id="before deep, 14 days"),
        pytest.param(DEEP, DEEP, CHEEK, -27, ASKED, id="before deep, 27 days"),
        pytest.param(DEEP, DEEP, CHEEK, -28, FREE, id="before deep, 28 days"),
        pytest.param(SHALLOW, SHALLOW, CHEEK, 6, NO, id="after shallow, 6 days"),
        pytest.param(SHALLOW, SHALLOW, CHEEK, 7, ASKED, id="after shallow, 7 days"),
        pytest.param(SHALLOW, SHALLOW, CHEEK, 13, ASKED, id="after shallow, 13 days"),
        pytest.param(SHALLOW, SHALLOW, CHEEK, 14, FREE, id="after shallow, 14 days"),
        pytest.param(DEEP, SHALLOW, CHEEK, 14, FREE, id="deep after shallow"),
        pytest.param(DEEP, SHALLOW, CHEEK, -14, ASKED, id="deep before shallow"),
        pytest.param(SHALLOW, DEEP, CHEEK, 14, ASKED, id="shallow after deep"),
        pytest.param(SHALLOW, DEEP, CHEEK, -14, FREE, id="shallow before deep"),
        pytest.param(DEEP, DEEP, SCALP, 6, NO, id="scalp, 6 days"),
        pytest.param(DEEP, DEEP, SCALP, 7, FREE, id="scalp, 7 days: nothing between"),
    ],
)
def test_sooner_opens_what_needs_a_word_and_never_what_is_refused(
    own_mm: Decimal, other_mm: Decimal, zone: str, days: int, expected: str
) -> None:
    found = needling(own_mm=own_mm, other_mm=other_mm, zone=zone, first=TODAY)
    assert how(found, OTHER_ON + timedelta(days=days)) == expected


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, NO), (0, FREE), (1, FREE)], ids=["eve", "day", "next"]
)
def test_sooner_is_never_before_the_first_day_of_the_other_rules(
    days: int, expected: str
) -> None:
    first = OTHER_ON + timedelta(days=60)
    found = needling(own_mm=DEEP, other_mm=DEEP, zone=CHEEK, first=first)
    assert how(found, first + timedelta(days=days)) == expected


def test_without_a_first_day_in_sight_sooner_opens_nothing() -> None:
    found = needling(own_mm=DEEP, other_mm=DEEP, zone=CHEEK, first=None)
    assert how(found, OTHER_ON + timedelta(days=60)) == NO


# On the page ---------------------------------------------------------------------


class Desk:
    """Somebody whose first session is to be booked, near another plan's visit."""

    def __init__(self, *, days_ago: int) -> None:
        self.site = factories.make_site()
        self.practitioner = factories.make_practitioner(site=self.site)
        self.room = factories.make_room(site=self.site)
        factories.make_device(site=self.site)
        self.patient = factories.make_patient()
        self.last = timezone.localdate() - timedelta(days=days_ago)
        self.visit(self.plan("ACNE_BOXCAR"), timezone.now() - timedelta(days=days_ago))
        self.plan("ACNE_ROLLING")
        self.browser: Client = signed_in(factories.make_desk(site=self.site))

    def plan(self, kind: str) -> PlannedSession:
        condition = factories.make_condition(patient=self.patient, kind=kind)
        plan = factories.make_plan(
            condition=condition,
            site=self.site,
            by=self.practitioner,
            protocol=factories.make_protocol(condition_kind=kind, sessions=1),
        )
        return PlannedSession.objects.get(plan=plan)

    def visit(self, planned: PlannedSession, at: object) -> Visit:
        return factories.make_visit(
            patient=self.patient,
            practitioner=self.practitioner,
            room=self.room,
            by=self.practitioner,
            starts_at=at,
            status="done",
            plan=planned.plan,
            planned_session=planned,
        )

    def ask(self, **wishes: str) -> Page:
        asked = {"patient": self.patient.reference, "kind": "session", **wishes}
        page = Page(html(self.browser.get(reverse("booking:new-visit"), asked)))
        assert not page.faults()
        return page

    def book(self, page: Page, **more: str) -> int:
        [mark] = [e.attributes["value"] for e in page.all("input", name="session")]
        asked = {"patient": self.patient.reference, "kind": "session", "session": mark}
        answer = self.browser.post(
            reverse("booking:new-visit"), {**asked, "slot": slots(page)[0], **more}
        )
        return int(answer.status_code)


def slots(page: Page) -> list[str]:
    return [e.attributes["value"] for e in page.all("input", name="slot")]


def days_of(page: Page) -> Iterator[date]:
    return (date.fromisoformat(text.split("~")[1]) for text in slots(page))


@pytest.mark.django_db
def test_a_day_sooner_than_usual_is_offered_on_request_and_booked_with_a_word() -> None:
    desk = Desk(days_ago=16)
    usual = desk.ask()
    assert usual.all("input", name="sooner")
    assert min(days_of(usual)) >= desk.last + timedelta(days=28)
    sooner = desk.ask(sooner="on")
    assert min(days_of(sooner)) < desk.last + timedelta(days=28)
    assert desk.book(sooner, sooner="on") == 422
    assert Visit.objects.count() == 1
    assert desk.book(sooner, sooner="on", confirm="interval-short") == 302
    kept = Visit.objects.latest("id")
    assert "interval-short" in kept.confirmed_rules


@pytest.mark.django_db
def test_sooner_is_not_offered_where_nothing_would_be() -> None:
    desk = Desk(days_ago=28)
    page = desk.ask()
    assert not page.all("input", name="sooner", type="checkbox")
    assert min(days_of(page)) < desk.last + timedelta(days=28 + 8)
    assert desk.book(page) == 302
