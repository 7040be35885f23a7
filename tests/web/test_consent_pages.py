"""Consent: the full text first, then paper or tablet; the desk sees status only."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinic.audit.models import AuditEvent
from clinic.staff.roles import Capability
from patients.consent import actions
from patients.models import Consent, ConsentText, Patient
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _texts(db: None) -> None:
    actions.ensure_shipped_texts(now=factories.NOW)


@pytest.fixture
def patient() -> Patient:
    return factories.make_patient()


@pytest.fixture
def child() -> Patient:
    born_on = timezone.localdate() - timedelta(days=365 * 16)
    return factories.make_patient(born_on=born_on)


@pytest.fixture
def browser() -> Client:
    return signed_in(factories.make_practitioner())


def consents(patient: Patient, rest: str = "") -> str:
    return f"/patients/{patient.reference}/consents/{rest}"


def text_of(kind: str = "treatment") -> ConsentText:
    return ConsentText.objects.filter(kind=kind).latest("version")


def signed_sheet(**changes: Any) -> dict[str, Any]:
    return {"signed": "on", "text_id": text_of().pk, **changes}


def test_the_whole_text_is_shown_with_its_version(
    browser: Client, patient: Patient
) -> None:
    page = Page(html(browser.get(consents(patient, "treatment/"))))
    assert page.faults() == []
    for block in ("What can go wrong", "I agree to the treatment.", "Version 1"):
        assert block in page.text


@pytest.mark.parametrize("kind", ["off_label", "photo_record", "photo_social"])
def test_every_use_has_a_form_of_its_own(
    browser: Client, patient: Patient, kind: str
) -> None:
    page = Page(html(browser.get(consents(patient, f"{kind}/"))))
    assert page.faults() == []
    typed = {"signed": "on", "text_id": text_of(kind).pk}
    browser.post(consents(patient, f"{kind}/"), typed)
    assert [c.kind for c in Consent.objects.all()] == [kind]


def test_a_signed_sheet_is_recorded(browser: Client, patient: Patient) -> None:
    answer = browser.post(consents(patient, "treatment/"), signed_sheet())
    assert answer.headers["Location"] == consents(patient)
    page = Page(html(browser.get(consents(patient))))
    assert page.faults() == []
    (row,) = page.all("li", **{"data-kind": "treatment"})
    assert "Given" in row.text


def test_without_the_sheet_nothing_is_recorded(
    browser: Client, patient: Patient
) -> None:
    answer = browser.post(consents(patient, "treatment/"), {"text_id": text_of().pk})
    assert answer.status_code == 422
    assert "Confirm that you have the signed sheet." in html(answer)
    assert not Consent.objects.exists()


def test_a_text_published_meanwhile_is_read_first(
    browser: Client, patient: Patient
) -> None:
    typed = signed_sheet()
    entry = actions.TextEntry(kind="treatment", language="en", title="T", body="B")
    actions.publish_text(entry=entry, by=factories.make_owner(), now=factories.NOW)
    answer = browser.post(consents(patient, "treatment/"), typed)
    assert answer.status_code == 422
    assert "A newer version" in html(answer)
    assert not Consent.objects.exists()


def test_under_age_a_guardian_is_asked_for(browser: Client, child: Patient) -> None:
    page = Page(html(browser.get(consents(child, "treatment/"))))
    assert page.faults() == []
    assert page.all("input", name="guardian_name")
    alone = browser.post(consents(child, "treatment/"), signed_sheet())
    assert alone.status_code == 422
    guarded = signed_sheet(guardian_name="Eva S.", guardian_relation="Mother")
    assert browser.post(consents(child, "treatment/"), guarded).status_code == 302
    assert Consent.objects.get().guardian_name == "Eva S."


def test_an_adult_has_no_guardian(browser: Client, patient: Patient) -> None:
    page = Page(html(browser.get(consents(patient, "treatment/"))))
    assert not page.all("input", name="guardian_name")


def test_it_is_withdrawn_with_a_reason_and_printed(
    browser: Client, patient: Patient
) -> None:
    browser.post(consents(patient, "treatment/"), signed_sheet())
    key = Consent.objects.get().pk
    path = consents(patient, f"{key}/withdraw/")
    assert Page(html(browser.get(path))).faults() == []
    assert browser.post(path, {"reason": ""}).status_code == 422
    assert browser.post(path, {"reason": "Changed her mind"}).status_code == 302
    assert browser.post(path, {"reason": "Again"}).status_code == 422
    page = Page(html(browser.get(consents(patient))))
    assert "Changed her mind" in page.text
    paper = Page(html(browser.get(consents(patient, f"{key}/paper/"))))
    assert paper.faults() == []
    assert "What can go wrong" in paper.text
    assert "Changed her mind" in paper.text


def test_somebody_elses_consent_is_not_found(browser: Client, patient: Patient) -> None:
    other = factories.make_consent(
        patient=factories.make_patient(), taken_by=factories.make_practitioner()
    )
    assert browser.get(consents(patient, f"{other.pk}/withdraw/")).status_code == 404
    assert browser.get(consents(patient, "magic/")).status_code == 404


def test_the_desk_sees_status_only(browser: Client, child: Patient) -> None:
    guarded = signed_sheet(guardian_name="Eva S.", guardian_relation="Mother")
    browser.post(consents(child, "treatment/"), guarded)
    desk = signed_in(factories.make_desk())
    page = Page(html(desk.get(consents(child))))
    assert page.faults() == []
    assert "Given" in page.text
    assert "Eva S." not in page.source
    assert not page.all("a", href=consents(child, "photo_record/"))
    key = Consent.objects.get().pk
    for rest in ("treatment/", f"{key}/withdraw/", f"{key}/paper/"):
        assert desk.get(consents(child, rest)).status_code == 403


def test_who_looked_is_in_the_log(browser: Client, patient: Patient) -> None:
    browser.get(consents(patient))
    signed_in(factories.make_desk()).get(consents(patient))
    events = AuditEvent.objects.filter(patient_id=patient.pk).order_by("id")
    assert [e.action for e in events] == ["chart.opened", "consent.seen"]


def test_another_language_says_so(browser: Client) -> None:
    page = html(
        browser.get(consents(factories.make_patient(language="pl"), "treatment/"))
    )
    assert "There is no text in the patient" in page


# The texts


def test_an_owner_and_the_medical_lead_publish_the_next_version(
    patient: Patient,
) -> None:
    lead = factories.make_practitioner(capabilities=(Capability.MEDICAL_LEAD,))
    for number, user in ((2, factories.make_owner()), (3, lead)):
        browser = signed_in(user)
        assert Page(html(browser.get("/settings/consents/"))).faults() == []
        path = "/settings/consents/treatment/en/"
        assert Page(html(browser.get(path))).faults() == []
        typed = {"title": "Ours", "body": f"## A\r\n\r\nText {number}\r\n- one"}
        assert browser.post(path, typed).status_code == 302
        assert text_of().version == number
    assert "\r" not in text_of().body


def test_other_practitioners_read_and_do_not_publish(browser: Client) -> None:
    path = "/settings/consents/treatment/en/"
    page = Page(html(browser.get(path)))
    assert page.faults() == []
    assert not page.all("textarea", name="body")
    typed = {"title": "Mine", "body": "Text"}
    assert browser.post(path, typed).status_code == 403
    assert text_of().version == 1


def test_markup_in_a_text_is_shown_as_text(browser: Client, patient: Patient) -> None:
    entry = actions.TextEntry(
        kind="treatment", language="en", title="T", body="<script>alert(1)</script>"
    )
    actions.publish_text(entry=entry, by=factories.make_owner(), now=factories.NOW)
    page = html(browser.get(consents(patient, "treatment/")))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
