"""A prescriber plans a whole course past the gap rule in writing; nobody else does."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinic.models import AuditEvent
from clinic.staff.roles import Capability
from sessions.models import Plan, PlannedPast, Visit
from tests import factories
from tests.web.pages import Page, html, signed_in
from tests.web.test_plan_builder import Desk, posted

pytestmark = [pytest.mark.django_db, pytest.mark.regression]
WHY = "Leaves the country, the last one was superficial"


class Soon(Desk):
    """A patient who was treated three days ago, and a prescriber at the builder."""

    def __init__(self, *, prescribes: bool = True) -> None:
        super().__init__()
        self.prescriber = factories.make_practitioner(
            site=self.site,
            capabilities=(
                Capability.PRESCRIBER if prescribes else Capability.MEDICAL_LEAD,
            ),
        )
        self.client = signed_in(self.prescriber)
        self.before = factories.make_visit(
            patient=self.patient,
            practitioner=self.practitioner,
            room=self.room,
            by=self.desk,
            starts_at=timezone.now() - timedelta(days=3),
            status="done",
        )

    def ask(self, **wishes: Any) -> Page:
        start = timezone.localdate() + timedelta(days=1)
        return super().ask(**{"start_on": start.isoformat(), **wishes})

    def send(self, page: Page, **changes: Any) -> Any:
        return self.post(page, **{"confirm": ["interval-short"], **changes})


def offers_it(page: Page) -> bool:
    return bool(page.all("input", name="anyhow", type="checkbox"))


def first_day(page: Page) -> date:
    [first, *_rest] = posted(page)["slot"]
    return date.fromisoformat(first.split("~")[1])


def allowed_on(soon: Soon) -> date:
    before: datetime = soon.before.starts_at
    return timezone.localdate(before) + timedelta(days=14)


def test_a_prescriber_books_a_plan_past_the_gap_and_the_reason_is_kept() -> None:
    soon = Soon()
    page = soon.ask()
    assert offers_it(page)
    assert first_day(page) >= allowed_on(soon)
    page = soon.ask(anyhow="on")
    assert not page.faults()
    assert first_day(page) < allowed_on(soon)
    assert page.all("input", name="past_reason")
    assert page.text.count("Too soon") == 1  # whatever the number of zones
    assert "Screening and overrides" not in page.text  # a gap has none
    answer = soon.send(page, past_reason=WHY)
    assert answer.status_code == 302, html(answer)[:3000]
    plan = Plan.objects.get()
    first = plan.visits.order_by("starts_at").first()
    assert first is not None
    [kept] = PlannedPast.objects.all()
    assert (kept.visit, kept.reason, kept.by) == (first, WHY, soon.prescriber)
    assert kept.code == "interval-block"
    assert AuditEvent.objects.filter(
        action="visit.planned_past", object_id=first.pk, actor=soon.prescriber
    ).exists()


def test_only_the_session_that_refuses_the_wished_day_is_planned_past() -> None:
    soon = Soon()
    later = factories.make_visit(
        patient=soon.patient,
        practitioner=soon.practitioner,
        room=soon.room,
        by=soon.desk,
        starts_at=(timezone.now() + timedelta(days=30)).replace(hour=10, minute=0),
    )
    page = soon.ask(anyhow="on")
    assert first_day(page) < allowed_on(soon)
    assert "Every gap is" not in page.text
    assert soon.send(page, past_reason=WHY).status_code == 302
    days = Plan.objects.get().visits.values_list("day", flat=True)
    assert min(abs((day - later.day).days) for day in days) >= 14
    [kept] = PlannedPast.objects.all()
    assert kept.visit.day == min(days)


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_written_reason_the_plan_is_refused(reason: str) -> None:
    soon = Soon()
    answer = soon.send(soon.ask(anyhow="on"), past_reason=reason)
    assert answer.status_code == 422
    page = Page(html(answer))
    assert page.all("input", name="past_reason")
    assert len(page.all("input", name="past_reason")) == 1
    assert not Plan.objects.exists()


def test_what_was_typed_comes_back_when_something_else_stood_against_it() -> None:
    soon = Soon()
    page = soon.ask(anyhow="on")
    answer = soon.post(page, past_reason=WHY, confirm=[], slot=posted(page)["slot"][1:])
    assert answer.status_code == 422
    [field] = Page(html(answer)).all("input", name="past_reason")
    assert field.attributes["value"] == WHY


def test_nobody_else_is_offered_it_and_nobody_else_can_send_it() -> None:
    soon = Soon()
    sent = posted(soon.ask(anyhow="on"))
    lead = Soon(prescribes=False)
    others = [
        signed_in(soon.desk),
        signed_in(soon.practitioner),
        signed_in(
            factories.make_practitioner(
                site=soon.site, capabilities=(Capability.MEDICAL_LEAD,)
            )
        ),
    ]
    assert not offers_it(lead.ask(anyhow="on"))
    for client in others:
        soon.client = client
        page = soon.ask(anyhow="on")
        assert not offers_it(page)
        assert not page.all("input", name="past_reason")
        assert first_day(page) >= allowed_on(soon)
        data = {**sent, **{k: posted(page)[k] for k in ("idempotency_key",)}}
        answer = client.post(
            "/plans/new/",
            {**data, "then": "book", "past_reason": WHY, "confirm": "interval-short"},
        )
        assert answer.status_code == 422
    assert not Plan.objects.exists()


def test_where_no_gap_refuses_nothing_is_offered() -> None:
    soon = Soon()
    Visit.objects.all().delete()
    assert not offers_it(soon.ask())


def test_what_the_history_forbids_is_not_passed_by_a_reason_against_the_gap() -> None:
    soon = Soon()
    soon.peeled()
    page = soon.ask()
    assert "Possible from" in page.text
    assert not offers_it(page)


def test_an_absolute_refusal_stays_one() -> None:
    soon = Soon()
    page = soon.ask(anyhow="on")
    soon.practitioner.qualifications.all().delete()
    soon.prescriber.qualifications.all().delete()
    assert soon.send(page, past_reason=WHY).status_code == 422
    assert not Plan.objects.exists()
