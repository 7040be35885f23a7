"""What is let pass with a reason, what nobody lets pass, and a session with a roller.

Somebody on today's list has a plan with a roller and a scar that a prescriber has to
sign off; the lot that was to be opened expires under the hand.
"""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from clinic.models import Lot, User
from patients.models import HistoryFact
from sessions.models import TreatmentSession, Visit
from tests.journeys import chairside as chair
from tests.journeys import stage
from tests.journeys.browser import Person

pytestmark = pytest.mark.journey
WHY = "A small scar on the chest in 2009; the test spot healed flat."
YESTERDAY = stage.MOMENT.date() - timedelta(days=1)


@pytest.fixture
def visit(clock: stage.Clock) -> Visit:
    """A visit with a roller, put on today, of somebody who once had a keloid."""
    mira = User.objects.get(email="practitioner@demo.clinic")
    long_ago = stage.MOMENT.date() - timedelta(days=28)
    found = (
        Visit.objects.filter(
            kind="session",
            status__in=("unconfirmed", "confirmed"),
            plan__protocol__device_kind="roller",
            plan__site=mira.memberships.earliest("site__name").site,
        )
        .exclude(patient__sessions__performed_on__gt=long_ago)
        .earliest("starts_at", "id")
    )
    evening = stage.MOMENT.replace(hour=17, minute=0)  # after the last visit
    Visit.objects.filter(pk=found.pk).update(
        practitioner=mira,
        starts_at=evening,
        ends_at=evening + timedelta(minutes=45),
        day=evening.date(),
    )
    if not found.patient.facts.filter(kind="keloid_history").exists():
        HistoryFact.objects.create(
            patient=found.patient,
            kind="keloid_history",
            source="practitioner",
            recorded_at=clock.now(),
            recorded_by=mira,
        )
    return found


def test_a_roller_session_with_a_sign_off_and_an_expired_lot(
    practitioner: Person, visit: Visit
) -> None:
    page = practitioner.page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    practitioner.goto(f"/visits/{visit.reference}/")
    page.get_by_role("button", name=re.compile("^(Start|Open)")).first.click()
    page.get_by_role("link", name="Ask the safety questions").click()
    chair.screen(page)
    sign_off(page)
    page.get_by_role("button", name="Skin clear, treat").click()
    expect(page).to_have_url(re.compile("/treat/"))
    open_rollers(practitioner, TreatmentSession.objects.get(visit=visit))
    chair.saved(practitioner, page.get_by_role("button", name="Pinpoint bleeding"))
    sign(practitioner)
    record = page.locator("main")
    for said in (WHY, "Signed by Mira Lindqvist", "Pinpoint bleeding", "R-4712"):
        expect(record).to_contain_text(said)


def sign_off(page: Page) -> None:
    """The finding is the next thing to do; without a reason nothing is let pass."""
    main = page.get_by_role("main")
    expect(page.get_by_role("button", name="Skin clear, treat")).to_have_count(0)
    page.get_by_role("link", name="Decide 1 finding").click()
    reason = page.get_by_label("Written reason")
    expect(reason).to_be_focused()
    page.get_by_role("button", name="Sign off").click()
    expect(main.locator("#stops")).to_contain_text("Write down why.")
    expect(reason).to_be_focused()
    reason.fill(WHY)
    page.get_by_role("button", name="Sign off").click()
    expect(main).to_contain_text(re.compile("Signed off by Mira Lindqvist.*2009"))


def open_rollers(person: Person, session: TreatmentSession) -> None:
    """Refused beside its field with the serial kept; then other lots are opened."""
    page = person.page
    kit = page.get_by_role("region", name="Kit")
    number = kit.get_by_text(re.compile(r"^Roller \w+")).inner_text().split()[-1]
    Lot.objects.filter(number=number).update(
        received_on=YESTERDAY - timedelta(days=90), expires_on=YESTERDAY
    )
    kit.get_by_text("Another lot, serial").click()
    kit.get_by_label("Printed serial").fill("R-4712")
    kit.get_by_role("button", name="Confirm").click()
    refusal = kit.get_by_text(f"Lot {number} expired on 24 November 2026.")
    expect(refusal).to_be_in_viewport()
    expect(kit.get_by_label("Printed serial")).to_have_value("R-4712")
    assert not session.units.exists()
    confirm = kit.get_by_role("button", name="Confirm")
    for opened in range(1, 4):
        if not confirm.count():
            break
        chair.saved(person, confirm)
        expect(kit.get_by_text("mm, unit")).to_have_count(opened)
    assert session.units.exists()
    assert not session.units.filter(unit__lot__number=number).exists()


def sign(person: Person) -> None:
    """From the treatment to the signed record."""
    page = person.page
    page.get_by_role("link", name="Outcome", exact=True).click()
    chair.saved(person, page.get_by_role("button", name="Redness as expected"))
    done = page.get_by_role("button", name=re.compile("^All .* steps done"))
    chair.saved(person, done)
    page.get_by_role("link", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", name="Complete")).to_be_visible()
    page.get_by_role("button", name="Sign and lock").click()
    expect(page).to_have_url(re.compile(r"/sessions/S\w+/record/$"))


def test_on_an_upright_tablet_what_needs_you_stands_above_the_day(
    practitioner: Person,
) -> None:
    page = practitioner.page
    page.set_viewport_size({"width": 820, "height": 1180})
    practitioner.goto("/today/")
    needs = page.get_by_role("complementary", name="Needs you")
    expect(needs.get_by_role("link").first).to_be_in_viewport()
    above, day = needs.bounding_box(), page.locator("#day").bounding_box()
    assert above is not None
    assert day is not None
    assert above["y"] + above["height"] <= day["y"]
    assert above["height"] < 260
