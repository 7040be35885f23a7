"""Promises that hold at every address: no request slips by because it is new."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from clinic.models import AuditEvent
from clinic.staff.roles import Role
from tests.factories import PASSWORD
from tests.web.pages import html, signed_in
from tests.web.routes import Route, World, all_routes

pytestmark = pytest.mark.django_db

# Tables that say something about a patient; the others hold the clinic's own things.
OURS = {
    "patients_consenttext",
    "patients_importrun",
    "patients_importfile",
    "patients_breakglass",
    "treatments_protocol",
    "treatments_protocolzone",
    "treatments_away",
}
TOUCHED = re.compile(r'(?:FROM|JOIN|INTO|UPDATE) "((?:patients|treatments)_\w+)"')
WRITES = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
# What a request may write that nobody asked it to: its sign-in and the log.
SIDE_TABLES = {
    "clinic_auditevent",
    "django_session",
    "needlepoint_cache",
    "usersessions_usersession",
}


# Figures without anybody in them, and a form that shows a reference only.
NOBODY_IN_IT = {"reports:home", "reports:progress", "records:break-glass"}


def shut() -> list[Route]:
    return [route for route in all_routes() if not route.is_public]


class Watch:
    """Keeps every statement that goes to the database."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(
        self, execute: Any, sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.statements.append(sql)
        return execute(sql, params, many, context)

    def people_tables(self) -> set[str]:
        """Tables about patients that were read or written."""
        found = {t for sql in self.statements for t in TOUCHED.findall(sql)}
        return found - OURS

    def written(self) -> set[str]:
        """Tables that were written, without the sign-in and the log."""
        found = {t for sql in self.statements for t in WRITES.findall(sql.strip())}
        return found - SIDE_TABLES


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Whatever a request writes is taken back, a sign-out as well."""
    point, cookies = transaction.savepoint(), deepcopy(client.cookies)
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        client.cookies = cookies


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


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.FRONT_DESK, "https://evil.test/"),
        (Role.PRACTITIONER, "//evil.test/"),
        (Role.OWNER, "/\\evil.test"),
    ],
)
def test_no_address_leads_away_from_here(role: Role, place: str) -> None:
    """S24: whatever `next` says, one stays here."""
    world = World(me=role)
    client = Client()
    client.force_login(world.me)
    away = []
    for route in all_routes():
        url = route.url(world)
        for method in ("get", "post"):
            with undone(client):
                sent = {"next": place, "reason": "To find out", "then": place}
                answer = getattr(client, method)(
                    f"{url}?next={place}" if method == "post" else url, sent
                )
            led = answer.headers.get("Location", "") + answer.headers.get(
                "HX-Redirect", ""
            )
            if re.match(r"(https?:)?[/\\]{2}", led):
                away.append((route.name, method, led))
    assert not away


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.PRACTITIONER, Role.OWNER])
def test_looking_changes_nothing(role: Role) -> None:
    """S23: a GET writes its sign-in and the log, and nothing else."""
    world = World(me=role)
    client = Client()
    client.force_login(world.me)
    changed = []
    for route in all_routes():
        url, watch = route.url(world), Watch()
        with undone(client), connection.execute_wrapper(watch):
            client.get(url)
        if watch.written():
            changed.append((route.name, sorted(watch.written())))
    assert not changed


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.PRACTITIONER, Role.OWNER])
def test_whoever_reads_about_patients_is_in_the_log(role: Role) -> None:
    """A1: a page that reads tables about patients leaves an event in the log."""
    world = World(me=role)
    client = Client()
    client.force_login(world.me)
    silent = []
    for route in shut():
        if route.name in NOBODY_IN_IT:
            continue
        url, watch = route.url(world), Watch()
        before = AuditEvent.objects.count()
        with undone(client), connection.execute_wrapper(watch):
            answer = client.get(url)
            is_logged = AuditEvent.objects.count() > before
        if answer.status_code == 200 and watch.people_tables() and not is_logged:
            silent.append((route.name, sorted(watch.people_tables())))
    assert not [name for name, _tables in silent]


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


def test_no_answer_to_a_signed_in_person_is_kept() -> None:
    """S31: neither by the browser nor on the way."""
    world = World(me=Role.PRACTITIONER)
    client = signed_in(world.me)
    for route in all_routes():
        url = route.url(world)
        with undone(client):
            answer = client.get(url)
        assert answer.headers["Cache-Control"] == "no-store", route.name
        if "text/html" in answer.headers.get("Content-Type", ""):
            assert "<style" not in html(answer), route.name
