"""The front desk's day: a new patient on a six-session plan, a move, a check-in."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import Person

pytestmark = pytest.mark.journey

# UX 4.2: New, Plan, what is treated, the weekday, Book all.
MOST_CLICKS = 5


def book_six(desk: Person, *, given_name: str, born_on: str) -> None:
    """From Today to six booked visits of somebody who is new."""
    page = desk.page
    desk.click(page.locator("summary", has_text="New"))
    desk.click(page.get_by_role("link", name="Plan", exact=True))
    page.get_by_label("First name").fill(given_name)
    page.get_by_label("Last name").fill(f"Of{given_name}")
    page.get_by_label("Phone").fill(f"020 7946 08{born_on[-2:]}")
    page.get_by_label("Date of birth").fill(born_on)
    page.keyboard.press("Enter")
    desk.click(page.get_by_role("link", name="Acne scars, rolling"))
    expect(page.get_by_label("Acne scars, rolling, pen")).to_be_checked()
    page.get_by_label("Sessions", exact=True).fill("6")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Book all 6 visits")).to_be_visible()
    desk.click(page.get_by_text("Wed", exact=True))
    expect(page.get_by_text("First free Wednesday")).to_be_visible()
    desk.click(page.get_by_role("button", name="Book all 6 visits"))
    expect(page).to_have_url(re.compile(r"/plans/T\w+/$"))


def test_the_desk_books_a_new_patient_on_six_sessions(desk: Person) -> None:
    book_six(desk, given_name="Rosa", born_on="1991-02-03")
    page = desk.page
    visits = page.get_by_role("row").filter(has_text="Wed ")
    expect(visits).to_have_count(6)
    expect(visits.filter(has_text="28 days")).to_have_count(5)
    expect(page.locator("main")).to_contain_text("Running")
    assert desk.clicks <= MOST_CLICKS


def test_what_cannot_be_is_refused_and_what_was_typed_stays(desk: Person) -> None:
    page = desk.page
    desk.goto("/plans/new/")
    page.get_by_label("First name").fill("Rosa")
    page.get_by_label("Phone").fill("banana")
    page.get_by_label("Date of birth").fill("2031-02-03")
    page.get_by_role("button", name="Add and go on").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_contain_text("in the future")
    expect(page.get_by_label("Phone")).to_have_value("banana")
    expect(page.get_by_label("First name")).to_have_value("Rosa")


def test_one_visit_moves_and_the_rest_of_the_plan_moves_along(desk: Person) -> None:
    book_six(desk, given_name="Lena", born_on="1984-07-21")
    page = desk.page
    plan = page.url
    page.get_by_role("row", name="Wed 27 January").get_by_role("link").last.click()
    page.get_by_label("Another day").fill("2027-02-03")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Free on Wed 3 February")).to_be_visible()
    page.locator(".chips .chip").first.click()
    expect(page.locator(".ripple li").first).to_contain_text("Wed 3 Feb")
    moves = page.get_by_role("button", name=re.compile(r"^Move 4 visits"))
    expect(moves).to_be_visible()
    expect(page.locator(".ripple li")).to_have_count(4)
    moves.click()
    expect(page).not_to_have_url(re.compile("/move/"))
    page.goto(plan)
    expect(page.get_by_role("row", name="Wed 3 February")).to_be_visible()
    expect(page.get_by_role("row", name="Wed 27 January")).to_have_count(0)


def test_checking_in_is_one_click(desk: Person) -> None:
    page = desk.page
    row = page.locator(".visit-row", has_text="Confirmed").first
    name = row.locator(".visit-who a").inner_text()
    desk.click(row.get_by_role("button", name=re.compile("^Arrived")))
    arrived = page.locator(".visit-row", has_text=name).first
    expect(arrived.locator(".visit-state")).to_contain_text("Arrived")
    assert desk.clicks == 1


def test_the_desk_sees_no_depth_no_score_and_no_history(desk: Person) -> None:
    page = desk.page
    page.locator(".visit-row .visit-who a").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.goto("/patients/P00001/")
    expect(page.locator("main")).not_to_contain_text(" mm")
    assert desk.goto("/patients/P00001/health/") == 403
    assert desk.goto("/patients/P00001/scores/") == 403
    assert desk.goto("/reports/") == 403
