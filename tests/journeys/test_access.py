"""Coming in and going out, as each role, and without a mouse."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from sessions.demo.house import PASSWORD
from tests.journeys.browser import Person

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(
    ("email", "lands"),
    [
        ("practitioner@demo.clinic", "/today/"),
        ("desk@demo.clinic", "/today/"),
        ("owner@demo.clinic", "/reports/"),
    ],
)
def test_each_role_lands_where_its_work_is(
    new_person: Callable[..., Person], email: str, lands: str
) -> None:
    person = new_person()
    person.sign_in(email)
    expect(person.page).to_have_url(re.compile(f"{lands}$"))
    expect(person.page.locator("h1")).to_be_visible()


def test_a_wrong_password_says_so_and_keeps_the_address(
    new_person: Callable[..., Person],
) -> None:
    person = new_person()
    person.sign_in("desk@demo.clinic", "needlepoints")
    expect(person.page).to_have_title(re.compile("^Error: "))
    expect(person.page.get_by_label("E-mail")).to_have_value("desk@demo.clinic")
    expect(person.page.get_by_label("Password")).to_have_value("")


def test_after_signing_out_the_page_is_shut(desk: Person) -> None:
    expect(desk.page.locator("h1")).to_be_visible()
    desk.goto("/sign-out/")
    desk.page.get_by_role("button", name="Sign out").click()
    expect(desk.page).to_have_url(re.compile("/sign-in/"))
    desk.goto("/patients/")
    expect(desk.page).to_have_url(re.compile(r"/sign-in/\?next=/patients/"))


def test_one_comes_in_and_finds_the_patients_by_keyboard_alone(
    new_person: Callable[..., Person],
) -> None:
    person = new_person()
    keys = person.page.keyboard
    person.goto("/sign-in/")
    tab_to(person, "E-mail")
    keys.type("desk@demo.clinic")
    tab_to(person, "Password")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(person.page).to_have_url(re.compile("/today/$"))
    keys.press("Tab")
    expect(person.page.locator(":focus")).to_have_text("Skip to the content")
    tab_to(person, "Patients")
    keys.press("Enter")
    expect(person.page).to_have_url(re.compile("/patients/$"))


def tab_to(person: Person, name: str) -> None:
    """Press Tab until the field or link of this name has the focus."""
    named = person.page.get_by_label(name, exact=True).or_(
        person.page.get_by_role("link", name=name, exact=True)
    )
    for _ in range(40):
        person.page.keyboard.press("Tab")
        if named.evaluate_all("found => found.includes(document.activeElement)"):
            return
    pytest.fail(f"Tab does not reach {name}")
