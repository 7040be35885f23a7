"""The safety page has one main button: what is to be done before anybody treats."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from clinic.models import Lot
from clinic.staff.roles import Capability
from patients.consent import actions as consents
from patients.history.actions.screenings import AnswerEntry
from patients.models import Consent
from sessions.models import TreatmentSession
from tests import factories
from tests.chair import Chair, make_chair, screened
from tests.factories import NOW, TODAY
from tests.web.pages import Element, Page, html, signed_in
from tests.web.sheet import place, tap

pytestmark = pytest.mark.django_db
YES = AnswerEntry(value=True)


@pytest.fixture
def chair() -> Chair:
    return make_chair()


def main_buttons(page: Page) -> list[Element]:
    return [
        e
        for e in page.elements
        if e.tag in {"a", "button"}
        and "btn-primary" in e.attributes.get("class", "").split()
        and not any(around.tag == "dialog" for around in e.around)
    ]


def the_one(client: Client, session: TreatmentSession, step: str = "safety") -> Element:
    """The main button of a page, which has no other."""
    answer = client.get(place(step, session))
    assert answer.status_code == 200
    page = Page(html(answer))
    assert not page.faults()
    [button] = main_buttons(page)
    return button


def says(button: Element) -> str:
    return " ".join(button.text.split())


def test_questions_that_nobody_answered_come_first(chair: Chair) -> None:
    button = the_one(signed_in(chair.practitioner), chair.start())
    assert says(button) == "Ask the safety questions"
    assert button.attributes["href"].startswith("/")


def test_when_nothing_waits_it_is_treating(chair: Chair) -> None:
    session = chair.start()
    screened(chair.patient, chair.practitioner)
    button = the_one(signed_in(chair.practitioner), session)
    assert (says(button), button.tag) == ("Skin clear, treat", "button")
    assert "disabled" not in button.attributes


def test_a_finding_is_decided_before_treating_by_who_may(chair: Chair) -> None:
    session = chair.start()
    screened(chair.patient, chair.practitioner, answers={"isotretinoin": YES})
    client = signed_in(chair.practitioner)
    stopped = the_one(client, session)
    assert says(stopped) == "Cannot treat today"
    assert "disabled" in stopped.attributes
    chair.practitioner.capabilities = [Capability.PRESCRIBER]
    chair.practitioner.save(update_fields=["capabilities"])
    client = signed_in(chair.practitioner)
    page = Page(html(client.get(place("safety", session))))
    [button] = main_buttons(page)
    assert says(button) == "Decide 1 finding"
    target = button.attributes["href"].removeprefix("#")
    [reason] = page.all("input", id=target)
    [form] = [e for e in reason.around if e.tag == "form"]
    [code] = [
        e.attributes["value"]
        for e in page.all("input", name="code")
        if form in e.around
    ]
    assert reason.attributes["name"] == "reason"
    client.post(place("override", session), {"code": code, "reason": "Low dose."})
    assert says(the_one(client, session)) == "Skin clear, treat"


def test_a_missing_consent_is_taken_before_treating(chair: Chair) -> None:
    session = chair.start()
    screened(chair.patient, chair.practitioner)
    for consent in Consent.objects.filter(patient=chair.patient):
        consents.withdraw(
            consent=consent, reason="Asked to", by=chair.practitioner, now=NOW
        )
    button = the_one(signed_in(chair.practitioner), session)
    assert says(button) == "Take the treatment consent"


@pytest.mark.parametrize("step", ["treat", "outcome", "sign"])
def test_the_later_pages_lead_back_to_what_is_to_decide(
    chair: Chair, step: str
) -> None:
    session = chair.start()
    client = signed_in(chair.practitioner)
    foot = [b for b in buttons_of(client, session, step) if "data-onward" in b]
    assert [one["href"] for one in foot] == [place("safety", session)]
    session = chair.cleared(session)
    foot = [b for b in buttons_of(client, session, step) if "data-onward" in b]
    assert place("safety", session) not in [one["href"] for one in foot]


def buttons_of(
    client: Client, session: TreatmentSession, step: str
) -> Iterator[dict[str, str]]:
    page = Page(html(client.get(place(step, session))))
    return (button.attributes for button in main_buttons(page))


def test_a_reason_that_is_missing_is_asked_for_at_its_own_finding(
    chair: Chair,
) -> None:
    session = chair.start()
    answers = {"isotretinoin": YES, "anticoagulant": YES}
    screened(chair.patient, chair.practitioner, answers=answers)
    chair.practitioner.capabilities = [Capability.PRESCRIBER]
    chair.practitioner.save(update_fields=["capabilities"])
    client = signed_in(chair.practitioner)
    said = {"code": "C01", "scope": "needling", "reason": " "}
    answer = client.post(place("override", session), said)
    page = Page(html(answer))
    assert answer.status_code == 422
    assert not page.faults()
    fields = page.all("input", name="reason")
    assert len(fields) > 1
    [asked] = [e for e in fields if "aria-invalid" in e.attributes]
    assert asked.attributes["id"] == "why-C01-needling"
    assert asked.attributes.get("value", "").strip() == ""
    assert ["value" in e.attributes for e in fields if e is not asked] == [False] * (
        len(fields) - 1
    )
    [error] = page.all("p", id=asked.attributes["aria-describedby"])
    assert "Write down why." in error.text


@pytest.mark.parametrize("script", [True, False])
def test_a_unit_that_is_refused_says_so_at_its_field_and_keeps_the_serial(
    chair: Chair, script: bool
) -> None:
    session = chair.open()
    Lot.objects.update(
        received_on=TODAY - timedelta(days=90), expires_on=TODAY - timedelta(days=1)
    )
    factories.make_lot(site=chair.site, expires_on=TODAY)
    client = signed_in(chair.practitioner)
    lot = {"lot_id": str(chair.lot.pk), "serial": "R-4711"}
    answer = tap(client, session, "lot", script=script, **lot)
    assert answer.status_code == 422
    page = Page(html(answer))
    [note] = page.all("div", id="lot-refused")
    assert "expired" in note.text
    assert any(around.attributes.get("id") == "kit" for around in note.around)
    assert page.text.count("expired") == 1
    [serial] = page.all("input", name="serial")
    assert serial.attributes["value"] == "R-4711"
    assert serial.attributes["aria-describedby"] == "lot-refused"
    assert any("open" in around.attributes for around in serial.around)
    assert not session.units.exists()
