"""The expected band of a patient's scores, from published studies (CLINICAL 8.2).

Orientation, never a promise: each band names its study and its caveats, and
where there are no usable figures the answer says so in words. The clinic's own
finished plans are another band and are not made here (DESIGN 6).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from clinic.rules.course.knowledge import (
    Entry,
    Figures,
    Grades,
    NoFigures,
    OneChange,
    Pooled,
    Rate,
)
from clinic.rules.dates import add_months
from clinic.rules.scales.shape import Scale, round_half_up
from clinic.rules.sourced import Provenance

HUNDRED = Decimal(100)
KEPT_DECIMALS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where the score may stand: the range, its middle, the best published.

    `label` says when in words ("after session 2", "week 8"). `on` is the day,
    None when the days of the sessions are not known. `low` is the smaller value.
    """

    label: str
    low: Decimal
    mid: Decimal
    high: Decimal
    best: Decimal | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedBand(Provenance):
    """Points in order of time, with the study and everything that limits it."""

    points: tuple[Point, ...]
    study: str
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoBand:
    """No usable data, and why in words."""

    reason: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The course to be judged: first score, number of sessions, their days.

    `dates` are the days of the sessions, done or planned, or empty when they
    are not known. `topicals` are keys of the book for what is
    needled in. Raises ValueError
    for no session or another number of days than of sessions.
    """

    baseline: Decimal
    sessions: int
    dates: tuple[date, ...] = ()
    topicals: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if self.sessions < 1:
            raise ValueError("A course has at least one session.")
        if self.dates and len(self.dates) != self.sessions:
            raise ValueError(
                f"{self.sessions} sessions cannot have {len(self.dates)} days."
            )


def expected_from(
    entries: Sequence[Entry], *, scale: Scale, condition: str, plan: Plan
) -> ExpectedBand | NoBand:
    """The band for a condition on a scale, or why there is none.

    Raises ValueError for a first score outside the scale.
    """
    if not scale.minimum <= plan.baseline <= scale.maximum:
        raise ValueError(f"{plan.baseline} is outside {scale.short}.")
    for entry in entries:
        if condition not in entry.about.conditions:
            continue
        if isinstance(entry, NoFigures):
            return NoBand(reason=entry.why, sources=entry.about.sources)
        if isinstance(entry, Figures) and scale.key in entry.about.scales:
            return _band(entry, scale, plan)
    return NoBand(reason=f"There are no usable published data for {scale.short} here.")


def _band(entry: Figures, scale: Scale, plan: Plan) -> ExpectedBand | NoBand:
    about = entry.about
    refusal = _unfit(entry, scale, plan)
    if refusal:
        return NoBand(reason=refusal, sources=about.sources)
    caveats = about.caveats
    if isinstance(entry, Rate) and plan.sessions > entry.greatest_sessions.value:
        greatest = entry.greatest_sessions.value
        caveats = (*caveats, f"Nothing is published beyond {greatest} sessions.")
    return ExpectedBand(
        points=tuple(_points(entry, scale, plan)),
        study=about.study,
        caveats=caveats,
        sources=about.sources,
        tier=about.tier,
        status=about.status,
    )


def _unfit(entry: Figures, scale: Scale, plan: Plan) -> str:
    """Why published figures do not fit this course, empty when they do."""
    if plan.baseline == scale.minimum:
        return "The first score is already the best of the scale."
    if isinstance(entry, Pooled) and not plan.topicals.issuperset(entry.about.topicals):
        return entry.without
    if isinstance(entry, OneChange):
        return _unfit_course(entry, plan)
    return ""


def _unfit_course(entry: OneChange, plan: Plan) -> str:
    sessions, on_day = entry.sessions.value, int(entry.on_day.value)
    if plan.sessions != sessions:
        return f"Published for a course of {sessions} sessions only."
    if plan.dates and (plan.dates[-1] - plan.dates[0]).days >= on_day:
        return f"Published for day {on_day}, which is before the last session here."
    return ""


def _points(entry: Figures, scale: Scale, plan: Plan) -> Iterator[Point]:
    first = plan.dates[0] if plan.dates else None
    start = plan.baseline
    yield Point(label="start", low=start, mid=start, high=start, on=first)
    if isinstance(entry, Rate):
        yield from _by_rate(entry, scale, plan)
    elif isinstance(entry, Grades):
        yield from _by_grades(entry, scale, plan)
    elif isinstance(entry, OneChange):
        yield _by_one_change(entry, scale, plan)
    else:
        yield from _by_week(entry, scale, plan)


def _by_rate(entry: Rate, scale: Scale, plan: Plan) -> Iterator[Point]:
    """After each session the same share is left; the best study's line beside it."""
    central, fast, reach = entry.central, entry.fast, entry.reach
    for k in range(1, min(plan.sessions, int(entry.greatest_sessions.value)) + 1):
        mid = plan.baseline * central**k
        yield Point(
            label=f"after session {k}",
            low=_kept(scale, mid - reach),
            mid=_kept(scale, mid),
            high=_kept(scale, mid + reach),
            best=_kept(scale, plan.baseline * fast**k),
            on=_read_on(plan, k, months=int(entry.read_after.value)),
        )


