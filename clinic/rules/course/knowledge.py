"""From the rows of `knowledge/course.toml` to published courses and limits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clinic.rules.sourced import Measure, Provenance, Row, Source, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class About(Provenance):
    """What an entry is about: scales and conditions by key, study and caveats.

    `topicals` are keys of what must be needled in for the figures to hold.
    """

    key: str
    scales: tuple[str, ...]
    conditions: tuple[str, ...]
    study: str
    caveats: tuple[str, ...]
    topicals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Study(Provenance):
    """A mean score before and after so many sessions, with its deviation."""

    label: str
    people: int
    sessions: int
    baseline: Measure
    followed: Measure
    deviation: Measure

    @property
    def log_ratio(self) -> Decimal:
        """Logarithm of what one session leaves of the score."""
        return (self.followed.value / self.baseline.value).ln() / self.sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A score that keeps the same share of itself at each session."""

    about: About
    studies: tuple[Study, ...]
    deviations: Measure
    greatest_sessions: Measure
    read_after: Measure

    @property
    def central(self) -> Decimal:
        """What one session leaves, weighted by the number of people."""
        people = sum(study.people for study in self.studies)
        logs = sum((s.people * s.log_ratio for s in self.studies), Decimal(0))
        return (logs / people).exp()

    @property
    def slow(self) -> Decimal:
        """What one session leaves in the slowest study."""
        return max(study.log_ratio for study in self.studies).exp()

    @property
    def fast(self) -> Decimal:
        """What one session leaves in the fastest study."""
        return min(study.log_ratio for study in self.studies).exp()

    @property
    def reach(self) -> Decimal:
        """How far the band goes to either side of the middle, in points."""
        total = sum((s.deviation.value for s in self.studies), Decimal(0))
        return self.deviations.value * total / len(self.studies)


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """A further fall so many months after the last session."""

    months: int
    fall: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """A grade that falls by as much at each session, and on after stopping."""

    about: About
    fall: Measure
    fall_sessions: Measure
    at_end: Span
    afterwards: tuple[After, ...]

    @property
    def per_session(self) -> Decimal:
        """The fall at one session, in grades."""
        return self.fall.value / self.fall_sessions.value


@dataclass(frozen=True, slots=True, kw_only=True)
class OneChange:
    """One mean change on one day of a course of so many sessions."""

    about: About
    sessions: Measure
    on_day: Measure
    fall: Measure
    deviation: Measure
    deviations: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A pooled mean fall at a week, with its confidence range."""

    weeks: int
    fall: Measure
    range: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """Pooled falls by week, of a treatment that needs a certain topical."""

    about: About
    without: str
    relapse_after: Measure
    points: tuple[Week, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFigures:
    """Why no band is drawn for some conditions."""

    about: About
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagLimits:
    """What counts as a plateau over two sessions, and as worse, on some scales."""

    about: About
    plateau_within: Measure
    worse_from: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """When a course is looked at, and from which grade an event flags it."""

    about: About
    after_session: Measure
    opens_after: Measure
    closes_after: Measure
    event_grade: Measure


Figures = Rate | Grades | OneChange | Pooled
Entry = Figures | NoFigures | FlagLimits | Review


def load(rows: Sequence[Row], sources: Mapping[str, Source]) -> tuple[Entry, ...]:
    """Every entry in the order of the file. Raises KnowledgeError."""
    del sources  # each row has checked its own
    return tuple(_entry(row) for row in rows)


def _entry(row: Row) -> Entry:
    kind = row.text("kind")
    if kind not in KINDS:
        row.fail(f"Kind {kind!r} is not one of {', '.join(KINDS)}.")
    entry = KINDS[kind](row)
    row.finish()
    return entry


def _about(row: Row) -> About:
    own = row.provenance()
    return About(
        key=row.key,
        scales=row.texts("scales"),
        conditions=row.texts("conditions"),
        study=row.text("study", ""),
        caveats=row.texts("caveats"),
        topicals=row.texts("topicals"),
        sources=own.sources,
        tier=own.tier,
        status=own.status,
    )


def _rate(row: Row) -> Rate:
    return Rate(
        about=_about(row),
        studies=tuple(_study(inner) for inner in row.rows("studies")),
        deviations=row.measure("deviations"),
        greatest_sessions=row.measure("greatest_sessions"),
        read_after=row.measure("read_after"),
    )


def _study(row: Row) -> Study:
    own = row.provenance()
    people, sessions = row.number("people"), row.number("sessions")
    if not people or not sessions:
        row.fail("A study has people and sessions.")
    study = Study(
        label=row.text("label"),
        people=people,
        sessions=sessions,
        baseline=row.measure("baseline"),
        followed=row.measure("followed"),
        deviation=row.measure("deviation"),
        sources=own.sources,
        tier=own.tier,
        status=own.status,
    )
    row.finish()
    return study


def _grades(row: Row) -> Grades:
    afterwards = []
    for inner in row.rows("afterwards"):
        months = inner.number("months") or 0
        afterwards.append(After(months=months, fall=inner.measure("fall")))
        inner.finish()
    return Grades(
        about=_about(row),
        fall=row.measure("fall"),
        fall_sessions=row.measure("fall_sessions"),
        at_end=row.span("at_end"),
        afterwards=tuple(afterwards),
    )


def _change(row: Row) -> OneChange:
    return OneChange(
        about=_about(row),
        sessions=row.measure("sessions"),
        on_day=row.measure("on_day"),
        fall=row.measure("fall"),
        deviation=row.measure("deviation"),
        deviations=row.measure("deviations"),
    )


def _pooled(row: Row) -> Pooled:
    points = []
    for inner in row.rows("points"):
        fall, span = inner.measure("fall"), inner.span("range")
        if fall.value not in span:
            inner.fail("The mean lies outside its range.")
        weeks = inner.number("weeks") or 0
        points.append(Week(weeks=weeks, fall=fall, range=span))
        inner.finish()
    return Pooled(
        about=_about(row),
        without=row.text("without"),
        relapse_after=row.measure("relapse_after"),
        points=tuple(points),
    )


def _none(row: Row) -> NoFigures:
    return NoFigures(about=_about(row), why=row.text("why"))


def _flags(row: Row) -> FlagLimits:
    return FlagLimits(
        about=_about(row),
        plateau_within=row.measure("plateau_within"),
        worse_from=row.measure("worse_from"),
    )


def _review(row: Row) -> Review:
    return Review(
        about=_about(row),
        after_session=row.measure("after_session"),
        opens_after=row.measure("opens_after"),
        closes_after=row.measure("closes_after"),
        event_grade=row.measure("event_grade"),
    )


KINDS: Mapping[str, Callable[[Row], Entry]] = {
    "rate": _rate,
    "grades": _grades,
    "change": _change,
    "pooled": _pooled,
    "none": _none,
    "flags": _flags,
    "review": _review,
}
