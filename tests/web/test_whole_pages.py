"""Every page that opens is sound: labels, ids, one heading, forms that can be sent."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from clinic.staff.roles import Role
from tests.web.pages import Page, html
from tests.web.routes import World, all_routes

pytestmark = pytest.mark.django_db
ROLES = (Role.FRONT_DESK, Role.PRACTITIONER, Role.OWNER)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_a_fault_that_can_be_read_off_it(role: Role) -> None:
    found = list(pages(role))
    assert len(found) > 15  # so that it looked at something
    assert not [f"{name}: {fault}" for name, page in found for fault in page.faults()]


def pages(role: Role) -> Iterator[tuple[str, Page]]:
    """Each whole page that opens to the role, taken apart."""
    world, client = World(me=role), Client()
    client.force_login(world.me)
    for route in all_routes():
        answer: Any = client.get(route.url(world))
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code != 200 or not kind.startswith("text/html"):
            continue
        if "<html" in (source := html(answer)):
            yield route.name, Page(source)
