"""The practitioner brings in the sample's people and screens one of them."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import chairside as chair
from tests.journeys.browser import Person

pytestmark = pytest.mark.journey


def test_the_sample_comes_in_and_one_of_its_people_is_screened(
    practitioner: Person,
) -> None:
    page = practitioner.page
    chair.bring_in(practitioner)
    chair.open_patient(practitioner, "Noorzai")
    expect(page.locator("main")).to_contain_text("Diabetes")
    page.get_by_role("link", name="Health and consent").click()
    page.get_by_role("link", name="Screen before a session").click()
    chair.screen(page, known="Diabetes?", which="Controlled")
    expect(page).to_have_url(re.compile(r"/screenings/Q\w+/(#.*)?$"))
    expect(page.locator("main")).to_contain_text("Yes: controlled")
    expect(page.get_by_text("Take care").first).to_be_visible()
