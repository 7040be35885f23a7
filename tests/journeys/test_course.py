"""One of the sample's people, from the screening to a second session and a chart."""

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import chairside as chair
from tests.journeys import stage
from tests.journeys.browser import Person

pytestmark = pytest.mark.journey

NAME = "Bruno Haldane"
CHEEKS = ["Right medial cheek", "Right lateral cheek"]
START = {"A2, mildly": "9", "B1, moderately": "15", "B3, broad": "25"}
REVIEW = {"A2, mildly": "9", "B1, moderately": "8", "B3, broad": "6"}
SCALE = "Goodman and Baron, quantitative"
# UX 4.1 asks for eight without pictures: Start, skin, lot, endpoint, reaction, sign.
MOST_TAPS = 8


@pytest.fixture
def calendar(clock: stage.Clock) -> Iterator[stage.Clock]:
    """The clinic's clock, put back afterwards."""
    yield clock
    clock.set(stage.MOMENT)


def go_to(person: Person, clock: stage.Clock, day: date) -> None:
    """Come to work on another day, a little before half past eight."""
    clock.set(datetime.combine(day, time(8, 20), tzinfo=UTC))
    person.context.clear_cookies()
    person.sign_in("practitioner@demo.clinic")
    expect(person.page.get_by_role("heading", level=1)).to_be_visible()


def prepare(person: Person) -> list[date]:
    """All that comes before the first session; the days of the visits."""
    page = person.page
    chair.bring_in(person)
    home = chair.open_patient(person, NAME)
    chair.say_skin_type(page, "Fitzpatrick III")
    chair.add_condition(page, "Acne scars, rolling", zones=CHEEKS)
    page.get_by_role("link", name="Screen before a plan").click()
    chair.screen(page)
    expect(page.get_by_text("Nothing found that stands against")).to_be_visible()
    page.get_by_role("link", name="To health and consent", exact=True).click()
    chair.take_consent(page)
    page.goto(home)
    chair.score(page, SCALE, START)
    page.goto(home)
    return chair.book_plan(page, weekday="Wed")


def screen_today(person: Person) -> None:
    """From the safety page of the sheet through the questions and back to it."""
    page = person.page
    page.get_by_role("link", name="Ask the safety questions").click()
    chair.screen(page)


def first_session(person: Person) -> None:
    """Zone by zone: depth, passes, endpoint; kit; outcome; signature."""
    page = person.page
    chair.check_in(page, NAME)
    screen_today(person)
    page.get_by_role("button", name="Skin clear, treat").click()
    front = page.get_by_role("group", name="Face chart, front view")
    chair.choose_zones(person, front.get_by_role("button", name="Right medial cheek"))
    panel = page.get_by_role("region", name="Medial cheek (both sides)", exact=True)
    chair.saved(person, panel.get_by_role("button", name="1.25", exact=True))
    chair.saved(person, panel.get_by_role("button", name="Deeper"))
    chair.saved(person, panel.get_by_role("button", name="Shallower"))
    passes = panel.get_by_role("group", name="Passes")
    chair.saved(person, passes.get_by_role("button", name="4", exact=True))
    for side in ("Right", "Left"):
        zone = front.get_by_role("button", name=f"{side} medial cheek, 1.25")
        expect(zone).to_be_visible()
    chair.saved(person, page.get_by_role("button", name="Pinpoint bleeding"))
    panel = page.get_by_role("region", name="Lateral cheek (both sides)", exact=True)
    chair.saved(person, panel.get_by_role("button", name="Pinpoint bleeding"))
    kit = page.get_by_role("region", name="Kit")
    chair.saved(person, kit.get_by_role("button", name="Check"))
    chair.saved(person, kit.get_by_role("button", name="Confirm"))
    expect(kit).to_contain_text(re.compile(r"Unit \w+, ends"))
    chair.add_product(
        person, "Lidocaine cream 4 %", On_at="07:40", Off_at="08:15", Grams="5"
    )
    chair.add_product(person, "Hydrogel")
    finish(person, pain="3")


