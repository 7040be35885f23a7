"""Every door is shut to strangers, and an address without a door does not start."""

from collections.abc import Sequence
from importlib import reload

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from pytest_django import Settings

from clinic import urls
from clinic.staff.checks import addresses, refuse_open_doors
from clinic.staff.policy import Action, public, requires
from tests.web.doors import DEMO_DOORS, DOORS, PUBLIC
from tests.web.routes import METHODS, Route, World, all_routes

OPEN = set(DOORS[PUBLIC])


def actions_of(patterns: Sequence[URLPattern | URLResolver]) -> dict[str, str]:
    """The action of each address by its name, as the product has it."""
    found: dict[str, str] = {}
    for text, name, pattern in addresses(patterns):
        assert name, f"/{text} has no name"
        assert name not in found, f"{name} stands for two addresses"
        found[name] = getattr(pattern.callback, "required_action", PUBLIC)
    return found


def written(doors: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: action for action, names in doors.items() for name in names}


def test_every_address_asks_for_what_is_written_down() -> None:
    """One that nobody wrote down, or that asks for something else, fails here."""
    assert actions_of(get_resolver().url_patterns) == written(DOORS)


def test_the_demo_adds_the_addresses_that_are_written_down(settings: Settings) -> None:
    settings.DEMO = True
    try:
        patterns = reload(urls).urlpatterns
        assert actions_of(patterns) == written(DOORS) | written(DEMO_DOORS)
    finally:
        settings.DEMO = False
        reload(urls)


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_a_stranger_is_led_to_the_sign_in(client: Client, method: str) -> None:
    world = World()
    sign_in = reverse("account_login")
    wrong = []
    for route in shut_routes():
        answer = client.generic(method, route.url(world))
        if answer.status_code != 302 or not answer.url.startswith(f"{sign_in}?next="):  # type: ignore[attr-defined]
            wrong.append((route.name, answer.status_code))
    assert not wrong


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_piece_of_a_page_answers_401_to_a_stranger(
    client: Client, method: str
) -> None:
    world = World()
    wrong = []
    for route in shut_routes():
        answer = client.generic(
            method, route.url(world), headers={"HX-Request": "true"}
        )
        led = answer.headers.get("HX-Redirect", "")
        if answer.status_code != 401 or not led.startswith(reverse("account_login")):
            wrong.append((route.name, answer.status_code))
    assert not wrong


def shut_routes() -> list[Route]:
    routes = [route for route in all_routes() if not route.is_public]
    assert len(routes) > 10
    return routes


# An address map with a door missing, for the tests below.
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("anybody reads this")


urlpatterns = [
    path("bare/", bare, name="bare"),
    path("shut/", requires(Action.HOME)(lambda r: HttpResponse()), name="shut"),
    path("open/", public(lambda r: HttpResponse()), name="open"),
]


@override_settings(ROOT_URLCONF=__name__)
def test_an_address_without_a_door_stops_the_start() -> None:
    found = [error.msg for error in run_checks() if error.id == "clinic.E001"]
    assert found == ["/bare/ (bare) says neither requires(Action...) nor public."]
    with pytest.raises(ImproperlyConfigured, match="/bare/"):
        refuse_open_doors()


def test_the_product_has_no_address_without_a_door() -> None:
    assert not [error for error in run_checks() if error.id == "clinic.E001"]
    refuse_open_doors()
