"""The course of a patient's scores: what may be expected, and what is flagged."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from clinic.rules.course.band import ExpectedBand, NoBand, Plan, Point, expected_from
from clinic.rules.course.flags import (
    Flag,
    FlagCode,
    ReviewPoint,
    course_flags,
    time_flags,
)
from clinic.rules.course.flags import review_points as points_from
from clinic.rules.course.knowledge import Entry, load
from clinic.rules.scales.shape import Scale

if TYPE_CHECKING:
    from clinic.rules.book import RuleBook

__all__ = [
    "ExpectedBand",
    "Flag",
    "FlagCode",
    "NoBand",
    "Plan",
    "Point",
    "ReviewPoint",
    "expected",
    "flags",
    "flags_on",
    "load",
    "review_points",
]


def expected(
    *, scale: Scale, condition: str, plan: Plan, book: "RuleBook | None" = None
) -> ExpectedBand | NoBand:
    """The published band for a condition on a scale, or why there is none.

    Raises ValueError for a first score outside the scale.
    """
    return expected_from(_entries(book), scale=scale, condition=condition, plan=plan)


def flags(
    *,
    scale: Scale,
    readings: Sequence[Decimal],
    event_grade: int | None = None,
    book: "RuleBook | None" = None,
) -> tuple[Flag, ...]:
    """Worse, adverse event, plateau: what the readings of one scale say."""
    return course_flags(
        _entries(book), scale=scale, readings=readings, event_grade=event_grade
    )


def review_points(
    *, dates: Sequence[date], book: "RuleBook | None" = None
) -> tuple[ReviewPoint, ...]:
    """When to review a course whose sessions are on these days, in order."""
    return points_from(_entries(book), dates)


def flags_on(
    *, today: date, dates: Sequence[date], book: "RuleBook | None" = None
) -> tuple[Flag, ...]:
    """Whether on that day a review is due, or it is too early to judge."""
    return time_flags(_entries(book), dates=dates, today=today)


def _entries(book: "RuleBook | None") -> tuple[Entry, ...]:
    from clinic.rules.book import load_book

    return (book or load_book()).course
