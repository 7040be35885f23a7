"""The demo's banner lets time pass for staff, and never in a patient's hands."""

from typing import Any

import pytest

from patients.consent import actions
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.demo_urls")]
LATER = ["One day later", "Four weeks later"]


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.DEMO = True


def buttons(page: Page) -> list[str]:
    return [button.text for button in page.all("button", name="days")]


def banners(page: Page) -> int:
    return len(page.all("aside", **{"class": "demo-banner"}))


def test_time_passes_for_staff_until_the_tablet_is_the_patients() -> None:
    actions.ensure_shipped_texts(now=factories.NOW)
    staff = factories.make_practitioner(site=factories.make_site())
    patient = factories.make_patient()
    browser = signed_in(staff)
    assert buttons(Page(html(browser.get("/me/")))) == LATER
    base = f"/patients/{patient.reference}/consents/treatment/"
    browser.post(f"{base}hand-over/")
    for address in (f"{base}tablet/", "/tablet/unlock/", "/me/"):
        page = Page(html(browser.get(address)))
        assert banners(page) == 1
        assert buttons(page) == [], address
    browser.post("/tablet/unlock/", {"password": factories.PASSWORD})
    assert buttons(Page(html(browser.get("/me/")))) == LATER


def test_a_stranger_sees_that_it_is_a_demo_and_no_clock() -> None:
    from django.test import Client

    page = Page(html(Client().get("/sign-in/")))
    assert banners(page) == 1
    assert buttons(page) == []
