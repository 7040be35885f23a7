"""The practitioner brings in the sample's people and screens one of them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import Person

pytestmark = pytest.mark.journey

SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "samples" / "synthea"


def bring_in(practitioner: Person) -> None:
    """Import the sample, from looking at the files to the last fact."""
    page = practitioner.page
    practitioner.goto("/patients/import/")
    files = sorted(str(file) for file in SAMPLE.glob("*.csv"))
    page.get_by_label("CSV files").set_input_files(files)
    page.get_by_role("button", name="Look at the files").click()
    expect(page.get_by_text("Nothing has been added yet")).to_be_visible()
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_role("link", name="See the patients")).to_be_visible()


def test_the_sample_comes_in_and_one_of_its_people_is_screened(
    practitioner: Person,
) -> None:
    bring_in(practitioner)
    page = practitioner.page
    page.get_by_role("link", name="See the patients").click()
    page.locator("main input[type=search]").fill("Noorzai")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 person fits")).to_be_visible()
    page.get_by_role("link", name="Noorzai").first.click()
    expect(page.locator("main")).to_contain_text("Diabetes")
    page.get_by_role("link", name="Health and consent").click()
    page.get_by_role("link", name="Screen before a session").or_(
        page.get_by_role("button", name="Screen before a session")
    ).click()
    page.get_by_role("button", name="Start", exact=True).click()
    answer(practitioner)
    page.get_by_role("button", name="Finish and judge").click()
    expect(page).to_have_url(re.compile(r"/screenings/Q\w+/(#.*)?$"))
    expect(page.locator("main")).to_contain_text("Yes: controlled")


def answer(practitioner: Person) -> None:
    """No to every group but what the import brought; the diabetes is controlled."""
    page = practitioner.page
    expect(page.locator("[name=diabetes-value][value=yes]")).to_be_checked()
    page.locator("[name=diabetes-choice][value=controlled]").check(force=True)
    rest = page.get_by_role("button", name="None of these")
    expect(rest.first).to_be_visible()
    while count := rest.count():
        rest.first.click()
        expect(rest).to_have_count(count - 1)
    page.locator("[name=bdd-value][value=no]").check(force=True)
    page.wait_for_load_state("networkidle")
