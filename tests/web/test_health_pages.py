"""Health and consent tab, conditions and facts: practitioner, desk, owner."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from clinic.audit.models import AuditEvent
from patients.models import BreakGlass, HistoryFact, Patient, PatientCondition
from tests import factories
from tests.factories import NOW
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db
CANARIES = ("Warfarin", "Isotretinoin", "rolling", "Latex", "regnan", "Fitzpatrick")


@pytest.fixture
def patient() -> Patient:
    made = factories.make_patient(given_name="Amara", family_name="Okafor")
    for kind, changes in (
        ("anticoagulant", {"detail": "Warfarin 5 MG", "choice": "anticoagulant"}),
        ("isotretinoin", {"started_on": date(2025, 6, 1)}),
        ("latex_allergy", {}),
        ("pregnancy", {}),
    ):
        HistoryFact.objects.create(
            patient=made, kind=kind, source="import", recorded_at=NOW, **changes
        )
    factories.make_condition(patient=made)
    return made


@pytest.fixture
def browser() -> Client:
    return signed_in(factories.make_prescriber())


def health(patient: Patient) -> str:
    return f"/patients/{patient.reference}/health/"


def condition_form(**changes: Any) -> dict[str, Any]:
    return {
        "idempotency_key": str(uuid4()),
        "kind": "MELASMA",
        "zones": ["CM-R", "CM-L"],
        "onset_day": "",
        "onset_month": "5",
        "onset_year": "2019",
        "baseline_scale": "",
        "baseline_value": "",
        "severity": "Moderate",
        **changes,
    }


def test_the_practitioner_sees_everything_with_its_source(
    browser: Client, patient: Patient
) -> None:
    response = browser.get(health(patient))
    page = Page(html(response))
    assert page.faults() == []
    for words in ("Warfarin 5 MG", "Isotretinoin", "Imported record", "since 1 June"):
        assert words in page.text
    assert "Acne scars, rolling" in page.text
    assert "Medial cheek, both sides" in page.text
    assert "Do not treat" in page.text
    assert "Not given yet" in page.text
    assert "no-store" in response.headers["Cache-Control"]


def test_opening_it_is_in_the_log(browser: Client, patient: Patient) -> None:
    browser.get(health(patient))
    events = AuditEvent.objects.filter(action="chart.opened", patient_id=patient.pk)
    assert events.count() == 1


def test_the_desk_is_refused_and_reads_nothing_clinical(patient: Patient) -> None:
    desk = signed_in(factories.make_desk())
    for path in (
        health(patient),
        f"{health(patient)}facts/new/",
        f"{health(patient)}conditions/new/",
        "/screenings/new/",
    ):
        refused = desk.get(path)
        assert refused.status_code == 403
        assert not [word for word in CANARIES if word in html(refused)]


def test_the_desk_is_told_to_ask_first_and_not_why(patient: Patient) -> None:
    desk = signed_in(factories.make_desk())
    page = Page(html(desk.get(f"/patients/{patient.reference}/consents/")))
    assert page.faults() == []
    assert "Ask the practitioner before booking" in page.text
    assert not [word for word in CANARIES if word in page.source]


def test_a_patient_without_findings_has_no_flag_for_the_desk() -> None:
    desk, well = signed_in(factories.make_desk()), factories.make_patient()
    page = html(desk.get(f"/patients/{well.reference}/consents/"))
    assert "Ask the practitioner" not in page


def test_an_owner_opens_it_by_break_glass_and_changes_nothing(patient: Patient) -> None:
    from datetime import timedelta

    from django.utils import timezone

    owner = factories.make_owner()
    assert signed_in(owner).get(health(patient)).status_code == 403
    now = timezone.now()
    BreakGlass.objects.create(
        user=owner,
        patient=patient,
        reason="Complaint",
        opened_at=now,
        until=now + timedelta(hours=1),
    )
    opened = signed_in(owner)
    page = Page(html(opened.get(health(patient))))
    assert page.faults() == []
    assert "Warfarin" in page.text
    assert not page.all("a", href=f"{health(patient)}facts/new/")
    assert opened.get(f"{health(patient)}facts/new/").status_code == 403


def test_the_tab_takes_a_bounded_number_of_queries(
    browser: Client, patient: Patient, django_assert_max_num_queries: Any
) -> None:
    browser.get(health(patient))
    with django_assert_max_num_queries(26):
        browser.get(health(patient))


# Conditions


def test_a_condition_is_added_once_however_often_it_is_sent(
    browser: Client, patient: Patient
) -> None:
    path, typed = f"{health(patient)}conditions/new/", condition_form()
    assert Page(html(browser.get(path))).faults() == []
    for _again in range(2):
        answer = browser.post(path, typed)
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            health(patient),
        )
    made = PatientCondition.objects.get(kind="MELASMA")
    assert (made.onset_on, made.onset_precision) == (date(2019, 5, 1), "month")
    assert "since May 2019" in Page(html(browser.get(health(patient)))).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"zones": []}, "Choose at least one zone."),
        ({"kind": ""}, "Choose an answer: What is treated."),
        ({"onset_year": ""}, "Enter the year with four digits."),
        (
            {"onset_day": "31", "onset_month": "2", "onset_year": "2020"},
            "This month has no such day.",
        ),
        (
            {"baseline_scale": "gbq", "baseline_value": "99"},
            "GBQ runs from 0 to 84 in steps of 1.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    browser: Client, patient: Patient, changes: dict[str, Any], words: str
) -> None:
    path = f"{health(patient)}conditions/new/"
    answer = browser.post(path, condition_form(**changes))
    page = Page(html(answer))
    assert answer.status_code == 422
    assert page.faults() == []
    assert words in page.text
    assert page.all("input", name="severity", value="Moderate")


def test_who_changes_a_condition_second_sees_both_texts(
    browser: Client, patient: Patient
) -> None:
    condition = PatientCondition.objects.get(kind="ACNE_ROLLING")
    path = f"{health(patient)}conditions/{condition.pk}/"
    assert Page(html(browser.get(path))).faults() == []
    kept = condition_form(kind="ACNE_ROLLING", version="1", severity="Deep")
    assert browser.post(path, kept).status_code == 302
    late = condition_form(kind="ACNE_ROLLING", version="1", severity="Shallow")
    answer = browser.post(path, late)
    page = Page(html(answer))
    assert answer.status_code == 409
    assert page.faults() == []
    assert "Deep" in page.text
    assert page.all("input", name="severity", value="Shallow")
    assert page.all("input", name="version", value="2")
    condition.refresh_from_db()
    assert condition.severity == "Deep"


def test_a_condition_is_resolved_with_one_tap(
    browser: Client, patient: Patient
) -> None:
    condition = PatientCondition.objects.get(kind="ACNE_ROLLING")
    path = f"{health(patient)}conditions/{condition.pk}/status/"
    browser.post(path, {"status": "resolved", "version": "1"})
    condition.refresh_from_db()
    assert condition.status == "resolved"


def test_a_condition_of_somebody_else_is_not_found(
    browser: Client, patient: Patient
) -> None:
    other = factories.make_condition(patient=factories.make_patient())
    path = f"{health(patient)}conditions/{other.pk}/"
    assert browser.get(path).status_code == 404


# Facts


def test_a_fact_is_added_in_two_steps(browser: Client, patient: Patient) -> None:
    path = f"{health(patient)}facts/new/"
    kinds = Page(html(browser.get(path)))
    assert kinds.faults() == []
    assert kinds.all("a", href="?kind=filler")
    form = Page(html(browser.get(f"{path}?kind=filler")))
    assert form.faults() == []
    typed = {"started_on": "2026-02-20", "zones": ["CM-R"], "source": "patient"}
    answer = browser.post(f"{path}?kind=filler", typed)
    assert answer.status_code == 302
    made = HistoryFact.objects.get(kind="filler")
    assert (made.started_on, made.zones, made.source) == (
        date(2026, 2, 20),
        ["CM-R"],
        "patient",
    )


def test_a_day_that_nobody_knows_stays_open(browser: Client, patient: Patient) -> None:
    path = f"{health(patient)}facts/new/?kind=isotretinoin"
    typed = {"state": "over", "source": "patient"}
    assert browser.post(path, typed).status_code == 302
    made = HistoryFact.objects.exclude(source="import").get()
    assert (made.stopped_on, made.ended) == (None, True)


def test_a_fact_is_ended_and_withdrawn(browser: Client, patient: Patient) -> None:
    fact = HistoryFact.objects.get(kind="isotretinoin")
    base = f"{health(patient)}facts/{fact.pk}/"
    assert Page(html(browser.get(f"{base}end/"))).faults() == []
    early = browser.post(f"{base}end/", {"stopped_on": "2025-05-31"})
    assert early.status_code == 422
    assert "It must end after it begins." in html(early)
    assert browser.post(f"{base}end/", {"stopped_on": "2025-08-31"}).status_code == 302
    assert browser.post(f"{base}withdraw/").status_code == 302
    page = Page(html(browser.get(health(patient))))
    assert page.faults() == []
    assert "1 entered in error" in page.text
    assert browser.get(f"{base}end/").status_code == 404


def test_every_missing_answer_is_asked_for_by_its_name(
    browser: Client, patient: Patient
) -> None:
    for place, words in (
        ("facts/new/?kind=pregnancy", "Choose an answer: Does it go on?"),
        ("conditions/new/", "Choose an answer: What is treated."),
    ):
        answer = browser.post(f"{health(patient)}{place}", {"detail": ""})
        assert answer.status_code == 422
        assert words in html(answer)
        assert "This field is required" not in html(answer)
