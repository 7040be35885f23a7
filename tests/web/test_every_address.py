"""Promises that hold at every address: no request slips by because it is new."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from clinic.staff.roles import Role
from tests.factories import PASSWORD
from tests.web.pages import signed_in
from tests.web.routes import Route, World, all_routes
from tests.web.walk import EVERY_ROLE, undone, walked

pytestmark = pytest.mark.django_db

# Figures without anybody in them, and a form that shows a reference only.
NOBODY_IN_IT = {"reports:home", "reports:progress", "records:break-glass"}
# How often a page may ask the database; those below show more than most. That long
# lists cost no more than short ones is held where the lists are tested.
STATEMENTS = 15
MORE = {
    "booking:edit-plan": 32,
    "charting:safety": 28,
    "charting:record": 27,
    "history:health": 22,
    "reports:home": 22,
    "reports:progress": 22,
    "progress:scores": 21,
    "booking:move": 21,
    "charting:treat": 19,
    "reports:csv": 19,
    "history:screening-ask": 18,
    "progress:patient": 18,
    "charting:outcome": 17,
    "charting:sign": 17,
    "booking:patient-plans": 16,
}


def shut() -> list[Route]:
    return [route for route in all_routes() if not route.is_public]


def test_no_form_is_taken_without_its_token() -> None:
    """S23: the token of the page, and a page of ours, at every address."""
    world = World(me=Role.PRACTITIONER)
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.me)
    taken = []
    for route in all_routes():
        url = route.url(world)
        with undone(client):
            answer = client.post(url)
        if answer.status_code not in {403, 405}:
            taken.append((route.name, answer.status_code))
    assert not taken


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_no_address_leads_away_from_here(role: Role) -> None:
    """S24: whatever `next` says, one stays here."""
    assert any(one.led_to for one in walked(role).answers)
    assert not [
        (one.name, place)
        for one in walked(role).answers
        for place in one.led_to
        if re.match(r"(https?:)?[/\\]{2}", place)
    ]


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_looking_changes_nothing(role: Role) -> None:
    """S23: a GET writes its sign-in and the log, and nothing else."""
    answers = walked(role).answers
    assert not [(one.name, one.written) for one in answers if one.written]


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_whoever_reads_about_patients_is_in_the_log(role: Role) -> None:
    """A1: a page that reads tables about patients leaves an event in the log."""
    reading = [
        one
        for one in walked(role).answers
        if one.status == 200
        and one.people_tables
        and not one.route.is_public
        and one.name not in NOBODY_IN_IT
    ]
    assert len(reading) > 5 or role is Role.OWNER
    assert not [one.name for one in reading if not one.is_logged]


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_no_page_asks_the_database_without_end(role: Role) -> None:
    assert not [
        f"{one.name}: {one.statements}"
        for one in walked(role).answers
        if one.statements > MORE.get(one.name, STATEMENTS)
    ]


def test_half_a_sign_in_opens_nothing(client: Client) -> None:
    """S2: the password is right, the second step still due."""
    world = World()
    TOTP.activate(world.desk, generate_totp_secret())
    typed = {"login": world.desk.email, "password": PASSWORD}
    answer = client.post(reverse("account_login"), typed)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    for route in shut():
        answer = client.get(route.url(world))
        assert answer.status_code == 302, route.name
        assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("role", [Role.OWNER, Role.PRACTITIONER])
def test_without_the_second_step_it_takes_no_address_but_enrolment_opens(
    settings: Settings, role: Role
) -> None:
    """S9: outside the demo, at every address and not only at some."""
    settings.SECOND_FACTOR_ENFORCED = True
    world = World(me=role)
    client = signed_in(world.me)
    opened = set()
    for route in shut():
        url = route.url(world)
        Authenticator.objects.all().delete()  # some addresses are those of one
        with undone(client):
            answer = client.get(url)
        if (
            answer.status_code != 302
            or answer.headers["Location"] != "/me/second-step/"
        ):
            opened.add(route.name)
    assert opened == {
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_no_answer_to_a_signed_in_person_is_kept(role: Role) -> None:
    """S31: neither by the browser nor on the way."""
    answers = walked(role).answers
    assert not [a.name for a in answers if a.headers["Cache-Control"] != "no-store"]
    assert not [a.name for a in answers if a.is_html and "<style" in a.body]
