"""A patient's overview: the course for clinicians, dates for the desk."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from clinic.models import AuditEvent, User
from patients.models import Patient, PatientCondition
from sessions.models import Plan, Recovery, Score, TreatmentSession, ZoneTreatment
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db


class Chart:
    """A patient with one plan, sessions that were signed, and readings."""

    def __init__(self, *, sessions: int = 2) -> None:
        self.site = factories.make_site()
        self.practitioner: User = factories.make_practitioner(site=self.site)
        self.patient: Patient = factories.make_patient(
            clinical_note="CANARY-NOTE", desk_note="Prefers mornings"
        )
        self.condition: PatientCondition = factories.make_condition(
            patient=self.patient
        )
        self.plan: Plan = factories.make_plan(
            condition=self.condition,
            site=self.site,
            by=self.practitioner,
            protocol=factories.make_protocol(sessions=4),
            goal_scale="gbq",
            goal_value=7,
        )
        self.consent = factories.make_consent(
            patient=self.patient, taken_by=self.practitioner
        )
        self.room = factories.make_room(site=self.site)
        self.today = timezone.localdate()
        for number in range(sessions):
            self.session(number, days_ago=28 * (sessions - number))
        for value, days_ago in ((17, 28 * sessions + 2), (12, 5)):
            self.score(value, days_ago=days_ago)

    def session(self, number: int, *, days_ago: int) -> TreatmentSession:
        starts_at = timezone.now() - timedelta(days=days_ago)
        planned = self.plan.planned_sessions.filter(number=number + 1).first()
        visit = factories.make_visit(
            patient=self.patient,
            practitioner=self.practitioner,
            room=self.room,
            by=self.practitioner,
            plan=self.plan,
            planned_session=planned,
            starts_at=starts_at,
            status="done",
        )
        session = factories.make_session(visit=visit, condition=self.condition)
        for zone, mm in (("CM-R", "1.75"), ("FH", "0.50")):
            ZoneTreatment.objects.create(
                session=session, zone=zone, depth_setting_mm=Decimal(mm), passes=4
            )
        TreatmentSession.objects.filter(pk=session.pk).update(
            screening=factories.make_screening(
                patient=self.patient, by=self.practitioner
            ),
            consent=self.consent,
            skin_clear_at=starts_at,
            signed_at=starts_at,
            signed_by=self.practitioner,
            signed_digest="0" * 64,
        )
        return session

    def score(self, value: int, *, days_ago: int, variant: str = "every row") -> Score:
        return Score.objects.create(
            patient=self.patient,
            condition=self.condition,
            plan=self.plan,
            scale="gbq",
            variant=variant,
            value=value,
            items={"b1": str(value)},
            rater="clinician",
            rated_on=self.today - timedelta(days=days_ago),
            rated_by=self.practitioner,
            recorded_at=timezone.now(),
        )

    @property
    def url(self) -> str:
        return f"/patients/{self.patient.reference}/"


@pytest.fixture
def chart() -> Chart:
    return Chart()


def test_the_overview_says_how_much_better_and_by_what(chart: Chart) -> None:
    response = signed_in(chart.practitioner).get(chart.url)
    text = html(response)
    assert Page(text).faults() == []
    assert "29% better" in text
    assert "17 to 12" in text
    assert "beyond rater noise" in text
    assert "1.75" in text
    assert re.search(r"For</dt>\s*<dd[^>]*>Acne scars, rolling", text)
    assert "no-store" in response["Cache-Control"]


def test_a_change_within_rater_noise_is_called_that(chart: Chart) -> None:
    chart.score(14, days_ago=1)
    text = html(signed_in(chart.practitioner).get(chart.url))
    assert "within rater noise" in text


def test_readings_of_another_variant_stand_on_no_axis(chart: Chart) -> None:
    chart.score(3, days_ago=1, variant="one row per grade")
    text = html(signed_in(chart.practitioner).get(chart.url))
    assert "17 to 12" in text


def test_opening_a_chart_is_logged_once(chart: Chart) -> None:
    signed_in(chart.practitioner).get(chart.url)
    opened = AuditEvent.objects.filter(
        action="chart.opened", patient_id=chart.patient.pk
    )
    assert opened.count() == 1


def test_the_desk_sees_dates_and_consent_and_nothing_clinical(chart: Chart) -> None:
    text = html(signed_in(factories.make_desk(site=chart.site)).get(chart.url))
    assert Page(text).faults() == []
    assert "Prefers mornings" in text
    assert "Given" in text
    for canary in ("CANARY-NOTE", "1.75", "gbq", "better", "Expected range", "mm</"):
        assert canary not in text, canary


def test_an_owner_needs_a_stated_reason(chart: Chart) -> None:
    response = signed_in(factories.make_owner()).get(chart.url)
    assert response.status_code == 403
    assert chart.patient.family_name not in html(response)


def test_a_patient_without_a_plan_gets_help() -> None:
    patient = factories.make_patient()
    practitioner = factories.make_practitioner(site=factories.make_site())
    text = html(signed_in(practitioner).get(f"/patients/{patient.reference}/"))
    assert Page(text).faults() == []
    assert "Nothing is treated yet" in text
    assert f'href="/patients/{patient.reference}/health/conditions/new/"' in text


def _visit_today(chart: Chart, status: str) -> None:
    factories.make_visit(
        patient=chart.patient,
        practitioner=chart.practitioner,
        room=chart.room,
        by=chart.practitioner,
        plan=chart.plan,
        planned_session=chart.plan.planned_sessions.get(number=3),
        starts_at=timezone.now(),
        status=status,
    )


@pytest.mark.parametrize(
    ("status", "offered"), [("confirmed", False), ("arrived", True), ("missed", False)]
)
def test_the_session_of_who_has_come_can_be_started_here(
    chart: Chart, status: str, offered: bool
) -> None:
    _visit_today(chart, status)
    text = html(signed_in(chart.practitioner).get(chart.url))
    assert Page(text).faults() == []
    assert ("Start session 3" in text) is offered


def test_an_unsigned_session_is_gone_on_with(chart: Chart) -> None:
    _visit_today(chart, "done")
    visit = chart.plan.visits.latest("starts_at")
    factories.make_session(visit=visit, condition=chart.condition)
    text = html(signed_in(chart.practitioner).get(chart.url))
    assert "Continue session 3" in text


def test_sessions_that_nobody_booked_stand_on_the_plan(chart: Chart) -> None:
    text = html(signed_in(chart.practitioner).get(chart.url))
    assert text.count("Not booked yet") == 2
    Plan.objects.filter(pk=chart.plan.pk).update(
        status="stopped", stop_reason="Moved", ended_on=chart.today
    )
    text = html(signed_in(chart.practitioner).get(chart.url))
    assert "Not booked yet" not in text


def test_a_visit_outside_the_plan_has_no_number(chart: Chart) -> None:
    factories.make_visit(
        patient=chart.patient,
        practitioner=chart.practitioner,
        room=chart.room,
        by=chart.practitioner,
        plan=chart.plan,
        starts_at=timezone.now() - timedelta(days=3),
        status="missed",
    )
    text = html(signed_in(chart.practitioner).get(chart.url))
    assert re.search(r'<span class="dot dot-bad">\s*</span>', text)
    assert "None" not in Page(text).text


def test_an_unknown_patient_is_404(chart: Chart) -> None:
    browser = signed_in(chart.practitioner)
    assert browser.get("/patients/P99999/").status_code == 404
    assert browser.get("/patients/nonsense/").status_code == 404


def test_the_number_of_queries_does_not_grow_with_sessions(
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    for sessions in (2, 12):
        chart = Chart(sessions=sessions)
        browser = signed_in(chart.practitioner)
        browser.get(chart.url)
        with django_assert_max_num_queries(15):
            browser.get(chart.url)


def _post_score(chart: Chart, **changes: Any) -> Any:
    items = {f"item_{row}": "0" for row in ("a1", "a2", "b2", "b3", "c2", "c4", "d1")}
    typed = {
        **items,
        "item_b1": "14",
        "item_c1": "3",
        "item_c3": "0",
        "item_d2": "0",
        "rated_on": chart.today.isoformat(),
        **changes,
    }
    url = f"{chart.url}conditions/{chart.condition.pk}/scores/new/?scale=gbq"
    return signed_in(chart.practitioner).post(url, typed)


def test_a_reading_is_counted_by_the_scales_own_arithmetic(chart: Chart) -> None:
    response = _post_score(chart, item_a1="8")
    assert response.status_code == 302
    newest = Score.objects.latest("id")
    assert (newest.value, newest.variant) == (Decimal("8.00"), "every row")
    assert newest.plan == chart.plan


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        pytest.param("item_b1", "-1", "from 0 to 999", id="below the range"),
        pytest.param("item_b1", "1.5", "whole number", id="no whole number"),
        pytest.param("item_b1", "", "Fill in", id="left out"),
        pytest.param("rated_on", "2999-01-01", "in the future", id="future"),
        pytest.param("rated_on", "1950-01-01", "before the patient", id="unborn"),
    ],
)
def test_wrong_input_is_refused_with_the_reason_and_nothing_typed_is_lost(
    chart: Chart, field: str, typed: str, says: str
) -> None:
    before = Score.objects.count()
    response = _post_score(chart, item_c1="7", **{field: typed})
    assert response.status_code == 422
    assert says in html(response)
    assert 'value="7"' in html(response)
    assert Score.objects.count() == before


def test_a_reading_is_withdrawn_with_a_reason_and_stays_readable(
    chart: Chart,
) -> None:
    score = Score.objects.latest("id")
    browser = signed_in(chart.practitioner)
    url = f"{chart.url}scores/{score.pk}/withdraw/"
    assert browser.post(url, {"reason": ""}).status_code == 422
    assert browser.post(url, {"reason": "Wrong patient"}).status_code == 302
    score.refresh_from_db()
    assert score.withdrawn_by == chart.practitioner
    text = html(browser.get(f"{chart.url}scores/"))
    assert Page(text).faults() == []
    assert "Wrong patient" in text


def test_the_day_of_calm_is_kept_and_cannot_lie_ahead(chart: Chart) -> None:
    session = TreatmentSession.objects.latest("performed_on")
    url = f"{chart.url}sessions/{session.reference}/calm/"
    browser = signed_in(chart.practitioner)
    assert browser.post(url, {"calm_on_day": "29"}).status_code == 422
    assert browser.post(url, {"calm_on_day": "28"}).status_code == 302
    assert Recovery.objects.get(session=session).calm_on_day == 28


def test_another_patients_reading_is_404(chart: Chart) -> None:
    other = Chart()
    score = other.score(9, days_ago=1)
    url = f"{chart.url}scores/{score.pk}/withdraw/"
    assert signed_in(chart.practitioner).get(url).status_code == 404


def test_a_plan_without_visits_is_still_a_list_for_the_desk(chart: Chart) -> None:
    other = factories.make_condition(patient=chart.patient, kind="STRIAE")
    factories.make_plan(condition=other, site=chart.site, by=chart.practitioner)
    desk = signed_in(factories.make_desk(site=chart.site))
    page = Page(html(desk.get(chart.url)))
    assert "No visit is booked yet." in page.text
    lists = page.all("ol")
    assert lists
    assert all(
        one.tag == "li"
        for one in page.elements
        if one.around and one.around[-1] in lists
    )
