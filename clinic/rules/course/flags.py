"""When a course is flagged: plateau, worse, review due, too early (CLINICAL 8.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from clinic.rules.course.knowledge import Entry, FlagLimits, Review
from clinic.rules.scales.shape import Direction, Scale

DAYS_PER_WEEK = 7


class FlagCode(StrEnum):
    """What is flagged."""

    WORSE = "worse"
    EVENT = "event"
    PLATEAU = "plateau"
    REVIEW = "review"
    TOO_EARLY = "too-early"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A flag on a course, in words, with its sources and status."""

    code: FlagCode
    sentence: str
    sources: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPoint:
    """A time to look at the course: from a day on, up to a day if there is one."""

    label: str
    opens_on: date
    closes_on: date | None


def course_flags(
    entries: Sequence[Entry],
    *,
    scale: Scale,
    readings: Sequence[Decimal],
    event_grade: int | None = None,
) -> tuple[Flag, ...]:
    """What the readings say, worst first.

    `readings` are the values of one scale, the first score and then one for
    each session, in order; `event_grade` is the highest grade of an adverse
    event of the course. Scales without published limits give no plateau.
    """
    found = []
    limits = _limits(entries, scale)
    if limits and (rise := _worst_rise(scale, readings)) >= limits.worse_from.value:
        amount = rise.normalize() if rise % 1 else rise.to_integral_value()
        sentence = f"{scale.short} is {amount} worse than before."
        found.append(_flag(FlagCode.WORSE, sentence, limits))
    review = _review(entries)
    if review and event_grade is not None and event_grade >= review.event_grade.value:
        sentence = f"There was an adverse event of grade {event_grade}."
        found.append(_flag(FlagCode.EVENT, sentence, review))
    if limits and not found and _on_a_plateau(limits, readings):
        sentence = f"{scale.short} has not changed over the last two sessions."
        found.append(_flag(FlagCode.PLATEAU, sentence, limits))
    return tuple(found)


def review_points(
    entries: Sequence[Entry], dates: Sequence[date]
) -> tuple[ReviewPoint, ...]:
    """When to review a course whose sessions are on these days, in order."""
    review = _review(entries)
    if review is None or not dates:
        return ()
    points = []
    after = int(review.after_session.value)
    if len(dates) >= after:
        closes = dates[after] if len(dates) > after else None
        label = f"after session {after}"
        points.append(
            ReviewPoint(label=label, opens_on=dates[after - 1], closes_on=closes)
        )
    opens = int(review.opens_after.value) * DAYS_PER_WEEK
    closes_after = int(review.closes_after.value) * DAYS_PER_WEEK
    points.append(
        ReviewPoint(
            label="after the last session",
            opens_on=dates[-1] + timedelta(days=opens),
            closes_on=dates[-1] + timedelta(days=closes_after),
        )
    )
    return tuple(points)


def time_flags(
    entries: Sequence[Entry], *, dates: Sequence[date], today: date
) -> tuple[Flag, ...]:
    """Whether a review is due today, or it is too early to judge the course.

    `dates` are the days of all sessions. Too early is from the last session
    until the final review opens; due is from the day a review opens until it
    closes.
    """
    review, flags = _review(entries), []
    if review is None or not dates:
        return ()
    points = review_points(entries, dates)
    for point in points:
        until = point.closes_on or points[-1].opens_on
        if point.opens_on <= today <= until:
            sentence = f"A review {point.label} is due."
            flags.append(_flag(FlagCode.REVIEW, sentence, review))
    if dates[-1] <= today < points[-1].opens_on:
        weeks = review.opens_after.value
        sentence = f"Too early to judge: wait {weeks} weeks after the last session."
        flags.append(_flag(FlagCode.TOO_EARLY, sentence, review))
    return tuple(flags)


def _flag(code: FlagCode, sentence: str, entry: FlagLimits | Review) -> Flag:
    about = entry.about
    return Flag(
        code=code, sentence=sentence, sources=about.sources, status=about.status
    )


def _limits(entries: Sequence[Entry], scale: Scale) -> FlagLimits | None:
    for entry in entries:
        if isinstance(entry, FlagLimits) and scale.key in entry.about.scales:
            return entry
    return None


def _review(entries: Sequence[Entry]) -> Review | None:
    return next((entry for entry in entries if isinstance(entry, Review)), None)


def _worst_rise(scale: Scale, readings: Sequence[Decimal]) -> Decimal:
    """How much worse the last reading is than the first, or the one before it."""
    if not readings:
        return Decimal(0)
    last, earlier = readings[-1], (readings[0], *readings[-2:-1])
    sign = 1 if scale.direction is Direction.LOWER else -1
    return max(sign * (last - other) for other in earlier)


def _on_a_plateau(limits: FlagLimits, readings: Sequence[Decimal]) -> bool:
    """Two sessions in a row that changed nothing real, one by one and together."""
    if len(readings) < 3:
        return False
    before, middle, last = readings[-3:]
    changes = (middle - before, last - middle, last - before)
    return all(abs(change) <= limits.plateau_within.value for change in changes)
