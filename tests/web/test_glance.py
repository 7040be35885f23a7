"""Who is in the room, at one glance: for the one who treats, and nobody else."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent
from sessions.models import Recovery, TreatmentSession
from tests import factories
from tests.web.pages import Page, html, signed_in
from tests.web.test_progress_pages import Chart

pytestmark = pytest.mark.django_db


class Room:
    """Somebody with two signed sessions who is in the room now."""

    def __init__(self) -> None:
        self.chart = Chart()
        self.visit = factories.make_visit(
            patient=self.chart.patient,
            practitioner=self.chart.practitioner,
            room=self.chart.room,
            by=self.chart.practitioner,
            plan=self.chart.plan,
            planned_session=self.chart.plan.planned_sessions.get(number=3),
            starts_at=timezone.now(),
            status="in_room",
            in_room_at=timezone.now(),
        )
        self.url = reverse("progress:glance", args=[self.chart.patient.reference])

    def read(self, user: Any) -> str:
        data = {"plan": self.chart.plan.reference}
        answer = signed_in(user).get(self.url, data, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return Page(html(answer)).text

    def boxes(self, user: Any, scope: str = "all") -> list[Any]:
        answer = signed_in(user).get(reverse("booking:today"), {"scope": scope})
        page = Page(html(answer))
        assert not page.faults()
        return [
            e for e in page.all("div") if "glance" in e.attributes.get("hx-get", "")
        ]


def test_the_card_asks_for_it_only_for_the_one_who_treats() -> None:
    room = Room()
    [box] = room.boxes(room.chart.practitioner)
    assert room.chart.plan.reference in box.attributes["hx-get"]
    colleague = factories.make_practitioner(site=room.chart.site)
    assert not room.boxes(colleague)
    assert not room.boxes(factories.make_desk(site=room.chart.site))


def test_it_says_what_was_set_last_time_and_how_the_skin_took_it() -> None:
    room = Room()
    last = TreatmentSession.objects.latest("performed_on")
    Recovery.objects.create(
        session=last,
        calm_on_day=3,
        recorded_at=timezone.now(),
        recorded_by=room.chart.practitioner,
    )
    text = room.read(room.chart.practitioner)
    assert "To 1.75 mm, 4 passes" in text
    assert "2 zones from 0.50 mm, calm by day 3" in text
    assert "GBQ 17 to 12" in text
    assert "29% better" in text


def test_safety_is_that_of_today() -> None:
    room = Room()
    assert "Screening due" in room.read(room.chart.practitioner)
    factories.make_screening(
        patient=room.chart.patient,
        by=room.chart.practitioner,
        for_date=timezone.localdate(),
        completed_at=timezone.now(),
    )
    text = room.read(room.chart.practitioner)
    assert "Screened at" in text
    assert "Screening due" not in text


def test_reading_it_is_an_opening_of_the_chart_and_closed_to_the_desk() -> None:
    room = Room()
    before = AuditEvent.objects.filter(action="chart.opened").count()
    room.read(room.chart.practitioner)
    assert AuditEvent.objects.filter(action="chart.opened").count() == before + 1
    desk = signed_in(factories.make_desk(site=room.chart.site))
    assert desk.get(room.url).status_code == 403
    whole = signed_in(room.chart.practitioner).get(room.url)
    assert whole.url == room.chart.url
