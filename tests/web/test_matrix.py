"""Who may do what: every address x role x method against a table written by hand."""

from collections.abc import Iterable

import pytest
from django.test import Client

from clinic.models import User
from clinic.staff.policy import POLICY, Action, Grant, grant, requires
from clinic.staff.roles import Role
from tests import factories
from tests.web.routes import Route, World, all_routes
from tests.web.walk import AWAY, EVERY_ROLE, Answer, looked, walked

YES, GLASS, NO = Grant.YES, Grant.BREAK_GLASS, Grant.NO
ROLES = (Role.FRONT_DESK, Role.PRACTITIONER, Role.OWNER)

# SECURITY 3 as DESIGN 6 amends it: front desk, practitioner, owner.
MATRIX = {
    "home": (YES, YES, YES),
    "own profile": (YES, YES, YES),
    "today": (YES, YES, NO),
    "patients: list": (YES, YES, YES),
    "patient: see who it is": (YES, YES, GLASS),
    "patient: add or change identity and contact": (YES, YES, NO),
    "patients: import": (YES, YES, YES),
    "chart: read": (NO, YES, GLASS),
    "chart: write history, conditions and notes": (NO, YES, NO),
    "chart: see who read and changed it": (NO, YES, GLASS),
    "chart: open by break-glass": (NO, NO, YES),
    "screening: ask and decide": (NO, YES, NO),
    "consent: see whether it stands": (YES, YES, GLASS),
    "consent: take or withdraw": (NO, YES, NO),
    "plans: list": (YES, YES, YES),
    "plan: see dates and states": (YES, YES, GLASS),
    "plan: build, book, move": (YES, YES, NO),
    "protocols: read": (NO, YES, YES),
    "protocols: change": (NO, YES, NO),
    "visit: see": (YES, YES, GLASS),
    "visit: book, move, check in, cancel": (YES, YES, NO),
    "session: read": (NO, YES, GLASS),
    "session: record and sign": (NO, YES, NO),
    "adverse events: read": (NO, YES, YES),
    "adverse events: record": (NO, YES, NO),
    "score: record": (NO, YES, NO),
    "reports: read": (NO, YES, YES),
    "reports: export": (NO, NO, YES),
    "devices and lots: read": (YES, YES, YES),
    "lots: receive": (YES, YES, YES),
    "devices and lots: change": (NO, YES, YES),
    "lots: who received one": (NO, YES, YES),
    "settings: read": (NO, YES, YES),
    "settings: change": (NO, NO, YES),
    "people: add, change, disable": (NO, NO, YES),
    "audit log: read": (NO, NO, YES),
}

# 404 is right here: the person has no app, no recovery codes and no passkey.
OWN_AND_ABSENT = {
    "mfa_deactivate_totp",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}

# Everybody reads the page; who may send it is narrower and has tests of its own.
READ_BY_MORE = {"rulebook:rule"}
# They show what `?of=` names or what was sent before, and nothing without it.
NEEDS_A_QUESTION = {"reports:behind", "importing:rest"}
# The list is open to an owner; the page of one event names its patient.
NAMES_A_PATIENT = {"charting:event"}


def test_the_policy_is_the_table() -> None:
    policy = {
        action.value: tuple(POLICY[action].get(role, NO) for role in ROLES)
        for action in Action
    }
    assert policy == MATRIX


@pytest.mark.django_db
@pytest.mark.parametrize("role", EVERY_ROLE)
def test_every_address_opens_to_whom_the_table_says(role: Role) -> None:
    assert not wrong_cells(role, walked(role).answers)


def wrong_cells(role: Role, answers: Iterable[Answer]) -> list[str]:
    """Each address that answers the role otherwise than the table."""
    return [
        f"{one.name} as {role}: {complaint}, {one.codes}"
        for one in answers
        if one.route.action is not None
        and (complaint := complain(expected(one, role), codes(one)))
    ]


def expected(one: Answer, role: Role) -> Grant:
    """What the table says for this address."""
    if one.name in NAMES_A_PATIENT and role is Role.OWNER:
        return GLASS
    assert one.route.action
    return MATRIX[one.route.action.value][ROLES.index(role)]


def codes(one: Answer) -> dict[str, int]:
    """The status of each method, without what is right at this one address."""
    found = dict(one.codes)
    if one.name in OWN_AND_ABSENT | NEEDS_A_QUESTION:
        found = {m: 200 if code == 404 else code for m, code in found.items()}
    if one.name in READ_BY_MORE and found.get("POST") == 403:
        del found["POST"]
    return found


def complain(expected: Grant, answers: dict[str, int]) -> str:
    """What is wrong with the answers, nothing when they fit."""
    codes = set(answers.values())
    if codes & set(range(500, 600)):
        return "an error"
    if expected is NO:
        return "" if codes <= {403, 405} and 403 in codes else "should be closed"
    if 401 in codes:
        return "asks for sign-in"
    if expected is GLASS:
        return "opens without break-glass" if 200 in codes else ""
    if 403 in codes:
        return "should be open"
    return "finds nothing" if answers.get("GET") == 404 else ""


@pytest.mark.django_db
def test_a_disabled_person_and_one_without_a_role_open_nothing() -> None:
    world = World()
    nobody = factories.make_user(site=world.site)
    gone = factories.make_practitioner(site=world.site)
    places = {route.name: route.url(world) for route in shut_routes()}
    client = Client()
    client.force_login(nobody)
    codes = {name: client.get(url).status_code for name, url in places.items()}
    assert not {name: code for name, code in codes.items() if code not in {403, 405}}
    client.force_login(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    codes = {name: client.get(url).status_code for name, url in places.items()}
    assert set(codes.values()) == {302}


def shut_routes() -> list[Route]:
    return [route for route in all_routes() if not route.is_public]


def test_an_unknown_action_is_refused_at_once() -> None:
    with pytest.raises(LookupError):
        requires("fly")  # type: ignore[arg-type]


@pytest.mark.django_db
def test_an_unknown_action_grants_nothing() -> None:
    assert grant(factories.make_owner(), "fly") is NO  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_person_with_two_roles_has_the_better_of_both() -> None:
    both = factories.make_user(Role.FRONT_DESK, Role.OWNER)
    assert grant(both, Action.REPORT_READ) is YES
    assert grant(both, Action.PATIENT_IDENTITY) is YES
    assert grant(both, Action.CHART_READ) is GLASS


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("action", "role", "flipped"),
    [
        (Action.OWN_PROFILE, Role.FRONT_DESK, NO),
        (Action.STOCK_RECEIVE, Role.FRONT_DESK, NO),
        (Action.STOCK_WRITE, Role.FRONT_DESK, YES),
        (Action.STAFF_WRITE, Role.FRONT_DESK, YES),
        (Action.SETTINGS_WRITE, Role.FRONT_DESK, YES),
        (Action.AUDIT_READ, Role.PRACTITIONER, YES),
        (Action.REPORT_READ, Role.PRACTITIONER, NO),
        (Action.REPORT_EXPORT, Role.PRACTITIONER, YES),
    ],
)
def test_a_flipped_cell_is_noticed(
    monkeypatch: pytest.MonkeyPatch, action: Action, role: Role, flipped: Grant
) -> None:
    monkeypatch.setitem(POLICY, action, {**POLICY[action], role: flipped})
    world, client = World(me=role), Client()
    client.force_login(world.me)
    behind = [route for route in all_routes() if route.action is action]
    answers = [looked(client, r, r.url(world), away=AWAY[role]) for r in behind]
    assert wrong_cells(role, answers)
