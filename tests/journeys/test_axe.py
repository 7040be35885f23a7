"""No page breaks a rule of WCAG 2.2 AA that a machine can check.

Every address of the product is opened on the demo clinic, on a desk by each role that
may, on a phone once, by the first role that may; each page in the light and in the
dark. What light and dark change is colours, so in the dark those alone are looked at.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from clinic.models import User
from clinic.staff.roles import Role
from patients.models import Patient
from tests import factories
from tests.journeys import stage
from tests.journeys.browser import Person
from tests.web.routes import World, all_routes

pytestmark = pytest.mark.journey

ROLES = (Role.PRACTITIONER, Role.FRONT_DESK, Role.OWNER)
ADDRESSES = {
    Role.PRACTITIONER: "practitioner@demo.clinic",
    Role.FRONT_DESK: "desk@demo.clinic",
    Role.OWNER: "owner@demo.clinic",
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}}
OF_PASSKEYS = {"mfa_list_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"}
# The sheet is made for a tablet; UX 12 exempts it and asks for its table view instead.
FOR_A_TABLET = {"charting:treat"}
WIDE = "document.documentElement.scrollWidth > window.innerWidth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A page that a role may open, and somebody who may."""

    name: str
    path: str
    role: Role
    client: Client


def pages() -> Iterator[Opened]:
    """Every whole page, once for each role that may open it.

    Lists and overviews are the demo's. What an address names is made for it, by
    somebody of its own, for a patient of the demo in the middle of a plan.
    """
    treated = Patient.objects.filter(plans__status="running").distinct().order_by("pk")
    for role, patient in zip(ROLES, treated[: len(ROLES)], strict=True):
        world = World(me=role)
        world.__dict__["patient"] = patient
        of_demo, of_world = Client(), Client()
        sign_in(of_demo, User.objects.get(email=ADDRESSES[role]))
        sign_in(of_world, world.me)
        for route in all_routes():
            client = of_world if route.takes_arguments else of_demo
            path = route.url(world)
            answer = client.get(path)
            is_page = answer.headers.get("Content-Type", "").startswith("text/html")
            if answer.status_code == 200 and is_page and b"<html" in answer.content:
                yield Opened(name=route.name, path=path, role=role, client=client)


def sign_in(client: Client, user: User) -> None:
    """Sign in a moment ago, as the pages of passkeys and codes ask for."""
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "email": user.email}
    ]
    session.save()


@pytest.fixture(scope="module")
def opened(clock: stage.Clock) -> list[Opened]:
    patch = pytest.MonkeyPatch()
    # The demo has numbers of its own; those of the factories begin above them.
    patch.setattr(factories, "_numbers", itertools.count(1000))
    found = list(pages())
    patch.undo()
    return found


def once_each(found: list[Opened]) -> list[Opened]:
    """The first role of each page."""
    return list({page.name: page for page in reversed(found)}.values())


def with_sign_in_of(person: Person, client: Client) -> None:
    """Give the browser the session that the client has."""
    name = settings.SESSION_COOKIE_NAME
    person.context.clear_cookies()
    person.context.add_cookies(
        [
            {
                "name": name,
                "value": client.cookies[name].value,
                "url": person.address.replace("http:", "https:"),
                "secure": True,
            }
        ]
    )


def faults_of(person: Person, page: Opened) -> Iterator[str]:
    """Each rule that the page breaks, with the first place."""
    with_sign_in_of(person, page.client)
    status = person.goto(page.path)
    if status != 200:
        yield f"{page.name} as {page.role}: answered {status}"
        return
    for scheme, options in (("light", OPTIONS), ("dark", COLOURS)):
        person.page.emulate_media(color_scheme=scheme)
        result: Any = Axe().run(person.page, options=options)
        for fault in result.response["violations"]:
            yield f"{page.name} ({page.path}) as {page.role}, {scheme}: {told(fault)}"


def told(fault: dict[str, Any]) -> str:
    """A broken rule in one line."""
    first = fault["nodes"][0]
    why = " ".join(first["failureSummary"].split())[:200]
    place = f"{first['target']} {first['html'][:200]}"
    return f"{fault['id']}, {len(fault['nodes'])} times, {place} {why}"


def test_the_demo_opens_nearly_every_page(opened: list[Opened]) -> None:
    """So that the two tests below do not pass because they looked at nothing."""
    names = {page.name for page in opened}
    assert len(names) > 50
    assert names >= OF_PASSKEYS


def test_no_page_breaks_a_rule_on_a_desk(
    opened: list[Opened], new_person: Callable[..., Person]
) -> None:
    person = new_person(**DESK)
    faults = [fault for page in opened for fault in faults_of(person, page)]
    assert not faults, "\n".join(faults)


def test_no_page_breaks_a_rule_on_a_phone(
    opened: list[Opened], new_person: Callable[..., Person]
) -> None:
    person = new_person(**PHONE)
    faults = []
    for page in once_each(opened):
        faults += faults_of(person, page)
        if page.name not in FOR_A_TABLET and person.page.evaluate(WIDE):
            faults.append(f"{page.name} ({page.path}): wider than the screen")
    assert not faults, "\n".join(faults)
