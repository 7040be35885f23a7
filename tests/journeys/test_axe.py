"""No page breaks a rule of WCAG 2.2 AA that a machine can check.

Every address of the product is opened on the demo clinic. On a desk in the light by
each role that may; on a phone in the dark once, by the first role that may: the rules
that differ between the two are colours, sizes and order, not words.
"""

import itertools
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
DESK = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
# Need a passkey that is really there; the form of the same shape is looked at.
WITHOUT_A_PASSKEY = {"mfa_edit_webauthn", "mfa_remove_webauthn"}
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
        of_demo.force_login(User.objects.get(email=ADDRESSES[role]))
        of_world.force_login(world.me)
        for route in all_routes():
            if route.name in WITHOUT_A_PASSKEY:
                continue
            client = of_world if route.takes_arguments else of_demo
            path = route.url(world)
            answer = client.get(path)
            is_page = answer.headers.get("Content-Type", "").startswith("text/html")
            if answer.status_code == 200 and is_page and b"<html" in answer.content:
                yield Opened(name=route.name, path=path, role=role, client=client)


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
    result: Any = Axe().run(person.page, options=OPTIONS)
    for fault in result.response["violations"]:
        places = [str(node["target"]) for node in fault["nodes"]]
        first = fault["nodes"][0]
        yield (
            f"{page.name} ({page.path}) as {page.role}: {fault['id']}, "
            f"{len(places)} times, {places[0]} {first['html'][:200]} "
            f"{' '.join(first['failureSummary'].split())[:200]}"
        )


def test_the_demo_opens_nearly_every_page(opened: list[Opened]) -> None:
    """So that the two tests below do not pass because they looked at nothing."""
    assert len({page.name for page in opened}) > 50


def test_no_page_breaks_a_rule_on_a_desk_in_the_light(
    opened: list[Opened], new_person: Callable[..., Person]
) -> None:
    person = new_person(**DESK)
    faults = [fault for page in opened for fault in faults_of(person, page)]
    assert not faults, "\n".join(faults)


def test_no_page_breaks_a_rule_on_a_phone_in_the_dark(
    opened: list[Opened], new_person: Callable[..., Person]
) -> None:
    person = new_person(**PHONE)
    faults = []
    for page in once_each(opened):
        faults += faults_of(person, page)
        if page.name not in FOR_A_TABLET and person.page.evaluate(WIDE):
            faults.append(f"{page.name} ({page.path}): wider than the screen")
    assert not faults, "\n".join(faults)
