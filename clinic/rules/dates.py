"""Days and calendar months: the arithmetic of every window in the book.

CLINICAL 0: the earliest allowed day is the exposure plus the window, treating
on that day is allowed, months are calendar months, and an exposure on an
unknown day counts as today. All days are site-local calendar days.
"""

import calendar
import math
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal


def add_days(day: date, days: int) -> date:
    """The day so many calendar days later."""
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day.

    31 August plus six months is 28 February, 29 in a leap year.
    """
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    month = month_index + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))


def days_between(earlier: date, later: date) -> int:
    """Calendar days from one day to another; negative when they are swapped."""
    return (later - earlier).days


HOURS_PER_UNIT = {"minutes": Decimal(1) / 60, "hours": Decimal(1)}
DAYS_PER_UNIT = {"days": 1, "weeks": 7}
MONTHS_PER_UNIT = {"months": 1, "years": 12}


def day_after(start: date, *, value: Decimal, unit: str) -> date:
    """The day on which a duration from `start` is over.

    Hours from a day without a time count as begun days. Raises ValueError for
    a unit that is no duration.
    """
    if unit in DAYS_PER_UNIT:
        return add_days(_day(start), int(value * DAYS_PER_UNIT[unit]))
    if unit in MONTHS_PER_UNIT:
        return add_months(_day(start), int(value * MONTHS_PER_UNIT[unit]))
    if isinstance(start, datetime):
        return _day(moment_after(start, value=value, unit=unit))
    return add_days(start, math.ceil(_hours(value, unit) / 24))


def moment_after(start: datetime, *, value: Decimal, unit: str) -> datetime:
    """The moment a duration of minutes or hours is over, on the wall clock.

    Raises ValueError for another unit.
    """
    return start + timedelta(hours=float(_hours(value, unit)))


def _hours(value: Decimal, unit: str) -> Decimal:
    if unit not in HOURS_PER_UNIT:
        raise ValueError(f"{unit} is no duration.")
    return value * HOURS_PER_UNIT[unit]


def _day(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def latest(days: Iterable[date]) -> date | None:
    """The last of several days, None when there is none."""
    return max(days, default=None)


def age_on(*, born_on: date, day: date) -> int:
    """Whole years of age on a day; born on 29 February ages on 1 March."""
    before_birthday = (day.month, day.day) < (born_on.month, born_on.day)
    return day.year - born_on.year - before_birthday


def in_words(day: date) -> str:
    """A day for a sentence: `6 November 2026`."""
    return f"{day.day} {day:%B %Y}"


def reaches_age_on(*, born_on: date, years: int) -> date:
    """The birthday on which an age is reached; 1 March for 29 February."""
    birthday = add_months(born_on, years * 12)
    return birthday if birthday.day == born_on.day else add_days(birthday, 1)
