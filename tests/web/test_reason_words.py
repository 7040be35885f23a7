"""Every code of the search has words, and a computed sentence goes through gettext."""

import string
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.functional import Promise

from clinic.rules import interval, scope
from clinic.rules.book import load_book
from clinic.rules.interval import Planned, Treated
from clinic.rules.series import Code
from clinic.rules.series.reasons import reason
from sessions.booking import reasons, words

BOOK = load_book()
ON = date(2026, 3, 2)


def test_every_code_has_words_that_can_be_translated() -> None:
    assert set(reasons.SENTENCES) == set(Code)
    assert all(isinstance(one, Promise) for one in reasons.SENTENCES.values())
    assert all(isinstance(one, Promise) for one in words.SENTENCES.values())


def test_a_reason_is_said_in_the_language_of_the_page() -> None:
    closed = reason(Code.CLOSED, day=ON)
    assert reasons.describe(closed) == "2 March is closed"
    with translation.override("de"):
        assert reasons.describe(closed).startswith("2 März")


@pytest.mark.parametrize(
    ("code", "days", "said"),
    [
        (Code.GAPS_KEPT, 28, "every gap is 28 days or more"),
        (Code.LATER, 7, "one week later"),
        (Code.LATER, 42, "6 weeks later"),
        (Code.EARLIER, 3, "3 days earlier"),
    ],
)
def test_gaps_are_counted_in_days_and_shifts_in_weeks(
    code: Code, days: int, said: str
) -> None:
    assert reasons.describe(reason(code, days=days)) == said


@pytest.mark.parametrize("days", [-13, -20, 13, 20, 60])
def test_what_the_gap_rule_computes_is_said_from_its_values(days: int) -> None:
    zone = Planned(zone="CM-R", mm=Decimal("1.5"))
    other = Treated(zone="CM-R", mm=Decimal("1.5"), on=ON)
    [finding] = interval.check(
        BOOK, previous=[other], planned=[zone], on=ON + timedelta(days=days)
    )
    said = words.said_of(finding)
    assert f"{abs(days)} days" in said
    assert "Mon 2 March 2026" in said
    assert "%" not in said


def test_what_a_qualification_stops_is_said_from_its_values() -> None:
    zones = [("CM-R", Decimal("1.50"))]
    [deep] = scope.operator(planned=zones, operator_max_mm=Decimal("1.25"))
    assert "1.50 mm is deeper than the 1.25 mm" in words.said_of(deep)
    [none] = scope.operator(planned=zones, operator_max_mm=None)
    assert "no valid qualification" in words.said_of(none)


def test_the_words_name_only_values_that_are_there() -> None:
    known = {"days", "other", "limit", "mm"}
    for sentence in words.SENTENCES.values():
        names = {part[1] for part in string.Formatter().parse(str(sentence))}
        assert names <= known | {None}