def finish(person: Person, *, pain: str = "") -> None:
    """From the treatment to the signed record."""
    page = person.page
    person.click(page.get_by_role("link", name="Outcome", exact=True))
    chair.saved(person, page.get_by_role("button", name="Redness as expected"))
    if pain:
        chair.saved(person, page.get_by_role("button", name=pain, exact=True))
    chair.saved(
        person, page.get_by_role("button", name=re.compile("^All .* steps done"))
    )
    person.click(page.get_by_role("link", name="Sign", exact=True))
    expect(page.get_by_role("heading", name="Complete")).to_be_visible()
    person.click(page.get_by_role("button", name="Sign and lock"))
    expect(page).to_have_url(re.compile(r"/sessions/S\w+/record/$"))


def read_first_record(page: Page) -> None:
    """What was tapped stands in the record, with what the patient is told."""
    record = page.locator("main")
    row = page.get_by_role("row", name="Medial cheek (both sides)")
    expect(row).to_contain_text("1.25")
    expect(row).to_contain_text("Pinpoint bleeding")
    for said in (
        "Lidocaine cream 4 %",
        "200 mg",
        "discarded in sharps",
        "Redness as expected",
        "3 of 10",
        "Signed by Mira Lindqvist",
        "until Wed 16 December",
    ):
        expect(record).to_contain_text(said)


def read_second_record(page: Page) -> None:
    """The settings of the first session, and beside them that nothing differs."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("session 2 of 3")
    expect(page.get_by_role("columnheader", name="Against 2 Dec")).to_be_visible()
    for zone, mm in (("Medial cheek", "1.25"), ("Lateral cheek", "1.00")):
        row = page.get_by_role("row", name=f"{zone} (both sides)")
        expect(row).to_contain_text(mm)
        expect(row).to_contain_text("same")


def second_session(person: Person) -> int:
    """The same with one endpoint for all; the taps after today's screening."""
    page = person.page
    chair.check_in(page, NAME)
    screen_today(person)
    person.clicks = 0
    person.click(page.get_by_role("button", name="Skin clear, treat"))
    front = page.get_by_role("group", name="Face chart, front view")
    for zone in ("Right medial cheek, 1.25", "Left lateral cheek, 1.00"):
        expect(front.get_by_role("button", name=zone)).to_be_visible()
    all_of_them = page.get_by_role("link", name="All 4")
    expect(all_of_them).to_have_attribute("aria-current", "true")
    chair.saved(person, page.get_by_role("button", name="Pinpoint bleeding"))
    kit = page.get_by_role("region", name="Kit")
    chair.saved(person, kit.get_by_role("button", name="Confirm"))
    finish(person)
    return person.clicks


def see_progress(page: Page) -> None:
    """A point for each reading, the needles of each session, and the same in words."""
    progress = page.get_by_role("region", name="Progress")
    chart = progress.get_by_role("img", name=re.compile("^GBQ: from 11 to 5 on 30 Dec"))
    expect(chart.locator("circle.score-dot")).to_have_count(2)
    expect(chart.locator("path.score")).to_have_count(1)
    for said in ("Start", "2 today", "1.25"):
        expect(chart.get_by_text(said).first).to_be_visible()
    progress.get_by_text("Show numbers").click()
    rows = progress.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(1 + 4)
    expect(rows.nth(1)).to_have_text(re.compile(r"25 November 2026\s*11"))
    expect(rows.nth(3)).to_have_text(re.compile(r"30 December 2026\s*2\s*5\s*1.25"))


def test_one_of_the_samples_people_goes_through_a_course(
    practitioner: Person, calendar: stage.Clock
) -> None:
    page = practitioner.page
    days = prepare(practitioner)
    assert len(days) == 3
    assert {(b - a).days for a, b in itertools.pairwise(days)} == {28}

    go_to(practitioner, calendar, days[0])
    first_session(practitioner)
    read_first_record(page)

    go_to(practitioner, calendar, days[1])
    taps = second_session(practitioner)
    assert taps <= MOST_TAPS, f"{taps} taps from the screening to the signature"
    read_second_record(page)

    home = chair.open_patient(practitioner, NAME)
    chair.score(page, SCALE, REVIEW)
    page.goto(home)
    see_progress(page)
