"""Numbers and times as people read them (UX 11)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.utils import timezone, translation

from clinic.web.templatetags import formats

SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("1.5"), f"1.50{SPACE}mm"),
        ("0.25", f"0.25{SPACE}mm"),
        (2, f"2.00{SPACE}mm"),
        (Decimal("0.125"), f"0.13{SPACE}mm"),
        (None, ""),
        ("", ""),
        ("deep", ""),
    ],
)
def test_a_depth_has_two_decimals_and_its_unit(value: object, words: str) -> None:
    assert formats.mm(value) == words  # type: ignore[arg-type]


def test_a_negative_percentage_has_a_real_minus() -> None:
    assert formats.percent(Decimal(44)) == "44%"
    assert formats.percent(Decimal("-5.5")) == f"{MINUS}6%"
    assert formats.percent(Decimal("1.25"), 1) == "1.3%"
    assert formats.percent(Decimal("-0.2")) == "0%"
    assert formats.percent(None) == ""


def test_a_change_has_its_sign() -> None:
    assert formats.signed(3) == "+3"
    assert formats.signed(-6) == f"{MINUS}6"
    assert formats.signed(0) == "0"


def test_days_and_moments_are_written_out() -> None:
    at = datetime(2026, 1, 7, 10, 15, tzinfo=UTC)
    assert formats.day(at.date()) == "Wed 7 January"
    assert formats.day_year(at.date()) == "7 January 2026"
    assert formats.day_short(at.date()) == "7 Jan"
    assert formats.moment(at) == "Wed 7 January, 10:15"
    assert formats.clock(None) == ""


def test_equal_moments_keep_the_day_of_their_own_zone() -> None:
    at = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    there = at.astimezone(ZoneInfo("Europe/Berlin"))
    assert at == there
    assert formats.day_year(at) == "1 July 2026"
    assert formats.day_year(there) == "2 July 2026"


def test_a_day_is_written_in_the_language_of_the_reader() -> None:
    at = date(2026, 7, 1)
    assert formats.day_year(at) == "1 July 2026"
    with translation.override("de"):
        assert formats.day_year(at) == "1 Juli 2026"
    assert formats.day_year(at) == "1 July 2026"


def test_a_moment_is_shown_in_the_time_zone_of_the_site() -> None:
    template = engines["django"].from_string("{% load ui %}{{ at|moment }}")
    at = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert template.render({"at": at}) == "Thu 2 July, 01:30"


@pytest.mark.parametrize(
    ("today", "years"),
    [(date(2025, 2, 2), 33), (date(2025, 2, 3), 34), (date(2025, 2, 4), 34)],
)
def test_age_changes_on_the_birthday(today: date, years: int) -> None:
    assert formats.age_years(born_on=date(1991, 2, 3), today=today) == years


def test_somebody_born_on_a_leap_day_ages_in_march_of_other_years() -> None:
    born = date(2004, 2, 29)
    assert formats.age_years(born_on=born, today=date(2025, 2, 28)) == 20
    assert formats.age_years(born_on=born, today=date(2025, 3, 1)) == 21
    assert formats.age_on(born, date(2005, 3, 1)) == "1 year"


def test_a_phone_number_is_written_as_here_or_with_its_country() -> None:
    assert formats.phone("+447700900142") == "07700 900142"
    assert formats.phone("+4930123456") == "+49 30 123456"
    assert formats.phone("ask at the desk") == "ask at the desk"
    assert formats.phone(None) == ""


def test_not_asked_is_not_no() -> None:
    assert [formats.yes_no(answer) for answer in (True, False, None)] == [
        "yes",
        "no",
        "not asked",
    ]
