"""A tablet in the patient's hands opens one form and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AuditEvent
from patients.consent import actions
from patients.history import tablet
from patients.models import Consent, Patient, Screening
from tests import factories
from tests.web.pages import Page, html, signed_in
from tests.web.routes import World, all_routes

pytestmark = pytest.mark.django_db
UNLOCK = "/tablet/unlock/"


@pytest.fixture
def world() -> World:
    actions.ensure_shipped_texts(now=factories.NOW)
    return World()


@pytest.fixture
def browser(world: World) -> Client:
    return signed_in(world.practitioner)


def start(browser: Client, patient: Patient) -> Screening:
    typed = {"patient": patient.reference, "purpose": "session"}
    browser.post("/screenings/new/", typed)
    return Screening.objects.latest("id")


def locked_to_screening(browser: Client, patient: Patient) -> Screening:
    screening = start(browser, patient)
    answer = browser.post(f"/screenings/{screening.reference}/hand-over/")
    assert answer.headers["Location"] == form(screening)
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    return screening


def form(screening: Screening) -> str:
    return f"/screenings/{screening.reference}/tablet/"


def locked_to_consent(browser: Client, patient: Patient) -> str:
    base = f"/patients/{patient.reference}/consents/treatment/"
    answer = browser.post(f"{base}hand-over/")
    assert answer.headers["Location"] == f"{base}tablet/"
    return f"{base}tablet/"


def test_every_other_address_of_the_product_is_refused(
    browser: Client, world: World
) -> None:
    places = {route.name: route.url(world) for route in all_routes()}
    screening = locked_to_screening(browser, factories.make_patient())
    allowed = {form(screening), f"{form(screening)}done/", UNLOCK}
    wrong = []
    for name, url in places.items():
        for method, headers in (("GET", {}), ("POST", {"HX-Request": "true"})):
            answer = browser.generic(method, url, headers=headers)
            if answer.status_code != 403 and url not in allowed:
                wrong.append((name, method, answer.status_code))
    assert not wrong
    assert len(places) > 30
    for url in ("/", "/nowhere/", f"/screenings/{screening.reference}/"):
        assert browser.get(url).status_code == 403


def test_the_lock_holds_in_every_tab_and_says_how_to_go_on(
    browser: Client, world: World
) -> None:
    screening = locked_to_screening(browser, world.patient)
    page_of_lock = f"/patients/{world.patient.reference}/health/"
    page = Page(html(browser.get(page_of_lock)))
    assert page.faults() == []
    assert page.all("a", href=form(screening))
    assert page.all("a", href=UNLOCK)
    assert not page.all("nav")
    for path in (page_of_lock, UNLOCK, form(screening), f"{form(screening)}done/"):
        inside = Page(html(browser.get(path)))
        links = {e.attributes["href"] for e in inside.all("a")}
        assert not {"/help/", "/"} & links, path


def test_the_patient_answers_and_sees_no_findings(
    browser: Client, world: World
) -> None:
    screening = locked_to_screening(browser, world.patient)
    page = Page(html(browser.get(form(screening))))
    assert page.faults() == []
    assert not page.all("nav")
    assert not page.all("fieldset", id="q-bdd")
    browser.post(f"{form(screening)}metal_allergy/", {"metal_allergy-value": "yes"})
    answer = browser.post(
        form(screening),
        {"metal_allergy-value": "yes", "latex_allergy-value": "no", "do": "done"},
    )
    assert answer.headers["Location"] == f"{form(screening)}done/"
    done = Page(html(browser.get(f"{form(screening)}done/")))
    assert done.faults() == []
    assert "Thank you" in done.text
    screening.refresh_from_db()
    assert screening.answered_by_patient
    assert screening.completed_at is None
    values = dict(screening.answers.values_list("question", "value"))
    assert values == {"metal_allergy": True, "latex_allergy": False}
    for text in (html(browser.get(form(screening))), page.source):
        assert "Do not treat" not in text


def test_the_password_gives_the_tablet_back(browser: Client, world: World) -> None:
    screening = locked_to_screening(browser, world.patient)
    assert Page(html(browser.get(UNLOCK))).faults() == []
    wrong = browser.post(UNLOCK, {"password": "not this one"})
    assert (wrong.status_code, Page(html(wrong)).faults()) == (422, [])
    assert browser.get("/patients/").status_code == 403
    right = browser.post(UNLOCK, {"password": factories.PASSWORD})
    assert right.headers["Location"] == f"/screenings/{screening.reference}/ask/"
    assert browser.get("/patients/").status_code == 200
    actions = AuditEvent.objects.filter(action__startswith="tablet").order_by("id")
    assert [event.action for event in actions] == [
        "tablet handed over",
        "tablet password wrong",
        "tablet taken back",
    ]


def test_guessing_ends_the_sign_in(browser: Client, world: World) -> None:
    locked_to_screening(browser, world.patient)
    for _guess in range(tablet.MOST_TRIES - 1):
        assert browser.post(UNLOCK, {"password": "guess"}).status_code == 422
    last = browser.post(UNLOCK, {"password": "guess"})
    assert last.headers["Location"] == reverse("account_login")
    signed_out = browser.get(f"/patients/{world.patient.reference}/health/")
    assert signed_out.status_code == 302
    again = browser.post(UNLOCK, {"password": factories.PASSWORD})
    assert again.headers["Location"].startswith(reverse("account_login"))


def test_signing_out_is_a_way_out_without_the_password(
    browser: Client, world: World
) -> None:
    locked_to_screening(browser, world.patient)
    answer = browser.post(UNLOCK, {"sign_out": "yes"})
    assert answer.headers["Location"] == reverse("account_login")
    assert browser.get("/patients/").status_code == 302


def test_without_a_lock_there_is_nothing_to_unlock(browser: Client) -> None:
    assert browser.get(UNLOCK).headers["Location"] == "/"


def test_the_patient_agrees_on_the_tablet(browser: Client, world: World) -> None:
    place = locked_to_consent(browser, world.patient)
    page = Page(html(browser.get(place)))
    assert page.faults() == []
    assert "What can go wrong" in page.text
    (text_id,) = page.all("input", name="text_id")
    typed = {"text_id": text_id.attributes["value"]}
    refused = browser.post(place, typed)
    assert refused.status_code == 422
    assert "Tick this if you agree." in html(refused)
    typed |= {"agreed": "on", "signed_name": "Ana Sample"}
    answer = browser.post(place, typed)
    assert answer.headers["Location"] == f"{place}done/"
    consent = Consent.objects.get()
    assert (consent.way, consent.signed_name) == ("tablet", "Ana Sample")
    assert consent.taken_by == world.practitioner
    assert browser.get("/patients/").status_code == 403


def test_what_was_said_to_staff_is_not_shown_to_the_patient(
    browser: Client, world: World
) -> None:
    typed = {"kind": "MELASMA", "zones": ["FH"], "onset_year": ""}
    base = f"/patients/{world.patient.reference}/health/"
    browser.post(f"{base}conditions/new/", typed)
    screening = locked_to_screening(browser, world.patient)
    assert "The condition was added." not in html(browser.get(form(screening)))
