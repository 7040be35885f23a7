"""Birth dates that one slip of the pen makes of each other."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from patients.records import dates

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 3, 4))


@given(one=DAYS, other=DAYS)
def test_a_day_is_nearly_another_exactly_when_one_slip_makes_it(
    one: date, other: date
) -> None:
    assert dates.nearly_same(one, other) == (other in dates.easily_mistaken(one))


@given(one=DAYS, chance=st.randoms(use_true_random=False))
def test_every_slip_is_known_as_one(one: date, chance: Any) -> None:
    slip = chance.choice(sorted(dates.easily_mistaken(one)))
    assert dates.nearly_same(one, slip)
    assert dates.nearly_same(slip, one)
