"""From rows to a picture: the course of one plan on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from clinic.rules import course as rules
from clinic.rules.book import RuleBook
from clinic.rules.course import ExpectedBand, Flag, NoBand
from clinic.rules.scales import Scale
from clinic.rules.scales.change import Change, compare
from clinic.web.charts.frame import Band
from clinic.web.charts.progress import Course as Picture
from clinic.web.charts.progress import Reading, SessionMark
from clinic.web.drawing.needles import NeedleState
from sessions.progress import queries
from sessions.progress.queries import Course, Turn
from sessions.progress.queries import Reading as Read

ENDED = ("finished", "stopped")
HEALING_DAYS = 28  # CLINICAL 5.4: the first fair comparison, at least four weeks (P)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One scale of one plan: its picture, the change so far, and what to expect."""

    scale: Scale
    picture: Picture
    first: Read | None
    latest: Read | None
    change: Change | None
    expected: ExpectedBand | NoBand | None
    flags: tuple[Flag, ...]

    @property
    def band(self) -> ExpectedBand | None:
        """The published course, where there is a defensible one."""
        return self.expected if isinstance(self.expected, ExpectedBand) else None

    @property
    def no_band(self) -> str:
        """Why there is none."""
        return self.expected.reason if isinstance(self.expected, NoBand) else ""


def show(course: Course, *, scale: Scale, book: RuleBook, today: date) -> Shown:
    """The course on one scale. Readings of other variants are left out."""
    readings = queries.on_axis(course.readings, scale)
    first = readings[0] if readings else None
    latest = readings[-1] if len(readings) > 1 else None
    marks = sessions(course, today=today)
    band = _expected(course, scale, first, marks, book)
    return Shown(
        scale=scale,
        picture=_picture(course, scale, readings, marks, band=band, today=today),
        first=first,
        latest=latest,
        change=compare(scale=scale, baseline=first.value, current=latest.value)
        if first and latest
        else None,
        expected=band,
        flags=_flags(scale, readings, marks, book=book, today=today),
    )


def sessions(course: Course, *, today: date) -> tuple[SessionMark, ...]:
    """Every session that was done, is on today, or is booked, with its needles."""
    return tuple(
        SessionMark(
            on=turn.day,
            number=turn.number,
            state=_state(turn, today=today),
            depth_mm=turn.depth_mm or turn.planned_mm,
            calm_days=turn.calm_on_day,
        )
        for turn in course.turns
        if turn.kind == "session" and turn.number is not None
    )


def _state(turn: Turn, *, today: date) -> NeedleState:
    if turn.status == "missed":
        return NeedleState.MISSED
    if turn.status == "done" or turn.is_signed:
        return NeedleState.DONE
    return NeedleState.NOW if turn.day == today else NeedleState.PLANNED


def _expected(
    course: Course,
    scale: Scale,
    first: Read | None,
    marks: Sequence[SessionMark],
    book: RuleBook,
) -> ExpectedBand | NoBand | None:
    days = tuple(mark.on for mark in marks if mark.state is not NeedleState.MISSED)
    if first is None or not days:
        return None
    if not scale.minimum <= first.value <= scale.maximum:
        return None
    plan = rules.Plan(baseline=first.value, sessions=len(days), dates=days)
    return rules.expected(
        scale=scale, condition=course.plan.condition_kind, plan=plan, book=book
    )


def _flags(
    scale: Scale,
    readings: Sequence[Read],
    marks: Sequence[SessionMark],
    *,
    book: RuleBook,
    today: date,
) -> tuple[Flag, ...]:
    done = [mark.on for mark in marks if mark.state is NeedleState.DONE]
    found = rules.flags(
        scale=scale, readings=[one.value for one in readings], book=book
    )
    return found + rules.flags_on(dates=done, today=today, book=book)


def _picture(
    course: Course,
    scale: Scale,
    readings: Sequence[Read],
    marks: tuple[SessionMark, ...],
    *,
    band: ExpectedBand | NoBand | None,
    today: date,
) -> Picture:
    plan = course.plan
    values = {one.value for one in readings}  # each is written once
    written = {value: Decimal(scale.show(value)) for value in values}
    goal = plan.goal_value if plan.goal_scale == scale.key else None
    points = _dated(band) if isinstance(band, ExpectedBand) else ()
    meant = [] if goal is None else [goal]
    tops = [*values, *(point.high for point in points), *meant]
    lows = [Decimal(0), *values, *(point.low for point in points), *meant]
    return Picture(
        scale=scale.short,
        low=max(scale.minimum, min(lows)) if scale.minimum < 0 else scale.minimum,
        high=_top(tops, scale),
        readings=tuple(
            Reading(on=one.rated_on, value=written[one.value]) for one in readings
        ),
        sessions=marks,
        today=None if plan.status in ENDED else today,
        healing_days=HEALING_DAYS,
        goal=None if goal is None else Decimal(scale.show(goal)),
        expected=points,
    )


def _dated(band: ExpectedBand) -> tuple[Band, ...]:
    return tuple(
        Band(on=point.on, low=point.low, high=point.high)
        for point in band.points
        if point.on is not None
    )


def _top(values: Sequence[Decimal], scale: Scale) -> Decimal:
    """A little above the highest of all, never above the scale."""
    if not values:
        return scale.maximum
    return min(max(values) * Decimal("1.1"), scale.maximum)


def without_calm(course: Course, *, today: date) -> list[Turn]:
    """Signed sessions, two days old and more, of which no day of calm is kept."""
    return [
        turn
        for turn in course.turns
        if turn.is_signed
        and turn.calm_on_day is None
        and turn.performed_on is not None
        and turn.performed_on <= today - timedelta(days=2)
    ]
