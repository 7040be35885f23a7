"""One look at every address as each role, kept: many promises are read off it.

The clinic of the walk has words planted in every field of free text, with markup in
them (SECURITY S4, S14, P4). Every request asks to be led away (S24), and whatever it
writes is taken back. The links of every page are followed once, in the same clinic.
A role is walked once by each test process: tests of one role carry `as_role`, by which
`tests/scheduling.py` brings them together in one.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client

from clinic.models import AuditEvent
from clinic.staff.roles import Role
from patients.consent import actions as consents
from patients.models import HistoryFact
from tests.factories import NOW
from tests.web.pages import Page
from tests.web.routes import METHODS, Route, World, all_routes

WORD = "Zqclinical"
NAME = "Zqperson"
MARKUP = "<i id=zq>"
BREAK_GLASS = re.compile(r'href="/patients/\w+/break-glass/')
NUMBER = re.compile(r"\d+")
FEW = 6  # more than a row has states, as an import or a condition
OF_A_MADE_UP_PASSKEY = "/me/passkeys/"  # its key cannot be read; a browser tests it

# Fields of free text that only practitioners read.
CLINICAL = {
    "patients.HistoryFact": ["detail"],
    "patients.PatientCondition": ["severity", "note"],
    "patients.RuleOverride": ["reason"],
    "patients.ScreeningAnswer": ["detail"],
    "patients.Patient": ["clinical_note"],
    "treatments.Addition": ["text"],
    "treatments.DepthOverride": ["reason"],
    "treatments.SessionTopical": ["product", "signoff_reason"],
    "treatments.TreatmentSession": ["note"],
    "treatments.ZoneTreatment": ["reason", "note"],
}
# And what an owner who does not treat never sees without a reason.
PERSONAL = {
    "patients.Patient": [
        *("given_name", "family_name", "preferred_name", "street", "city", "region"),
        *("country", "emergency_name", "emergency_relation", "desk_note"),
    ],
    "patients.Consent": ["signed_name", "guardian_name"],
    "treatments.Visit": ["why", "cancel_reason"],
    "treatments.AdverseEvent": ["description"],
}
# Tables of patients and treatments that hold the clinic's own things.
OURS = {
    "patients_consenttext",
    "patients_importrun",
    "patients_importfile",
    "patients_breakglass",
    "treatments_protocol",
    "treatments_protocolzone",
    "treatments_away",
}
# Where each role's requests ask to be led to.
AWAY = {
    Role.PRACTITIONER: "//evil.test/",
    Role.FRONT_DESK: "https://evil.test/",
    Role.OWNER: "/\\evil.test",
}
# What a request may write that nobody asked it to: its sign-in and the log.
SIDE_TABLES = {
    "clinic_auditevent",
    "django_session",
    "needlepoint_cache",
    "usersessions_usersession",
}
TOUCHED = re.compile(r'(?:FROM|JOIN|INTO|UPDATE) "((?:patients|treatments)_\w+)"')
WRITES = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


def as_role(role: Role) -> Any:
    """A case for a role, in the test process that walks as that role."""
    return pytest.param(role, id=f"walk as {role}")


EVERY_ROLE = [as_role(role) for role in Role]


class Watch:
    """Keeps every statement that goes to the database."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(
        self, execute: Any, sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.statements.append(sql)
        return execute(sql, params, many, context)

    def people_tables(self) -> frozenset[str]:
        """Tables about patients that were read or written."""
        found = {t for sql in self.statements for t in TOUCHED.findall(sql)}
        return frozenset(found - OURS)

    def written(self) -> frozenset[str]:
        """Tables that were written, without the sign-in and the log."""
        found = {t for sql in self.statements for t in WRITES.findall(sql.strip())}
        return frozenset(found - SIDE_TABLES)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back from one address, and what the look did in the database.

    `codes` has the status of every method that was tried, and `led_to` where answers
    of any of them lead.
    """

    route: Route
    url: str
    codes: dict[str, int]
    led_to: tuple[str, ...]
    headers: dict[str, str]
    body: str
    statements: int
    people_tables: frozenset[str]
    written: frozenset[str]
    is_logged: bool

    @property
    def name(self) -> str:
        return self.route.name

    @property
    def status(self) -> int:
        return self.codes["GET"]

    @property
    def is_html(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")

    @cached_property
    def page(self) -> Page | None:
        """The whole page taken apart; None for anything else."""
        is_page = self.status == HTTPStatus.OK and self.is_html and "<html" in self.body
        return Page(self.body) if is_page else None

    @property
    def whole(self) -> str:
        """All that was sent, headers as well."""
        return f"{self.headers} {self.body}"


@dataclass(frozen=True, kw_only=True)
class Walk:
    """The answers of all addresses, and where the links of the pages lead."""

    answers: tuple[Answer, ...]
    links: dict[str, tuple[str, int]]


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Whatever a request writes is taken back, a sign-out as well."""
    point, cookies = transaction.savepoint(), deepcopy(client.cookies)
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        client.cookies = cookies


