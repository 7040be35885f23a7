"""What goes another way at the chair: too deep, refused, closed, twice open, hurt."""

import re

import pytest
from playwright.sync_api import Route, expect

from clinic.models import User
from sessions.charting.actions import safety, starting
from sessions.charting.errors import SheetRefusedError
from sessions.models import SessionUnit, TreatmentSession, Visit
from tests import chair as at_the_chair
from tests.journeys import chairside as chair
from tests.journeys import stage
from tests.journeys.browser import Person

pytestmark = pytest.mark.journey
TODAY = stage.MOMENT.date().isoformat()


@pytest.fixture(scope="module")
def sheet(clock: stage.Clock) -> TreatmentSession:
    """A sheet of today with a pen, screened and found clear, at its first tap."""
    mira = User.objects.get(email="practitioner@demo.clinic")
    visits = Visit.objects.filter(
        practitioner=mira,
        kind="session",
        status__in=("unconfirmed", "confirmed", "arrived"),
        plan__protocol__device_kind="pen",
        starts_at__date=stage.MOMENT.date(),
    )
    now = clock.now()
    for visit in visits.order_by("starts_at"):
        try:
            session = starting.start(visit=visit, by=mira, now=now)
            at_the_chair.screened(visit.patient, mira, now=now)
            session.refresh_from_db()
            return safety.clear_skin(
                session=session, version=session.version, by=mira, now=now
            )
        except SheetRefusedError:
            continue
    raise LookupError("The demo has nobody to treat.")


@pytest.fixture
def treating(practitioner: Person, sheet: TreatmentSession) -> Person:
    """The practitioner in front of that sheet."""
    expect(practitioner.page.get_by_role("heading", level=1)).to_be_visible()
    practitioner.goto(f"/sessions/{sheet.reference}/treat/")
    return practitioner


def test_deeper_than_the_protocol_asks_why_and_keeps_the_answer(
    treating: Person,
) -> None:
    page = treating.page
    chair.choose_zones(treating, page.get_by_role("link", name="Cheeks"))
    panel = page.locator("#panel")
    depths = panel.get_by_role("group", name="Depth in mm")
    depths.get_by_role("button").last.click()
    expect(panel.get_by_text(re.compile("Why deeper"))).to_be_visible()
    with page.expect_response(re.compile("/tap/$")):
        panel.get_by_role("button", name="Thick skin in this zone").click()
    expect(panel).to_contain_text("Why deeper: Thick skin in this zone")
    page.reload()
    expect(page.locator("#table")).to_contain_text("Thick skin in this zone")


def test_a_unit_that_was_opened_before_is_refused(treating: Person) -> None:
    page = treating.page
    kit = page.get_by_role("region", name="Kit")
    kit.get_by_text("Another lot, serial").click()
    menu = kit.locator("details[open] .popover-card")
    box, screen = menu.bounding_box(), page.viewport_size
    assert box is not None
    assert screen is not None
    assert box["x"] + box["width"] <= screen["width"]
    number = kit.get_by_text("Cartridge").inner_text().split()[-1]
    used = SessionUnit.objects.filter(unit__lot__number=number).first()
    assert used is not None
    kit.get_by_label("Printed serial").fill(used.unit.serial)
    kit.get_by_role("button", name="Confirm").click()
    refusal = page.get_by_role("main").get_by_text("was already opened. Take a new one")
    expect(refusal).to_be_in_viewport()


def test_a_cartridge_touched_twice_is_opened_once_and_the_depth_after_it_shows(
    treating: Person, sheet: TreatmentSession
) -> None:
    page, held = treating.page, list[Route]()

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    kit = page.get_by_role("region", name="Kit")
    page.route(re.compile("/tap/$"), hold_the_first)
    kit.get_by_role("button", name="Confirm").dblclick()
    chip = page.get_by_role("group", name="Depth in mm").get_by_role("button").first
    chip.click()
    assert len(held) == 1  # the second waits for the answer to the first
    held[0].continue_()
    expect(kit.get_by_role("img", name="Confirmed")).to_be_visible()
    expect(chip).to_have_attribute("aria-pressed", "true")
    assert SessionUnit.objects.filter(session=sheet).count() == 1


def test_a_browser_closed_in_mid_session_comes_back_to_the_same_tap(
    treating: Person, sheet: TreatmentSession
) -> None:
    page = treating.page
    passes = page.get_by_role("group", name="Passes")
    chair.saved(treating, passes.get_by_role("button", name="5", exact=True))
    page.close()
    again = treating.context.new_page()
    again.goto(f"/patients/{sheet.patient.reference}/")
    again.get_by_role("button", name=re.compile("^Continue session")).click()
    five = again.get_by_role("group", name="Passes").get_by_role(
        "button", name="5", exact=True
    )
    expect(five).to_have_attribute("aria-pressed", "true")


def test_the_second_of_two_open_sheets_hears_who_was_first(treating: Person) -> None:
    first, second = treating.page, treating.context.new_page()
    second.goto(first.url)
    passes = first.get_by_role("group", name="Passes")
    chair.saved(treating, passes.get_by_role("button", name="6", exact=True))
    second.get_by_role("group", name="Passes").get_by_role(
        "button", name="2", exact=True
    ).click()
    said = second.get_by_role("main").get_by_text(
        "Mira Lindqvist changed this sheet at"
    )
    expect(said).to_be_visible()
    six = second.get_by_role("group", name="Passes").get_by_role(
        "button", name="6", exact=True
    )
    expect(six).to_have_attribute("aria-pressed", "true")


def test_an_adverse_event_goes_from_the_session_to_settled(treating: Person) -> None:
    page = treating.page
    page.goto(page.url.replace("/treat/", "/record/"))
    page.get_by_role("link", name="Record an adverse event").click()
    page.get_by_role("button", name="Keep the event").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("What was seen").select_option(label="Bruising")
    page.get_by_label("Began on").fill(TODAY)
    page.get_by_label("Grade", exact=True).select_option(label="1 Mild")
    page.get_by_role("button", name="Keep the event").click()
    expect(page.get_by_role("heading", name="Bruising")).to_be_visible()
    expect(page.get_by_text("Open", exact=True)).to_be_visible()
    page.get_by_label("Outcome").fill("Gone by itself")
    page.get_by_label("Settled on").fill(TODAY)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile(r"^Settled \d"))).to_be_visible()
