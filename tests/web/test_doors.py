"""Every door is shut to strangers, and an address without a door does not start."""

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path, reverse

from clinic.staff.checks import refuse_open_doors
from clinic.staff.policy import Action, public, requires
from tests.web.routes import METHODS, Route, World, all_routes

OPEN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "clinic:help",
    "clinic:link",
    "clinic:link-password",
}


def test_the_public_addresses_are_these_and_no_others() -> None:
    assert {route.name for route in all_routes() if route.is_public} == OPEN


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
