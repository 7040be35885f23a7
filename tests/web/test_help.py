"""The help page: each role reads of its own work, and nothing there leads nowhere."""

import re

import pytest
from django.test import Client
from django.urls import resolve, reverse
from pytest_django import Settings

from clinic.staff.policy import Grant, grant
from clinic.staff.roles import Capability, Role
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db
ROLES = (Role.FRONT_DESK, Role.PRACTITIONER, Role.OWNER)
HEADS = {
    Role.FRONT_DESK: "Your day at the desk",
    Role.PRACTITIONER: "Your day at the chair",
    Role.OWNER: "Your work as owner",
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reads_of_its_own_work_and_no_link_is_shut(role: Role) -> None:
    me = factories.make_user(role, site=factories.make_site())
    page = Page(html(signed_in(me).get(reverse("clinic:help"))))
    assert not page.faults()
    assert {r for r in ROLES if HEADS[r] in page.text} == {role}
    links = {e.attributes["href"] for e in page.all("a")}
    inside = {link for link in links if link.startswith("/") and link != "/"}
    assert len(inside) > 5
    for link in inside:
        action = getattr(resolve(link).func, "required_action", None)
        assert action is None or grant(me, action) is Grant.YES, link


def test_two_roles_read_of_both() -> None:
    both = factories.make_user(Role.OWNER, Role.PRACTITIONER)
    page = Page(html(signed_in(both).get(reverse("clinic:help"))))
    assert HEADS[Role.OWNER] in page.text
    assert HEADS[Role.PRACTITIONER] in page.text
    assert "You see patients by reference" not in page.text


def test_it_names_whom_to_ask() -> None:
    factories.make_owner(full_name="Nadia Haas")
    factories.make_owner(full_name="Gone Owner", is_active=False)
    factories.make_practitioner(
        full_name="Sana Malik", capabilities=(Capability.PRESCRIBER,)
    )
    me = factories.make_desk()
    page = Page(html(signed_in(me).get(reverse("clinic:help"))))
    assert "Nadia Haas (owner)" in page.text
    assert "Sana Malik (prescriber)" in page.text
    assert "Nobody is the medical lead yet" in page.text
    assert "Gone Owner" not in page.text


def test_a_stranger_reads_how_to_get_in_and_no_names(client: Client) -> None:
    factories.make_owner(full_name="Nadia Haas")
    page = Page(html(client.get(reverse("clinic:help"))))
    assert not page.faults()
    assert "Ask an owner for a new sign-in link" in page.text
    assert "Nadia Haas" not in page.text


def test_every_page_shows_the_way_to_it() -> None:
    me = factories.make_owner(site=factories.make_site())
    for client, name in (
        (signed_in(me), "clinic:settings"),
        (Client(), "account_login"),
    ):
        page = Page(html(client.get(reverse(name))))
        assert page.all("a", href=reverse("clinic:help"))


def test_who_has_to_enrol_may_read_it(settings: Settings) -> None:
    settings.SECOND_FACTOR_ENFORCED = True
    client = signed_in(factories.make_owner())
    assert client.get(reverse("clinic:people")).status_code == 302
    assert client.get(reverse("clinic:help")).status_code == 200


def test_the_keys_are_those_of_the_page() -> None:
    """What help says about G and a letter is what the rail listens to."""
    me = factories.make_practitioner(site=factories.make_site())
    source = html(signed_in(me).get(reverse("clinic:help")))
    listed = set(re.findall(r"<kbd>G</kbd> <kbd>(\w)</kbd>", source))
    rail = {
        e.attributes["data-go"].upper()
        for e in Page(source).all("a")
        if "data-go" in e.attributes
    }
    assert listed == rail
    assert listed
