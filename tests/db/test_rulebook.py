"""The modes of the rules: strict or as shipped, to be overridden or not."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from clinic.audit.models import AuditEvent
from clinic.rulebook import access, actions, queries
from clinic.rulebook.actions import ModeEntry, RuleChangedError
from clinic.rulebook.middleware import book_middleware
from clinic.rulebook.models import RuleSetting
from clinic.rules.book import load_book
from clinic.staff.models import User
from clinic.staff.roles import Capability, Role
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def set_mode(by: User, code: str = "C02", **changes: Any) -> RuleSetting:
    values = {"strict": True, "overridable": True, "seen_version": 0, **changes}
    return actions.set_mode(code=code, entry=ModeEntry(**values), by=by, now=NOW)


def test_without_settings_the_shipped_book_holds() -> None:
    effective = queries.effective_book()
    assert effective.book is load_book()
    assert effective.revision == load_book().revision
    assert not effective.strict
    assert not effective.fixed


def test_a_change_holds_at_once_and_has_another_revision() -> None:
    owner = factories.make_owner()
    before = queries.effective_book()
    set_mode(owner, strict=True, overridable=False)
    after = queries.effective_book()
    assert (after.strict, after.fixed) == ({"C02"}, {"C02"})
    assert after.revision.startswith(before.revision)
    assert after.revision != before.revision


def test_going_back_to_the_shipped_mode_gives_its_revision_again() -> None:
    owner = factories.make_owner()
    before = queries.effective_book()
    set_mode(owner)
    set_mode(owner, strict=False, seen_version=1)
    assert queries.effective_book() is before


def test_asking_again_costs_one_query(django_assert_num_queries: Any) -> None:
    set_mode(factories.make_owner())
    queries.effective_book()
    with django_assert_num_queries(1):
        queries.effective_book()


def test_who_did_not_see_the_last_change_is_told() -> None:
    owner = factories.make_owner()
    set_mode(owner)
    with pytest.raises(RuleChangedError):
        set_mode(owner, strict=False)
    assert RuleSetting.objects.get(code="C02").strict


def test_a_change_is_in_the_log() -> None:
    owner = factories.make_owner()
    set_mode(owner)
    event = AuditEvent.objects.get(action="rule mode changed")
    assert event.actor == owner
    assert event.details == {"code": "C02", "strict": True, "overridable": True}


@pytest.mark.parametrize(
    ("roles", "capabilities", "may"),
    [
        ((Role.OWNER,), (), True),
        ((Role.PRACTITIONER,), (Capability.MEDICAL_LEAD,), True),
        ((Role.PRACTITIONER,), (Capability.PRESCRIBER,), False),
        ((Role.FRONT_DESK,), (), False),
    ],
)
def test_owners_and_the_medical_lead_set_the_modes(
    roles: tuple[Role, ...], capabilities: tuple[Capability, ...], may: bool
) -> None:
    user = factories.make_user(*roles, capabilities=capabilities)
    assert access.may_set_medicine(user) is may


def test_who_may_no_longer_sign_in_sets_nothing() -> None:
    lead = factories.make_practitioner(
        capabilities=(Capability.MEDICAL_LEAD,), is_active=False
    )
    assert not access.may_set_medicine(lead)


def asked_twice(method: str) -> int:
    """How many statements a view needs that asks for the book at two places."""

    def view(_request: HttpRequest) -> HttpResponse:
        queries.effective_book()
        queries.effective_book()
        return HttpResponse()

    with CaptureQueriesContext(connection) as asked:
        book_middleware(view)(RequestFactory().generic(method, "/"))
    return len(asked)


@pytest.mark.parametrize(("method", "times"), [("GET", 1), ("HEAD", 1), ("POST", 2)])
def test_a_page_that_is_read_asks_once_and_a_write_each_time(
    method: str, times: int
) -> None:
    assert asked_twice(method) == times
    assert asked_twice(method) == times  # nothing is kept for the next one


def test_outside_of_a_request_nothing_is_kept() -> None:
    with CaptureQueriesContext(connection) as asked:
        queries.effective_book()
        queries.effective_book()
    assert len(asked) == 2
