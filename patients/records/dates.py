"""Birth dates as people type them into a search, and what they may mean."""

import itertools
import re
from datetime import date

_MONTHS = [
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
]
# Any way of writing a day: 1991-02-03, 3/2/1991, 03.02.91, 3 Feb 1991, Feb 3, 1991.
_YEAR = r"(?P<year>\d{4})"
_WORD = r"(?P<word>[a-z]{3,9})"
_WAYS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})\b",
        r"\b(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4}|\d{2})\b",
        rf"\b(?P<day>\d{{1,2}})\.?\s+{_WORD}\.?,?\s+{_YEAR}\b",
        rf"\b{_WORD}\.?\s+(?P<day>\d{{1,2}}),?\s+{_YEAR}\b",
    )
]


def take_days(text: str, *, today: date) -> tuple[frozenset[date], str]:
    """The days one written date in the text may mean, and the text without it.

    `3/2/1991` is both 3 February and 2 March: a search shows either. A year of two
    digits is the last one that has come.
    """
    for way in _WAYS:
        found = way.search(text)
        days = _meanings(found, today) if found else frozenset()
        if found and days:
            return days, f"{text[: found.start()]} {text[found.end() :]}"
    return frozenset(), text


def easily_mistaken(day: date) -> frozenset[date]:
    """The days that one slip of the pen makes of it: day and month the other way
    round, or one digit of its date (DD MM YYYY) another one.
    """
    near = set(_day(day.year, day.day, day.month))
    written = f"{day:%d%m}{day.year:04d}"
    for place, digit in itertools.product(range(8), "0123456789"):
        other = written[:place] + digit + written[place + 1 :]
        near |= _day(int(other[4:]), int(other[2:4]), int(other[:2]))
    return frozenset(near - {day})


def nearly_same(one: date, other: date) -> bool:
    """Whether one slip of the pen makes one day of the other, as `easily_mistaken`."""
    if one == other:
        return False
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    mine, theirs = (f"{day:%d%m}{day.year:04d}" for day in (one, other))
    return sum(map(str.__ne__, mine, theirs)) == 1


def _meanings(found: re.Match[str], today: date) -> frozenset[date]:
    parts = found.groupdict()
    year, day = int(parts["year"]), int(parts["day"])
    if len(parts["year"]) == 2:
        year += today.year // 100 * 100
        year -= 100 if year > today.year else 0
    if "word" in parts:
        return _day(year, _month(parts["word"]), day)
    month = int(parts["month"])
    if found.start("year") < found.start("day"):
        return _day(year, month, day)
    return _day(year, month, day) | _day(year, day, month)


def _month(word: str) -> int:
    """2 for feb and february, 0 for a word that is no month."""
    small = word.casefold()
    return next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(small)), 0)


def _day(year: int, month: int, day: int) -> frozenset[date]:
    """The day, or none when the calendar has no such day."""
    try:
        return frozenset({date(year, month, day)})
    except ValueError:
        return frozenset()
