"""Calendar arithmetic that every window rests on."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import dates

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        pytest.param((2025, 8, 31), 6, (2026, 2, 28), id="31 August in a plain year"),
        pytest.param((2027, 8, 31), 6, (2028, 2, 29), id="31 August into a leap year"),
        pytest.param((2026, 8, 28), 6, (2027, 2, 28), id="a day that exists stays"),
        pytest.param((2026, 12, 1), 1, (2027, 1, 1), id="over the end of the year"),
        pytest.param((2026, 1, 31), 1, (2026, 2, 28), id="January into February"),
        pytest.param((2026, 3, 31), -1, (2026, 2, 28), id="a month back"),
        pytest.param((2024, 2, 29), 12, (2025, 2, 28), id="leap day a year later"),
        pytest.param((2026, 5, 5), 0, (2026, 5, 5), id="no month at all"),
    ],
)
def test_months_are_calendar_months(day, months, expected):
    assert dates.add_months(date(*day), months) == date(*expected)


@pytest.mark.parametrize(
    ("day", "age"),
    [
        pytest.param(date(2026, 6, 14), 21, id="the day before the birthday"),
        pytest.param(date(2026, 6, 15), 22, id="on the birthday"),
    ],
)
def test_age_changes_on_the_birthday(day, age):
    assert dates.age_on(born_on=date(2004, 6, 15), day=day) == age


def test_born_on_a_leap_day_ages_on_the_first_of_march():
    born_on = date(2004, 2, 29)
    assert dates.age_on(born_on=born_on, day=date(2026, 2, 28)) == 21
    assert dates.age_on(born_on=born_on, day=date(2026, 3, 1)) == 22


def test_latest_of_nothing_is_none():
    assert dates.latest([]) is None


@given(day=DAYS, months=st.integers(0, 600))
def test_a_later_day_never_ends_a_window_earlier(day, months):
    later = dates.add_days(day, 1)
    assert dates.add_months(day, months) <= dates.add_months(later, months)


@given(day=DAYS, months=st.integers(0, 600))
def test_months_move_the_month_and_never_overshoot(day, months):
    moved = dates.add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day
