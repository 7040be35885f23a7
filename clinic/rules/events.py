"""Is it expected, or an adverse event? By kind and time since the session.

CLINICAL 6: an expected reaction stays expected until it outlasts its time; at
exactly that time it still is. Some kinds are an event at once.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from clinic.rules.book import RuleBook
from clinic.rules.event_rows import EventKind, RedFlag


class Judgement(StrEnum):
    """What a reaction counts as."""

    EXPECTED = "expected"
    EVENT = "event"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """A reaction judged; `grade_floor` is None while it is expected."""

    kind: EventKind
    judgement: Judgement
    grade_floor: int | None
    sentence: str
    red_flags: tuple[RedFlag, ...]
    sources: tuple[str, ...]
    status: str


def judge(book: RuleBook, *, kind: str, after: timedelta) -> Reaction:
    """What a reaction is that is seen so long after the session.

    Raises KeyError for a kind the book does not know, ValueError for a time
    before the session.
    """
    if after < timedelta(0):
        raise ValueError("A reaction cannot come before the session.")
    row = book.events[kind]
    judgement = _judgement(row, after=after)
    origin = row.event_after or row.origin
    return Reaction(
        kind=row,
        judgement=judgement,
        grade_floor=None if judgement is Judgement.EXPECTED else row.grade_floor,
        sentence=_sentence(row, judgement=judgement),
        red_flags=row.red_flags,
        sources=origin.sources,
        status=origin.status,
    )


def _judgement(row: EventKind, *, after: timedelta) -> Judgement:
    if row.incident:
        return Judgement.INCIDENT
    longest = row.longest_expected
    if longest is not None and after <= longest:
        return Judgement.EXPECTED
    return Judgement.EVENT


def _sentence(row: EventKind, *, judgement: Judgement) -> str:
    limit = row.event_after
    if judgement is Judgement.INCIDENT:
        return f"{row.name}: an incident, whatever comes of it."
    if limit is None:
        return (
            f"{row.name} is an adverse event at once, grade {row.grade_floor} or more."
        )
    span = f"{limit.value} {limit.unit}"
    if judgement is Judgement.EXPECTED:
        return f"{row.name} is expected for up to {span}."
    return f"{row.name} for more than {span} is an adverse event."


def expected_days(book: RuleBook) -> dict[str, int]:
    """How many whole days after the session each kind is still expected, by key.

    A kind that is an event at once, or an incident, is not among them. Days are
    counted whole, so half an hour and a day's grace are 0 and 1.
    """
    return {
        key: row.longest_expected.days
        for key, row in book.events.items()
        if row.longest_expected is not None and not row.incident
    }


def days_seen(*, performed_on: date, onset_on: date, seen_on: date) -> timedelta:
    """From the session to the last day a reaction is known to stand, whole days."""
    return max(seen_on, onset_on) - performed_on


def is_grade_allowed(book: RuleBook, *, kind: str, grade: int) -> bool:
    """Whether a grade exists and is not below the least grade of the kind."""
    return str(grade) in book.grades and grade >= book.events[kind].grade_floor
