"""Days and calendar months: the arithmetic of every window in the book.

CLINICAL 0: the earliest allowed day is the exposure plus the window, treating
on that day is allowed, months are calendar months, and an exposure on an
unknown day counts as today. All days are site-local calendar days.
"""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta


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


def earliest_allowed(
    *, exposed_on: date | None, today: date, days: int = 0, months: int = 0
) -> date:
    """The first day outside a window; treating on it is allowed.

    An unknown day of exposure counts as today.
    """
    start = today if exposed_on is None else exposed_on
    return add_days(add_months(start, months), days)


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
