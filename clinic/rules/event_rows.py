"""The rows of adverse events and their grades (CLINICAL 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from clinic.rules.sourced import Measure, Note, Provenance, Row, Source, Span

GRADES = range(1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """A sign that must not wait, and what to do where a source says it."""

    sign: str
    action: str
    origin: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """One kind of reaction. `event_after` is the longest it counts as expected.

    `at_once` kinds are always an event; an `incident` is an exposure to blood.
    """

    key: str
    name: str
    usual: Span | None
    usual_note: str
    event_after: Measure | None
    at_once: bool
    incident: bool
    grade_floor: int
    incidence: Note | None
    red_flags: tuple[RedFlag, ...]
    origin: Provenance

    @property
    def longest_expected(self) -> timedelta | None:
        """As long as this it is expected; None for what is an event at once."""
        if self.event_after is None:
            return None
        return timedelta(**{self.event_after.unit: float(self.event_after.value)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One grade of severity, 1 to 5."""

    key: str
    name: str
    sentence: str
    origin: Provenance

    @property
    def number(self) -> int:
        """The grade as a number."""
        return int(self.key)


def load(rows: Sequence[Row], sources: Mapping[str, Source]) -> tuple[EventKind, ...]:
    """All kinds of events."""
    return tuple(_event(row) for row in rows)


def _event(row: Row) -> EventKind:
    kind = EventKind(
        key=row.key,
        name=row.text("name"),
        usual=row.span_or_none("usual"),
        usual_note=row.text("usual_note", ""),
        event_after=row.measure_or_none("event_after"),
        at_once=row.flag("at_once"),
        incident=row.flag("incident"),
        grade_floor=row.number("grade_floor") or 0,
        incidence=row.note_or_none("incidence"),
        red_flags=tuple(_red_flag(inner) for inner in row.rows("red_flags")),
        origin=row.provenance(),
    )
    row.finish()
    if kind.at_once == (kind.event_after is not None):
        row.fail("A kind is an event at once, or after a time: one of the two.")
    if kind.event_after and kind.event_after.unit not in {"minutes", "hours", "days"}:
        row.fail("The time until an event is counted in minutes, hours or days.")
    if kind.grade_floor not in GRADES:
        row.fail("The least grade is none of 1 to 5.")
    return kind


def _red_flag(row: Row) -> RedFlag:
    flag = RedFlag(
        sign=row.text("sign"), action=row.text("action", ""), origin=row.provenance()
    )
    row.finish()
    return flag


def load_grades(
    rows: Sequence[Row], sources: Mapping[str, Source]
) -> tuple[Grade, ...]:
    """All grades, mildest first."""
    return tuple(_grade(row) for row in rows)


def _grade(row: Row) -> Grade:
    grade = Grade(
        key=row.key,
        name=row.text("name"),
        sentence=row.text("sentence"),
        origin=row.provenance(),
    )
    row.finish()
    if row.key not in {str(number) for number in GRADES}:
        row.fail("A grade is one of 1 to 5.")
    return grade
