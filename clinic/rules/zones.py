"""Where is needled: rule zones with their limits, and the areas that are drawn.

A zone (`FOREHEAD`) carries limits; an area (`CM-R`, right medial cheek) is what
a person taps on the chart and lies in one zone. Pen settings and roller needle
lengths stand apart and are never compared (CLINICAL 2 and 3.4, DESIGN 6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clinic.rules.sourced import Measure, Note, Provenance, Row, Source, Span


class Group(StrEnum):
    """The part of the body a zone belongs to."""

    FACE = "face"
    NECK = "neck"
    BODY = "body"
    SCALP = "scalp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a published depth chart says, for thin or thick skin if it says which."""

    skin: str
    depth: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Limits of one zone; every depth in mm.

    `soft_max` and `hard_max` are pen settings; `hard_max` also ends roller
    needle lengths. No `typical_roller` where no roller belongs.
    """

    key: str
    name: str
    group: Group
    never: bool
    bony: bool
    typical_pen: Span | None
    typical_roller: Span | None
    soft_max: Measure
    hard_max: Measure
    published: tuple[Chart, ...]
    note: Note | None
    origin: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area of the chart: its code on paper, its name on screen, its zone."""

    key: str
    code: str
    name: str
    zone: str
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScarRange:
    """What a scar changes in the zones of one group: the typical range only."""

    key: str
    name: str
    group: Group
    typical_pen: Span
    typical_roller: Span
    published: tuple[Chart, ...]


def load(rows: Sequence[Row], sources: Mapping[str, Source]) -> tuple[Zone, ...]:
    """All zones, in chart order from forehead to trunk."""
    return tuple(_zone(row) for row in rows)


def _zone(row: Row) -> Zone:
    zone = Zone(
        key=row.key,
        name=row.text("name"),
        group=row.choice("group", Group),
        never=row.flag("never"),
        bony=row.flag("bony"),
        typical_pen=row.span_or_none("typical_pen"),
        typical_roller=row.span_or_none("typical_roller"),
        soft_max=row.measure("soft_max"),
        hard_max=row.measure("hard_max"),
        published=tuple(_published(inner) for inner in row.rows("published")),
        note=row.note_or_none("note"),
        origin=row.provenance(),
    )
    row.finish()
    if zone.soft_max.value > zone.hard_max.value:
        row.fail("The soft maximum lies above the hard maximum.")
    for typical in (zone.typical_pen, zone.typical_roller):
        if typical and typical.high > zone.hard_max.value:
            row.fail("A typical range reaches above the hard maximum.")
    return zone


def _published(row: Row) -> Chart:
    chart = Chart(skin=row.text("skin", ""), depth=row.span("depth"))
    row.finish()
    return chart


def load_scar_ranges(
    rows: Sequence[Row], sources: Mapping[str, Source]
) -> tuple[ScarRange, ...]:
    """The ranges that replace a zone's typical range over a scar."""
    return tuple(_scar_range(row) for row in rows)


def _scar_range(row: Row) -> ScarRange:
    scar_range = ScarRange(
        key=row.key,
        name=row.text("name"),
        group=row.choice("group", Group),
        typical_pen=row.span("typical_pen"),
        typical_roller=row.span("typical_roller"),
        published=tuple(_published(inner) for inner in row.rows("published")),
    )
    row.finish()
    return scar_range


SIDES = {"R": "right", "L": "left"}


def load_areas(rows: Sequence[Row], sources: Mapping[str, Source]) -> tuple[Area, ...]:
    """All areas of the chart; a paired one gives its right, then its left."""
    return tuple(area for row in rows for area in _areas(row))


def _areas(row: Row) -> tuple[Area, ...]:
    name, zone = row.text("name"), row.text("zone")
    paired = row.flag("paired")
    row.finish()
    if not paired:
        return (Area(key=row.key, code=row.key, name=name, zone=zone, side=""),)
    lower = name[0].lower() + name[1:]
    return tuple(
        Area(
            key=f"{row.key}-{letter}",
            code=row.key,
            name=f"{side.capitalize()} {lower}",
            zone=zone,
            side=side,
        )
        for letter, side in SIDES.items()
    )


def covers(
    zones: Mapping[str, Zone], areas: Mapping[str, Area]
) -> dict[str, tuple[Area, ...]]:
    """The areas each code stands for: zone, pair or single area."""
    codes = [*zones, *(a.code for a in areas.values()), *areas]
    return {
        code: tuple(a for a in areas.values() if code in (a.key, a.code, a.zone))
        for code in codes
    }
