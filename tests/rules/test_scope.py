"""Who may needle how deep."""

from dataclasses import replace
from decimal import Decimal

import pytest

from clinic.rules import scope
from clinic.rules.book import compose, load_book, read_files, read_tables
from clinic.rules.sourced import KnowledgeError

BOOK = load_book()
BY_KEY = {rule.key: rule for rule in BOOK.scope}


def test_every_example_is_shipped_switched_off():
    assert not any(rule.enabled for rule in BOOK.scope)


def test_a_switched_on_example_is_refused():
    tables = read_tables(read_files())
    tables["scope"]["scope"][0]["enabled"] = True
    with pytest.raises(KnowledgeError, match="switched off"):
        compose(tables=tables, revision="x")


def limit(*rules, jurisdiction="Utah", operator_role="Master aesthetician"):
    return scope.limit_mm(rules, jurisdiction=jurisdiction, operator_role=operator_role)


def test_a_rule_switched_off_limits_nobody():
    assert limit(BY_KEY["US_UT_MASTER_AESTHETICIAN"]) is None


def test_a_rule_switched_on_limits_its_role_in_its_jurisdiction_only():
    utah = replace(BY_KEY["US_UT_MASTER_AESTHETICIAN"], enabled=True)
    assert limit(utah) == Decimal("1.5")
    assert limit(utah, jurisdiction="Arizona") is None
    assert limit(utah, operator_role="Nurse") is None


def test_the_lowest_of_several_limits_counts():
    utah = replace(BY_KEY["US_UT_MASTER_AESTHETICIAN"], enabled=True)
    lower = replace(utah, max=replace(utah.max, value=Decimal("1.0")))
    assert limit(utah, lower) == Decimal("1.0")


def test_closed_to_the_role_means_no_depth_at_all():
    closed = replace(BY_KEY["US_MEDICAL_ONLY"], enabled=True)
    found = limit(
        closed, jurisdiction=closed.jurisdiction, operator_role=closed.operator_role
    )
    assert found == 0


def test_a_rule_without_a_figure_limits_nobody():
    florida = replace(BY_KEY["US_FL"], enabled=True)
    assert limit(florida, jurisdiction="Florida", operator_role="Aesthetician") is None
