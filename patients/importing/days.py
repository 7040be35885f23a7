"""Days as other systems write them: ISO, day first or month first, one way a file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_MONTHS = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
_NUMBERS = re.compile(r"(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})")
_NAMED = re.compile(
    r"(?:(\d{1,2})[-. ]+)?([A-Za-z]{3})[a-z]*\.?[-, ]+(?:(\d{1,2}),? +)?(\d{4})"
)
# Regions that write the month first; all others begin with the day.
MONTH_FIRST_REGIONS = frozenset({"US", "PH", "FM", "MH", "PW", "BZ"})


class Order(StrEnum):
    """Which number of 3/2/1991 is the day."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


def usual_order(*, region: str | None) -> Order:
    """How people of the region write days."""
    return Order.MONTH_FIRST if region in MONTH_FIRST_REGIONS else Order.DAY_FIRST


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How the days of a file are written: its order, None when it does not show.

    `matters` when some day could be read either way.
    """

    order: Order | None
    matters: bool


def habit_of(texts: Iterable[str]) -> Habit:
    """What the days of a file show of their order."""
    votes = {Order.DAY_FIRST: 0, Order.MONTH_FIRST: 0}
    matters = False
    for text in texts:
        found = _NUMBERS.match(text)
        if found is None or len(found[1]) > 2:
            continue
        first, second = int(found[1]), int(found[2])
        if first > 12 >= second:
            votes[Order.DAY_FIRST] += 1
        elif second > 12 >= first:
            votes[Order.MONTH_FIRST] += 1
        else:
            matters = matters or first != second
    if votes[Order.DAY_FIRST] == votes[Order.MONTH_FIRST]:
        return Habit(order=None, matters=matters)
    order = max(votes, key=lambda order: votes[order])
    return Habit(order=order, matters=matters)


def day(text: str, *, order: Order, today: date) -> date:
    """The day of a text; a time after it is left out. Raises ValueError.

    A year of two digits is the last one that has come.
    """
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        pass
    found = _NUMBERS.match(text)
    if found is not None:
        return _from_numbers(found, order, today)
    named = _NAMED.match(text)
    if named is None or named[2].lower() not in _MONTHS:
        raise ValueError(text)
    month = _MONTHS.index(named[2].lower()) + 1
    return date(int(named[4]), month, int(named[1] or named[3] or 0))


def _from_numbers(found: "re.Match[str]", order: Order, today: date) -> date:
    first, second, third = (int(part) for part in found.groups())
    if len(found[1]) == 4:
        return date(first, second, third)
    if len(found[3]) == 2:
        third += today.year // 100 * 100
        third -= 100 if third > today.year else 0
    one, other = (second, first) if order is Order.DAY_FIRST else (first, second)
    return date(third, one, other)
