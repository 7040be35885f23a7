"""The owner reads what treatments achieve, and goes behind a figure."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import Person

pytestmark = pytest.mark.journey


def test_the_owner_reads_the_report_and_sees_who_is_behind_a_figure(
    owner: Person,
) -> None:
    page = owner.page
    expect(page).to_have_url(re.compile("/reports/$"))
    expect(page.locator(".kpis")).to_be_visible()
    page.locator("main a[href*='/reports/progress/behind/']").first.click()
    expect(page).to_have_url(re.compile("/reports/progress/behind/"))
    expect(page.get_by_role("row").nth(1)).to_contain_text(re.compile(r"P\d{5}"))


def test_the_owner_opens_a_chart_only_with_a_written_reason(owner: Person) -> None:
    page = owner.page
    assert owner.goto("/patients/P00001/health/") != 200
    owner.goto("/patients/P00001/break-glass/")
    page.locator("main form [type=submit]").last.click()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("Reason").fill("A complaint about the session of 28 October")
    page.locator("main form [type=submit]").last.click()
    expect(page).not_to_have_url(re.compile("break-glass"))
    assert owner.goto("/patients/P00001/health/") == 200
    assert owner.goto("/patients/P00002/health/") != 200
