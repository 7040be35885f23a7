"""What a practitioner does with a patient, by the words that stand on the pages."""

import re
from datetime import date, datetime
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browser import Person

SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "samples" / "synthea"
SAVED = re.compile(r"^Saved \d\d:\d\d$")


def bring_in(person: Person) -> None:
    """Import the sample, from looking at the files to the last fact."""
    page = person.page
    person.goto("/patients/import/")
    files = sorted(str(file) for file in SAMPLE.glob("*.csv"))
    page.get_by_label("CSV files").set_input_files(files)
    page.get_by_role("button", name="Look at the files").click()
    expect(page.get_by_text("Nothing has been added yet")).to_be_visible()
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_role("link", name="See the patients")).to_be_visible()


def open_patient(person: Person, name: str) -> str:
    """Find somebody in the list and open the page; gives its address."""
    page = person.page
    person.goto("/patients/")
    page.locator("main input[type=search]").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 person fits")).to_be_visible()
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page.url


# Before the first session -------------------------------------------------------


def say_skin_type(page: Page, name: str) -> None:
    """From the patient's page and back to it."""
    page.get_by_role("link", name="Change").first.click()
    page.get_by_label("Skin type").select_option(label=name)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text(name)


def add_condition(page: Page, name: str, *, zones: list[str]) -> None:
    """From the patient's page to a condition on the chart, both sides at once."""
    page.get_by_role("link", name="Add a condition").click()
    page.get_by_label("What is treated").select_option(label=name)
    for zone in zones:
        page.get_by_role("button", name=zone).first.click()
    page.get_by_role("button", name="Add the condition").click()
    expect(page.get_by_role("heading", name="What is treated")).to_be_visible()
    expect(page.locator("main")).to_contain_text(name)


def screen(page: Page, *, known: str = "", which: str = "") -> None:
    """Start, say no to everything but what is `known`, finish; stays on the answer."""
    page.get_by_role("button", name="Start", exact=True).click()
    if known:
        group = page.get_by_role("group", name=known)
        expect(group.get_by_label("Yes", exact=True)).to_be_checked()
        tap_radio(page, group, which)
    last = page.get_by_role("group", name="body dysmorphic")
    expect(last).to_be_visible()
    groups = page.get_by_role("button", name=re.compile("^None of these"))
    for words in groups.all_inner_texts():
        none_of_them = page.get_by_role("button", name=" ".join(words.split()))
        none_of_them.click()
        expect(none_of_them).to_have_count(0)
    tap_radio(page, last, "No")
    page.get_by_role("button", name="Finish and judge").click()
    expect(page.get_by_role("heading", name="Safety check")).to_be_visible()


def tap_radio(page: Page, group: Locator, label: str) -> None:
    """Choose, and wait until the answer is kept."""
    with page.expect_response(re.compile("/answers/")):
        group.get_by_text(label, exact=True).click()


def take_consent(page: Page) -> None:
    """From health and consent: the signed sheet is there."""
    page.get_by_role("link", name="Take or withdraw").click()
    page.get_by_role("link", name=re.compile("^Read and ask.*Treatment")).click()
    page.get_by_label("I have the signed sheet with this text").check()
    page.get_by_role("button", name="Record the signed sheet").click()
    expect(page).to_have_url(re.compile("/consents/$"))


def score(page: Page, scale: str, counts: dict[str, str]) -> None:
    """From the patient's page: a reading of every row, none but these counted."""
    page.get_by_role("link", name="Score", exact=True).click()
    form = page.get_by_role("region", name=scale)
    for row in form.get_by_role("textbox").all():
        if row.get_attribute("name") != "rated_on":
            row.fill("0")
    for label, count in counts.items():
        form.get_by_label(label).fill(count)
    form.get_by_role("button", name="Save the reading").click()
    expect(page).not_to_have_url(re.compile("/scores/new/"))


def book_plan(page: Page, *, weekday: str) -> list[date]:
    """From the patient's page to a booked plan; gives the days of its visits."""
    page.get_by_role("link", name="New plan").click()
    page.get_by_text(weekday, exact=True).click()
    expect(page.get_by_text(re.compile(f"First free {weekday}"))).to_be_visible()
    confirm = page.get_by_label("Book anyway")
    if confirm.count():
        confirm.check()
    page.get_by_role("button", name=re.compile("^Book all")).click()
    expect(page).to_have_url(re.compile(r"/plans/T\w+/$"))
    rows = page.get_by_role("row").filter(has_text=weekday)
    return [day_of(row) for row in rows.all()]


def day_of(row: Locator) -> date:
    """The day in "Wed 25 November, 08:30"; without a year it is the next one."""
    found = re.search(r"\w{3} (\d+ \w+)(?: (\d{4}))?, \d\d:\d\d", row.inner_text())
    assert found is not None
    year = found[2] or "2026"
    day = datetime.strptime(f"{found[1]} {year}", "%d %B %Y").date()  # noqa: DTZ007
    return day if day > date(2026, 11, 1) else day.replace(year=day.year + 1)


# At the chair -------------------------------------------------------------------


def check_in(page: Page, name: str) -> None:
    """On Today: arrived, and the session begins."""
    page.get_by_role("link", name="Today").first.click()
    page.get_by_role("button", name=f"Arrived: {name}").click()
    row = page.get_by_role("listitem").filter(has_text=name)
    row.get_by_role("button", name=re.compile("^Start session")).click()
    expect(page.get_by_role("heading", name="Safety check")).to_be_visible()


def saved(person: Person, place: Locator) -> None:
    """Tap, counted, and wait until it is kept."""
    with person.page.expect_response(re.compile("/tap/$")) as answer:
        person.click(place)
    assert answer.value.status == 200, answer.value.status


def choose_zones(person: Person, place: Locator) -> None:
    """Choose zones, counted, and wait for their panel."""
    with person.page.expect_response(re.compile(r"\?zones=")):
        person.click(place)


def add_product(person: Person, label: str, **filled: str) -> None:
    """Something on the skin, out of a lot."""
    page = person.page
    person.click(page.get_by_text("Add a product"))
    expect(page.get_by_label("Out of a lot")).to_be_visible()  # it is fetched
    options = page.get_by_label("Out of a lot").locator("option")
    text = next(text for text in options.all_inner_texts() if label in text)
    page.get_by_label("Out of a lot").select_option(label=text)
    for name, value in filled.items():
        page.get_by_label(name.replace("_", " ")).fill(value)
    saved(person, page.get_by_role("button", name="Add", exact=True))
    expect(page.get_by_role("button", name=f"Remove {label}")).to_be_visible()
