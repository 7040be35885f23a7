"""Six depths to tap: on the grid of the device, around the range of the protocol."""

from decimal import Decimal

import pytest

from sessions.charting.queries.choosing import depth_chips
from sessions.charting.queries.limits import Reach

QUARTERS = tuple(Decimal(n) / 4 for n in range(1, 11))
TENTHS = tuple(Decimal(n) / 10 for n in range(2, 31))


def chips(
    steps: tuple[Decimal, ...], low: str, high: str, mm: str | None = None
) -> list[str]:
    found = depth_chips(
        steps,
        reach=Reach(low_mm=Decimal(low), high_mm=Decimal(high)),
        mm=Decimal(mm) if mm else None,
    )
    return [f"{chip.mm:.2f}{'?' if chip.asks else ''}" for chip in found]


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        ("0.50", "0.50", "0.40 0.50 0.60? 0.70? 0.80? 0.90?"),
        ("0.50", "0.70", "0.40 0.50 0.60 0.70 0.80? 0.90?"),
        ("1.00", "1.50", "0.90 1.00 1.10 1.30 1.50 1.60?"),
        ("0.20", "0.30", "0.20 0.30 0.40? 0.50? 0.60? 0.70?"),
    ],
)
def test_a_fine_grid_shows_the_range_and_its_edges(
    low: str, high: str, shown: str
) -> None:
    assert chips(TENTHS, low, high) == shown.split()


def test_quarters_show_two_below_the_range() -> None:
    shown = "0.50 0.75 1.00 1.25 1.50 1.75?"
    assert chips(QUARTERS, "1.00", "1.50") == shown.split()


@pytest.mark.parametrize("mm", ["1.20", "1.40", "2.50", "0.20"])
def test_the_depth_that_is_set_is_among_them_and_so_are_the_edges(mm: str) -> None:
    shown = chips(TENTHS, "1.00", "1.50", mm)
    assert {mm, "1.00", "1.50"} <= {one.rstrip("?") for one in shown}
    assert len(shown) == 6
    assert shown == sorted(shown)
