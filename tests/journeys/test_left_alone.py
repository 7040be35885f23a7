"""A screen is left alone in the middle of a sentence; nothing typed is lost."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from clinic.staff import timeouts
from sessions.demo.house import PASSWORD
from tests.journeys.browser import Person

pytestmark = pytest.mark.journey


def test_the_page_leaves_by_itself_and_comes_back_with_what_was_typed(
    new_person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = new_person()
    page = person.page
    page.clock.install()
    person.sign_in("desk@demo.clinic")
    expect(page.locator("nav.rail")).to_be_visible()
    person.goto("/stock/lots/receive/")
    page.get_by_label("Roller", exact=True).check(force=True)
    page.get_by_label("Product").fill("Half a prod")
    page.get_by_label("Lot number").fill("24k1")

    later = timeouts.clock() + timedelta(minutes=16)
    monkeypatch.setattr(timeouts, "clock", lambda: later)
    page.clock.fast_forward("15:05")
    expect(page).to_have_url(re.compile(r"/sign-in/\?next=/stock/lots/receive/"))
    expect(page.get_by_text("What you typed is kept")).to_be_visible()

    page.get_by_label("E-mail").fill("desk@demo.clinic")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/stock/lots/receive/$"))
    expect(page.get_by_text("You are back where you were")).to_be_visible()
    expect(page.get_by_label("Product")).to_have_value("Half a prod")
    expect(page.get_by_label("Lot number")).to_have_value("24k1")
    expect(page.get_by_label("Roller", exact=True)).to_be_checked()
