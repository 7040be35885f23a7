"""Needling devices: kind, reach, grid, and what a label covers (CLINICAL 3.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from clinic.rules.sourced import Measure, Note, Provenance, Row, Source, Span


class Kind(StrEnum):
    """A pen has a depth setting, a roller a needle length; they never mix."""

    PEN = "pen"
    ROLLER = "roller"


class UsStatus(StrEnum):
    """What is known of a device's clearance in the US."""

    CLEARED = "cleared"
    NONE_SEEN = "none_seen"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """How deep a label was evaluated in some zones, in mm."""

    max: Measure
    zones: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """One cleared use; an empty set means the label does not limit that side."""

    use: str
    conditions: frozenset[str]
    zones: frozenset[str]
    phototypes: frozenset[int]
    min_age: Measure | None
    origin: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A model: `min`, `max` and `step` in mm, None where nobody states one.

    `lengths` holds the needle lengths a clinic owns of a roller model; empty
    means any length within the range.
    """

    key: str
    name: str
    kind: Kind
    min: Measure | None
    max: Measure | None
    step: Measure | None
    lengths: tuple[Decimal, ...] = ()
    tolerance: Measure | None = None
    needles: Span | None = None
    needle_diameter: Span | None = None
    speed: Span | None = None
    sterile_use: str = ""
    home_use: bool = False
    us_status: UsStatus = UsStatus.UNKNOWN
    evaluated: tuple[Evaluated, ...] = ()
    cleared: tuple[Cleared, ...] = ()
    note: Note | None = None
    origin: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How a session is entered for one kind: passes, chips, a step in mm."""

    kind: Kind
    passes: Span
    pass_chips: tuple[int, ...]
    fallback_step: Measure


def load(rows: Sequence[Row], sources: Mapping[str, Source]) -> tuple[Device, ...]:
    """All device models of the book."""
    return tuple(_device(row) for row in rows)


def _device(row: Row) -> Device:
    device = Device(
        key=row.key,
        name=row.text("name"),
        kind=row.choice("kind", Kind),
        min=row.measure_or_none("min"),
        max=row.measure_or_none("max"),
        step=row.measure_or_none("step"),
        tolerance=row.measure_or_none("tolerance"),
        needles=row.span_or_none("needles"),
        needle_diameter=row.span_or_none("needle_diameter"),
        speed=row.span_or_none("speed"),
        sterile_use=row.text("sterile_use"),
        home_use=row.flag("home_use"),
        us_status=row.choice("us_status", UsStatus),
        evaluated=tuple(_evaluated(inner) for inner in row.rows("evaluated")),
        cleared=tuple(_cleared(inner) for inner in row.rows("cleared")),
        note=row.note_or_none("note"),
        origin=row.provenance(),
    )
    row.finish()
    if bool(device.cleared) != (device.us_status is UsStatus.CLEARED):
        row.fail("Cleared uses and the status `cleared` go together.")
    return device


def _evaluated(row: Row) -> Evaluated:
    evaluated = Evaluated(max=row.measure("max"), zones=frozenset(row.texts("zones")))
    row.finish()
    return evaluated


def _cleared(row: Row) -> Cleared:
    cleared = Cleared(
        use=row.text("use"),
        conditions=frozenset(row.texts("conditions")),
        zones=frozenset(row.texts("zones")),
        phototypes=frozenset(row.numbers("phototypes")),
        min_age=row.measure_or_none("min_age"),
        origin=row.provenance(),
    )
    row.finish()
    return cleared


def load_entry(rows: Sequence[Row], sources: Mapping[str, Source]) -> tuple[Entry, ...]:
    """How a session is entered, one row a kind."""
    return tuple(_entry(row) for row in rows)


def _entry(row: Row) -> Entry:
    if row.key not in [kind.value for kind in Kind]:
        row.fail("The key is neither pen nor roller.")
    entry = Entry(
        kind=Kind(row.key),
        passes=row.span("passes"),
        pass_chips=row.numbers("pass_chips"),
        fallback_step=row.measure("fallback_step"),
    )
    row.finish()
    if any(chip not in entry.passes for chip in entry.pass_chips):
        row.fail("A chip lies outside the passes allowed.")
    return entry


CLINIC_ENTRY = Provenance(sources=("policy",), tier="", status="P")


def entered(
    *,
    key: str,
    name: str,
    kind: Kind,
    min_mm: Decimal | None = None,
    max_mm: Decimal,
    step_mm: Decimal | None = None,
    lengths_mm: Sequence[Decimal] = (),
    model: Device | None = None,
) -> Device:
    """A device as the clinic has entered it, with what the book knows of its model.

    The clinic's own reach and grid count; label and cleared uses come from `model`.
    """
    return Device(
        key=key,
        name=name,
        kind=kind,
        min=_entered_mm(min_mm),
        max=_entered_mm(max_mm),
        step=_entered_mm(step_mm),
        lengths=tuple(sorted(lengths_mm)),
        us_status=model.us_status if model else UsStatus.UNKNOWN,
        evaluated=model.evaluated if model else (),
        cleared=model.cleared if model else (),
        origin=CLINIC_ENTRY,
    )


def _entered_mm(value: Decimal | None) -> Measure | None:
    if value is None:
        return None
    return Measure(value=value, unit="mm", sources=("policy",), tier="", status="P")
