"""Every page that opens is sound: labels, ids, one heading, forms, no dead links."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from clinic.staff.roles import Role
from patients.consent import actions as consents
from tests.factories import NOW
from tests.web.pages import Page, html
from tests.web.routes import World, all_routes

pytestmark = pytest.mark.django_db
OF_A_MADE_UP_PASSKEY = "/me/passkeys/"  # its key cannot be read; a browser tests it
ROLES = (Role.FRONT_DESK, Role.PRACTITIONER, Role.OWNER)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_a_fault_that_can_be_read_off_it(role: Role) -> None:
    _client, found = opened(role)
    assert len(found) > 15  # so that it looked at something
    assert not [f"{name}: {fault}" for name, page in found for fault in page.faults()]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_links_to_what_is_absent_or_shut(role: Role) -> None:
    client, found = opened(role)
    first_on = {link: name for name, page in reversed(found) for link in links(page)}
    assert len(first_on) > 30
    dead = []
    for link, name in first_on.items():
        status = client.get(link, follow=True).status_code
        if status != 200:
            dead.append(f"{name}: {link} answers {status}")
    assert not dead


def links(page: Page) -> set[str]:
    """Where one can go from a page within the clinic."""
    places = {one.attributes.get("href", "") for one in page.all("a")}
    return {
        place.partition("#")[0]
        for place in places
        if place.startswith("/")
        and not place.startswith(("/static/", OF_A_MADE_UP_PASSKEY))
    }


def opened(role: Role) -> tuple[Client, list[tuple[str, Page]]]:
    """A browser of somebody in that role, and all pages that open in it."""
    world, client = World(me=role), Client()
    client.force_login(world.me)
    consents.ensure_shipped_texts(now=NOW)
    return client, list(pages(world, client))


def pages(world: World, client: Client) -> Iterator[tuple[str, Page]]:
    """Each whole page that opens, taken apart."""
    for route in all_routes():
        answer: Any = client.get(route.url(world))
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code != 200 or not kind.startswith("text/html"):
            continue
        if "<html" in (source := html(answer)):
            yield route.name, Page(source)
