"""The rows of the session checklist and of topical anaesthetics (CLINICAL 5.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clinic.rules.sourced import Measure, Note, Provenance, Row, Source, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a session, and what the record keeps of it."""

    key: str
    text: str
    store: str
    origin: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Anaesthetic:
    """A topical anaesthetic: its strength, minutes on the skin, and occlusion.

    `occlusion` says that its time is meant under a cover.
    """

    key: str
    name: str
    percent: Measure | None
    wait: Span
    occlusion: bool
    note: Note | None
    origin: Provenance


def load_checklist(
    rows: Sequence[Row], sources: Mapping[str, Source]
) -> tuple[Step, ...]:
    """All steps in order."""
    return tuple(_step(row) for row in rows)


def _step(row: Row) -> Step:
    step = Step(
        key=row.key,
        text=row.text("text"),
        store=row.text("store", ""),
        origin=row.provenance(),
    )
    row.finish()
    return step


def load_anaesthetics(
    rows: Sequence[Row], sources: Mapping[str, Source]
) -> tuple[Anaesthetic, ...]:
    """All anaesthetics the book knows."""
    return tuple(_anaesthetic(row) for row in rows)


def _anaesthetic(row: Row) -> Anaesthetic:
    anaesthetic = Anaesthetic(
        key=row.key,
        name=row.text("name"),
        percent=row.measure_or_none("percent"),
        wait=row.span("wait"),
        occlusion=row.flag("occlusion"),
        note=row.note_or_none("note"),
        origin=row.provenance(),
    )
    row.finish()
    if anaesthetic.wait.unit != "minutes":
        row.fail("The time on the skin is counted in minutes.")
    return anaesthetic