def _read_on(plan: Plan, k: int, *, months: int) -> date | None:
    """The day of the next session, after the last one so many months later."""
    if not plan.dates:
        return None
    if k < plan.sessions:
        return plan.dates[k]
    return add_months(plan.dates[-1], months)


def _by_grades(entry: Grades, scale: Scale, plan: Plan) -> Iterator[Point]:
    """The same fall at each session, and a little more after stopping.

    The range runs straight to the published shares at the end and always holds
    the middle, which never passes the best published end. On dated courses the
    end itself falls on the last session's day and is left out.
    """
    for k in range(1, plan.sessions + 1):
        if k == plan.sessions and plan.dates:
            break
        yield _grade_point(
            entry,
            scale,
            plan,
            fall=entry.per_session * k,
            done=k,
            label=f"after session {k}",
            on=plan.dates[k] if plan.dates else None,
        )
    fall = entry.per_session * plan.sessions
    for after in entry.afterwards:
        fall += after.fall.value
        months = "a month" if after.months == 1 else f"{after.months} months"
        yield _grade_point(
            entry,
            scale,
            plan,
            fall=fall,
            done=plan.sessions,
            label=f"{months} after the last session",
            on=add_months(plan.dates[-1], after.months) if plan.dates else None,
        )


def _grade_point(
    entry: Grades,
    scale: Scale,
    plan: Plan,
    *,
    fall: Decimal,
    done: int,
    label: str,
    on: date | None,
) -> Point:
    start, share = plan.baseline, Decimal(done) / plan.sessions
    best_end = start * (1 - entry.at_end.high / HUNDRED)
    mid = max(start - fall, best_end)
    low = start * (1 - share * entry.at_end.high / HUNDRED)
    high = start * (1 - share * entry.at_end.low / HUNDRED)
    return Point(
        label=label,
        low=_kept(scale, min(low, mid)),
        mid=_kept(scale, mid),
        high=_kept(scale, max(high, mid)),
        on=on,
    )


def _by_one_change(entry: OneChange, scale: Scale, plan: Plan) -> Point:
    mid = plan.baseline - entry.fall.value
    reach = entry.deviations.value * entry.deviation.value
    days = int(entry.on_day.value)
    return Point(
        label=f"day {days} after the first session",
        low=_kept(scale, mid - reach),
        mid=_kept(scale, mid),
        high=_kept(scale, mid + reach),
        on=plan.dates[0] + timedelta(days=days) if plan.dates else None,
    )


def _by_week(entry: Pooled, scale: Scale, plan: Plan) -> Iterator[Point]:
    relapse = entry.relapse_after.value
    for week in entry.points:
        first = plan.dates[0] if plan.dates else None
        warned = ", partial relapse" if week.weeks > relapse else ""
        yield Point(
            label=f"week {week.weeks}{warned}",
            low=_kept(scale, plan.baseline - week.range.high),
            mid=_kept(scale, plan.baseline - week.fall.value),
            high=_kept(scale, plan.baseline - week.range.low),
            on=first + timedelta(weeks=week.weeks) if first else None,
        )


def _kept(scale: Scale, value: Decimal) -> Decimal:
    """Cut at the ends of the scale, two decimals."""
    inside = max(scale.minimum, min(scale.maximum, value))
    return round_half_up(inside, KEPT_DECIMALS)
