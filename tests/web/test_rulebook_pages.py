"""The rule book: all staff read it, owners and the medical lead set the modes."""

from typing import Any

import pytest

from clinic.rulebook.queries import effective_book
from clinic.staff.roles import Capability
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db
STRICT = {"mode": "strict", "overriding": "nobody", "seen_version": "0"}


@pytest.mark.parametrize(
    "make", [factories.make_desk, factories.make_practitioner, factories.make_owner]
)
def test_all_staff_read_every_rule_with_its_sources(make: Any) -> None:
    response = signed_in(make()).get("/settings/rules/")
    page = Page(html(response))
    assert response.status_code == 200
    assert page.faults() == []
    for rule in effective_book().book.screening:
        assert page.all("article", id=rule.code)
    ids = {e.attributes.get("id") for e in page.elements}
    linked = {
        a.attributes["href"].partition("#")[2]
        for a in page.all("a")
        if a.attributes.get("href", "").startswith("/settings/rules/#")
    }
    assert linked
    assert linked <= ids


def test_rules_from_memory_say_that_they_are_to_be_confirmed() -> None:
    page = Page(html(signed_in(factories.make_owner()).get("/settings/rules/")))
    (rule,) = page.all("article", id="C41")
    assert "To be confirmed" in rule.text
    (seen,) = page.all("article", id="C01")
    assert "To be confirmed" not in seen.text


def test_a_stranger_signs_in_first(client: Any, settings: Any) -> None:
    settings.LOGIN_URL = "/sign-in/"
    for path in ("/settings/rules/", "/settings/rules/C02/"):
        assert client.get(path).status_code == 302


@pytest.mark.parametrize("who", ["owner", "lead"])
def test_an_owner_and_the_medical_lead_set_a_mode(who: str) -> None:
    lead = {"capabilities": (Capability.MEDICAL_LEAD,)}
    user = (
        factories.make_owner()
        if who == "owner"
        else factories.make_practitioner(**lead)
    )
    browser = signed_in(user)
    page = Page(html(browser.get("/settings/rules/C14/")))
    assert page.faults() == []
    answer = browser.post("/settings/rules/C02/", {**STRICT, "overriding": "may"})
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/settings/rules/#C02",
    )
    assert effective_book().strict == {"C02"}


def test_the_desk_opens_no_mode() -> None:
    browser = signed_in(factories.make_desk())
    page = Page(html(browser.get("/settings/rules/")))
    assert not page.all("a", href="/settings/rules/C02/")
    assert browser.get("/settings/rules/C02/").status_code == 403
    assert browser.post("/settings/rules/C02/", STRICT).status_code == 403


def test_other_practitioners_see_no_form_and_their_post_is_refused() -> None:
    browser = signed_in(factories.make_practitioner())
    page = Page(html(browser.get("/settings/rules/C02/")))
    assert page.faults() == []
    assert not page.all("input", name="mode")
    assert browser.post("/settings/rules/C02/", STRICT).status_code == 403
    assert effective_book().strict == frozenset()


def test_who_comes_second_is_told_and_changes_nothing() -> None:
    browser = signed_in(factories.make_owner())
    browser.post("/settings/rules/C12/", STRICT)
    again = {**STRICT, "mode": "shipped"}
    answer = browser.post("/settings/rules/C12/", again)
    assert answer.status_code == 409
    assert "Somebody else changed" in html(answer)
    assert effective_book().strict == {"C12"}


def test_a_rule_that_only_informs_has_nothing_to_choose() -> None:
    info = next(rule for rule in effective_book().book.screening if rule.info)
    browser = signed_in(factories.make_owner())
    page = Page(html(browser.get(f"/settings/rules/{info.code}/")))
    assert "only informs" in page.text


def test_no_such_rule() -> None:
    browser = signed_in(factories.make_owner())
    assert browser.get("/settings/rules/C99/").status_code == 404


def test_the_book_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    browser = signed_in(factories.make_owner())
    with django_assert_max_num_queries(9):
        browser.get("/settings/rules/")
