"""The rows of aftercare, healing and topicals (CLINICAL 5.2 to 5.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clinic.rules.findings import Verdict
from clinic.rules.sourced import Measure, Note, Provenance, Row, Source, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """What to leave alone and how long, counted from the end of the session.

    `lasts_dark` is for phototypes V and VI, `least` the shortest published;
    `only_with` names the topical it belongs to.
    """

    key: str
    name: str
    lasts: Measure
    lasts_dark: Measure | None
    least: Measure | None
    until: str
    after: str
    only_with: str
    note: Note | None
    origin: Provenance


def load_aftercare(
    rows: Sequence[Row], sources: Mapping[str, Source]
) -> tuple[Instruction, ...]:
    """All instructions, in the order of the sheet."""
    return tuple(_instruction(row) for row in rows)


def _instruction(row: Row) -> Instruction:
    instruction = Instruction(
        key=row.key,
        name=row.text("name"),
        lasts=row.measure("lasts"),
        lasts_dark=row.measure_or_none("lasts_dark"),
        least=row.measure_or_none("least"),
        until=row.text("until"),
        after=row.text("after", ""),
        only_with=row.text("only_with", ""),
        note=row.note_or_none("note"),
        origin=row.provenance(),
    )
    row.finish()
    return instruction


class HealingKind(StrEnum):
    """A phase, the first fair photo, or a measured duration."""

    PHASE = "phase"
    PHOTO = "photo"
    FACT = "fact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Healing:
    """One phase or fact of healing; phases count from the session."""

    key: str
    name: str
    kind: HealingKind
    starts: Measure | None
    ends: Measure | None
    measured: Span | None
    sentence: str
    note: Note | None
    origin: Provenance


def load_healing(
    rows: Sequence[Row], sources: Mapping[str, Source]
) -> tuple[Healing, ...]:
    """All phases and facts, earliest phase first."""
    return tuple(_healing(row) for row in rows)


def _healing(row: Row) -> Healing:
    healing = Healing(
        key=row.key,
        name=row.text("name"),
        kind=row.choice("kind", HealingKind),
        starts=row.measure_or_none("starts"),
        ends=row.measure_or_none("ends"),
        measured=row.span_or_none("measured"),
        sentence=row.text("sentence"),
        note=row.note_or_none("note"),
        origin=row.provenance(),
    )
    row.finish()
    if (healing.kind is HealingKind.FACT) != (healing.measured is not None):
        row.fail("A fact, and only a fact, is a measured duration.")
    if (healing.kind is not HealingKind.FACT) != (healing.starts is not None):
        row.fail("A phase or photo says when it starts.")
    return healing


@dataclass(frozen=True, slots=True, kw_only=True)
class Topical:
    """A product on needled skin; `restart` is when a paused one begins again."""

    key: str
    name: str
    stance: Verdict
    medical: bool
    sentence: str
    restart: Measure | None
    evidence: Note | None
    origin: Provenance


def load_topicals(
    rows: Sequence[Row], sources: Mapping[str, Source]
) -> tuple[Topical, ...]:
    """All topicals the book has a stance on."""
    return tuple(_topical(row) for row in rows)


def _topical(row: Row) -> Topical:
    topical = Topical(
        key=row.key,
        name=row.text("name"),
        stance=row.choice("stance", Verdict),
        medical=row.flag("medical"),
        sentence=row.text("sentence"),
        restart=row.measure_or_none("restart"),
        evidence=row.note_or_none("evidence"),
        origin=row.provenance(),
    )
    row.finish()
    return topical
