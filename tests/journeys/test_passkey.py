"""A passkey: used alone and as a second step; and what is said where none works."""

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from sessions.demo.house import PASSWORD
from tests.journeys.browser import Person

pytestmark = pytest.mark.journey
EMAIL = "desk@demo.clinic"


@pytest.fixture
def person(new_person: Callable[..., Person], address: str) -> Iterator[Person]:
    """Somebody with a device that knows them; passkeys need a name, not a number."""
    found = new_person()
    found.address = address.replace("127.0.0.1", "localhost")
    device = found.context.new_cdp_session(found.page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield found
    Authenticator.objects.filter(user__email=EMAIL).delete()


def open_at(person: Person, path: str) -> Page:
    person.page.goto(f"{person.address}{path}")
    return person.page


def type_password(page: Page) -> None:
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_opens_the_clinic_alone_and_as_a_second_step(person: Person) -> None:
    page = open_at(person, "/sign-in/?next=/me/passkeys/add/")
    type_password(page)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have written them down").click()
    expect(page.locator("nav.rail")).to_be_visible()

    person.context.clear_cookies()
    page = open_at(person, "/sign-in/?next=/me/passkeys/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/me/passkeys/$"))
    expect(page.get_by_text("Passkey 1", exact=True)).to_be_visible()

    person.context.clear_cookies()
    page = open_at(person, "/sign-in/?next=/stock/lots/")
    type_password(page)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use the passkey").click()
    expect(page).to_have_url(re.compile("/stock/lots/$"))


def test_without_the_clinics_name_in_the_address_the_page_says_so(
    person: Person, address: str
) -> None:
    page = person.page
    page.goto(f"{address}/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Passkeys need the clinic's own name")).to_be_visible()