@cache
def walked(role: Role) -> Walk:
    """Everything as that role sees it; needs the database the first time."""
    world = World(me=role)
    places = planted(world)
    consents.ensure_shipped_texts(now=NOW)
    client = Client()
    client.force_login(world.me)
    answers = tuple(
        looked(client, route, places[route.name], away=AWAY[role])
        for route in all_routes()
    )
    return Walk(answers=answers, links=_followed(client, answers))


def planted(world: World) -> dict[str, str]:
    """Every address; in each such field that can be written stands its word."""
    places = {route.name: route.url(world) for route in all_routes()}
    Authenticator.objects.all().delete()  # their passkeys are made of paper
    HistoryFact.objects.create(
        patient=world.patient,
        kind="diabetes",
        detail="x",
        source="practitioner",
        recorded_at=NOW,
    )
    count = 0
    for fields, word in ((CLINICAL, WORD), (PERSONAL, NAME)):
        for label, names in fields.items():
            for name in names:
                count += written(label, name, f"{word} {MARKUP}")
    assert count > 12
    return places


def written(label: str, name: str, text: str) -> int:
    """How many rows took the text; a row that is locked keeps its own."""
    model: Any = apps.get_model(label)
    length = model._meta.get_field(name).max_length or len(text)
    try:
        with transaction.atomic():
            return int(model.objects.update(**{name: text[:length]}))
    except DatabaseError:
        return 0


def looked(client: Client, route: Route, url: str, *, away: str) -> Answer:
    """One address by GET and POST, and by the other methods if it is shut."""
    sent = {"next": away, "then": away, "reason": "To find out"}
    watch, before = Watch(), AuditEvent.objects.count()
    with undone(client):
        with connection.execute_wrapper(watch):
            answer: Any = client.get(url, sent)
        is_logged = AuditEvent.objects.count() > before
        body = b"".join(answer) if answer.streaming else answer.content
    with undone(client):
        posted: Any = client.post(f"{url}?{urlencode({'next': away})}", sent)
    codes = {"GET": answer.status_code, "POST": posted.status_code}
    for method in METHODS if codes["GET"] == HTTPStatus.FORBIDDEN else ():
        if method not in codes:
            with undone(client):
                codes[method] = client.generic(method, url).status_code
    return Answer(
        route=route,
        url=url,
        codes=codes,
        led_to=tuple(_leads(answer) + _leads(posted)),
        headers=dict(answer.headers),
        body=body.decode(errors="replace"),
        statements=len(watch.statements),
        people_tables=watch.people_tables(),
        written=watch.written(),
        is_logged=is_logged,
    )


def _leads(answer: Any) -> list[str]:
    headers = answer.headers
    return [headers[name] for name in ("Location", "HX-Redirect") if name in headers]


def _followed(
    client: Client, answers: tuple[Answer, ...]
) -> dict[str, tuple[str, int]]:
    """Each link, the first page that has it, and what it answers in the end.

    A chart that is closed to an owner shows the way in: that is no dead end.
    """
    first_on = {
        link: answer.name
        for answer in reversed(answers)
        if answer.page
        for link in unlike(links(answer.page))
    }
    seen = {one.url for one in answers if one.status == HTTPStatus.OK}
    found = {}
    for link, name in first_on.items():
        if link in seen:
            found[link] = (name, HTTPStatus.OK)
            continue
        with undone(client):
            answer: Any = client.get(link, follow=True)
        body = b"".join(answer) if answer.streaming else answer.content
        is_way_in = BREAK_GLASS.search(body.decode(errors="replace"))
        found[link] = (name, 200 if is_way_in else answer.status_code)
    return found


def unlike(found: set[str]) -> list[str]:
    """The first few of those that differ in a number only, as forty rules do."""
    kinds: dict[str, list[str]] = {}
    for link in sorted(found):
        kinds.setdefault(NUMBER.sub("0", link), []).append(link)
    return [link for alike in kinds.values() for link in alike[:FEW]]


def links(page: Page) -> set[str]:
    """Where one can go from a page within the clinic."""
    places = {one.attributes.get("href", "") for one in page.all("a")}
    return {
        place.partition("#")[0]
        for place in places
        if place.startswith("/")
        and not place.startswith(("/static/", OF_A_MADE_UP_PASSKEY))
    }
