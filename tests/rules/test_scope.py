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


KINDS = {"aesthetic", "needling", "medical", "nursing"}


def limit(jurisdiction, *kinds):
    rules = scope.in_force(BOOK.scope, jurisdiction=jurisdiction)
    return scope.limit_mm(rules, qualifications=kinds)


def test_nothing_switched_on_limits_nobody():
    assert scope.limit_mm(BOOK.scope, qualifications=KINDS) is None
    assert limit("", "aesthetic", "medical") is None


@pytest.mark.parametrize(
    ("jurisdiction", "kinds", "expected"),
    [
        ("Utah", ["aesthetic"], "1.5"),
        ("Utah", ["needling"], "1.5"),
        ("Arizona", ["aesthetic", "needling"], "0.5"),
        ("North Carolina", ["aesthetic"], "1.0"),
        ("Utah", ["medical"], "2.5"),
        ("Utah", ["nursing"], "2.5"),
        ("Arizona", ["aesthetic", "medical"], "2.5"),
        ("Any", ["medical"], "2.5"),
        ("Any", ["aesthetic"], None),
        ("Florida", ["aesthetic"], None),
        ("Florida", ["aesthetic", "nursing"], "2.5"),
        ("Illinois, Ohio, California and others", ["aesthetic"], "0"),
        ("Illinois, Ohio, California and others", ["needling", "nursing"], "2.5"),
        ("Utah", [], None),
        ("Nowhere", ["aesthetic"], None),
    ],
)
def test_a_place_limits_the_roles_that_its_rules_name(jurisdiction, kinds, expected):
    wanted = None if expected is None else Decimal(expected)
    assert limit(jurisdiction, *kinds) == wanted


def test_the_lowest_of_several_limits_counts():
    utah = replace(BY_KEY["US_UT_MASTER_AESTHETICIAN"], enabled=True)
    lower = replace(utah, max=replace(utah.max, value=Decimal("1.0")))
    found = scope.limit_mm((utah, lower), qualifications=["aesthetic"])
    assert found == Decimal("1.0")


def test_home_use_is_no_place_a_clinic_can_be_in():
    offered = scope.jurisdictions(BOOK.scope)
    assert "Home use" not in offered
    assert {"Utah", "Any", "Florida"} <= set(offered)


def test_the_rows_name_qualifications_that_exist():
    named = {kind for rule in BOOK.scope for kind in rule.qualifications}
    assert named == KINDS


PLANNED = [("FH", Decimal("0.75")), ("CM-R", Decimal("1.25"))]


@pytest.mark.parametrize(
    ("qualified", "lawful", "expected"),
    [
        ("1.25", "1.25", []),
        ("1.25", "1.24", ["depth-scope"]),
        ("1.24", "1.25", ["depth-qualification"]),
        ("1.24", "1.24", ["depth-scope", "depth-qualification"]),
        ("3", "0", ["unqualified"]),
        (None, "2.5", ["unqualified"]),
    ],
)
def test_the_smaller_of_law_and_qualification_refuses_and_nobody_overrides_it(
    qualified, lawful, expected
):
    found = scope.operator(
        planned=PLANNED,
        operator_max_mm=None if qualified is None else Decimal(qualified),
        scope_max_mm=Decimal(lawful),
    )
    assert [finding.code for finding in found] == expected
    assert all(finding.absolute for finding in found)


def test_closed_to_the_role_is_closed_where_no_depth_is_meant_yet():
    found = scope.operator(
        planned=[("FH", None)],
        operator_max_mm=Decimal(3),
        scope_max_mm=Decimal(0),
    )
    assert [finding.code for finding in found] == ["unqualified"]
