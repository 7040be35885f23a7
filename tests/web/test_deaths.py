"""A death that is entered: what is booked and planned is shown, then ended with it."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AuditEvent
from patients.models import Patient
from patients.records.forms import initial_of
from sessions.models import Plan, Visit
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.regression]


class Booked:
    """A patient with a visit yesterday and two that are still to come."""

    def __init__(self) -> None:
        self.site = factories.make_site()
        self.desk = factories.make_desk(site=self.site)
        self.practitioner = factories.make_practitioner(site=self.site)
        self.room = factories.make_room(site=self.site)
        self.patient = factories.make_patient(born_on=date(1980, 5, 5))
        self.now = timezone.now()
        self.past = self.visit(self.now - timedelta(days=1))
        self.coming = [
            self.visit(self.now + timedelta(days=3)),
            self.visit(self.now + timedelta(days=40), status="unconfirmed"),
        ]

    def visit(self, starts_at: datetime, **changes: Any) -> Visit:
        return factories.make_visit(
            patient=self.patient,
            practitioner=self.practitioner,
            room=self.room,
            by=self.desk,
            starts_at=starts_at,
            kind="consultation",
            **changes,
        )

    def save(self, *, ends: list[str] | None = None, **changes: Any) -> Any:
        self.patient.refresh_from_db()
        shown = {k: v for k, v in initial_of(self.patient).items() if v is not None}
        typed = {k: v for k, v in shown.items() if v is not False}
        return signed_in(self.desk).post(
            reverse("records:edit", args=[self.patient.reference]),
            {
                **typed,
                "idempotency_key": str(uuid4()),
                "ends": ends or [],
                **changes,
            },
        )

    def statuses(self) -> list[str]:
        return list(
            Visit.objects.filter(patient=self.patient)
            .order_by("starts_at")
            .values_list("status", flat=True)
        )


BEFORE = ["confirmed", "confirmed", "unconfirmed"]


def asked_keys(answer: Any) -> list[str]:
    page = Page(html(answer))
    assert not page.faults()
    return [e.attributes["value"] for e in page.all("input", name="ends")]


def test_the_coming_visits_are_shown_before_anything_is_saved() -> None:
    booked = Booked()
    answer = booked.save(is_deceased="on")
    assert answer.status_code == 422
    assert asked_keys(answer) == [visit.reference for visit in booked.coming]
    text = Page(html(answer)).text
    assert "Still booked or planned" in text
    assert booked.practitioner.full_name in text
    booked.patient.refresh_from_db()
    assert not booked.patient.is_deceased
    assert booked.statuses() == BEFORE
    assert not AuditEvent.objects.filter(action="patient.changed").exists()


def test_they_are_cancelled_with_the_death_and_in_the_log() -> None:
    booked = Booked()
    keys = asked_keys(booked.save(is_deceased="on"))
    assert booked.save(is_deceased="on", ends=keys).status_code == 302
    booked.patient.refresh_from_db()
    assert booked.patient.is_deceased
    assert booked.statuses() == ["confirmed", "cancelled", "cancelled"]
    for visit in booked.coming:
        visit.refresh_from_db()
        assert (visit.cancel_reason, visit.version) == ("The patient has died.", 2)
    logged = AuditEvent.objects.filter(
        actor=booked.desk, patient_id=booked.patient.pk
    ).order_by("id")
    assert [event.action for event in logged][-3:] == [
        "visit.status",
        "visit.status",
        "patient.changed",
    ]


def test_a_day_of_death_alone_asks_as_well() -> None:
    booked = Booked()
    assert booked.save(deceased_on="2026-01-02").status_code == 422


def test_a_visit_that_was_booked_meanwhile_is_shown_first() -> None:
    booked = Booked()
    keys = asked_keys(booked.save(is_deceased="on"))
    late = booked.visit(booked.now + timedelta(days=5))
    answer = booked.save(is_deceased="on", ends=keys)
    assert answer.status_code == 422
    assert late.reference in asked_keys(answer)
    assert booked.statuses() == ["confirmed", "confirmed", "confirmed", "unconfirmed"]


def test_a_visit_that_was_moved_meanwhile_is_cancelled_all_the_same() -> None:
    booked = Booked()
    keys = asked_keys(booked.save(is_deceased="on"))
    Visit.objects.filter(pk=booked.coming[1].pk).update(status="cancelled")
    assert booked.save(is_deceased="on", ends=keys).status_code == 302
    assert booked.statuses() == ["confirmed", "cancelled", "cancelled"]


def test_nothing_is_asked_where_nothing_is_booked_or_nobody_died() -> None:
    booked = Booked()
    assert booked.save(desk_note="Rings twice").status_code == 302
    assert booked.statuses() == BEFORE
    Visit.objects.filter(pk__in=[v.pk for v in booked.coming]).update(status="missed")
    assert booked.save(is_deceased="on").status_code == 302


def test_visits_left_from_before_end_when_the_dead_are_saved_again() -> None:
    booked = Booked()
    Patient.objects.filter(pk=booked.patient.pk).update(is_deceased=True)
    answer = booked.save(is_deceased="on")
    assert answer.status_code == 422
    assert booked.save(is_deceased="on", ends=asked_keys(answer)).status_code == 302
    assert booked.statuses() == ["confirmed", "cancelled", "cancelled"]


def planned(booked: Booked, **changes: Any) -> Plan:
    """A plan of the patient, for a condition of its own."""
    return factories.make_plan(
        condition=factories.make_condition(patient=booked.patient),
        site=booked.site,
        by=booked.desk,
        **changes,
    )


def test_open_plans_are_shown_and_stopped_with_the_death() -> None:
    booked = Booked()
    running = planned(booked, status="running")
    to_book = planned(booked, status="to_book")
    finished = planned(booked, status="finished", ended_on=date(2026, 1, 2))
    answer = booked.save(is_deceased="on")
    keys = asked_keys(answer)
    assert keys[-2:] == [running.reference, to_book.reference]
    assert finished.reference not in keys
    running.refresh_from_db()
    assert running.status == "running"
    assert booked.save(is_deceased="on", ends=keys).status_code == 302
    for plan in (running, to_book):
        plan.refresh_from_db()
        assert (plan.status, plan.stop_reason) == ("stopped", "The patient has died.")
        assert plan.ended_on == timezone.localdate(booked.now, booked.site.zone)
        assert plan.version == 2
    finished.refresh_from_db()
    assert (finished.status, finished.ended_on) == ("finished", date(2026, 1, 2))
    logged = AuditEvent.objects.filter(actor=booked.desk, action="plan.stopped")
    assert {event.object_id for event in logged} == {running.pk, to_book.pk}


def test_a_plan_alone_is_shown_before_the_death_is_saved() -> None:
    booked = Booked()
    Visit.objects.filter(patient=booked.patient).update(status="cancelled")
    plan = planned(booked, status="paused")
    answer = booked.save(is_deceased="on")
    assert answer.status_code == 422
    assert asked_keys(answer) == [plan.reference]


def test_a_plan_of_the_dead_is_not_taken_up_again() -> None:
    booked = Booked()
    plan = planned(booked, status="stopped", stop_reason="Asked to")
    page = reverse("booking:plan", args=[plan.reference])
    change = {"version": plan.version, "status": "running"}
    client = signed_in(booked.desk)
    assert "Resume" in html(client.get(page))
    Patient.objects.filter(pk=booked.patient.pk).update(is_deceased=True)
    assert "Resume" not in html(client.get(page))
    answer = client.post(
        reverse("booking:plan-status", args=[plan.reference]),
        {**change, "idempotency_key": str(uuid4())},
    )
    assert answer.status_code == 409
    assert "This patient has died." in html(answer)
    plan.refresh_from_db()
    assert plan.status == "stopped"


def test_nobody_is_asked_to_book_for_the_dead() -> None:
    booked = Booked()
    plan = planned(booked, status="to_book")
    url = reverse("charting:needs")
    name = booked.patient.family_name
    for status in ("to_book", "review_due"):
        Plan.objects.filter(pk=plan.pk).update(status=status)
        Patient.objects.filter(pk=booked.patient.pk).update(is_deceased=False)
        assert name in html(signed_in(booked.desk).get(url))
        Patient.objects.filter(pk=booked.patient.pk).update(is_deceased=True)
        assert name not in html(signed_in(booked.desk).get(url))
