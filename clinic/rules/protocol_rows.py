"""The rows of shipped protocols: what is chosen, not what follows (DESIGN 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clinic.rules.devices import Kind
from clinic.rules.sourced import Measure, Note, Provenance, Row, Source, Span


class Endpoint(StrEnum):
    """What the skin shows when a zone is done (CLINICAL 5.1, step 10)."""

    LIGHT_ERYTHEMA = "light_erythema"
    EVEN_ERYTHEMA = "even_erythema"
    PINPOINT_BLEEDING = "pinpoint_bleeding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """What a row states; `None` follows from the condition. Zones are chart codes."""

    key: str
    name: str
    condition: str
    kind: Kind
    zones: tuple[str, ...]
    passes: Span | None
    endpoint: Endpoint
    sessions: Measure | None
    gap: Span | None
    caveats: tuple[Note, ...]
    origin: Provenance


def load(rows: Sequence[Row], sources: Mapping[str, Source]) -> tuple[Protocol, ...]:
    """All shipped protocols."""
    return tuple(_protocol(row) for row in rows)


def _protocol(row: Row) -> Protocol:
    protocol = Protocol(
        key=row.key,
        name=row.text("name"),
        condition=row.text("condition"),
        kind=row.choice("kind", Kind),
        zones=row.texts("zones"),
        passes=row.span_or_none("passes"),
        endpoint=row.choice("endpoint", Endpoint),
        sessions=row.measure_or_none("sessions"),
        gap=row.span_or_none("gap"),
        caveats=tuple(_caveat(inner) for inner in row.rows("caveats")),
        origin=row.provenance(),
    )
    row.finish()
    if protocol.gap and protocol.gap.unit != "days":
        row.fail("A gap of a protocol is counted in days.")
    return protocol


def _caveat(row: Row) -> Note:
    caveat = row.note("text")
    row.finish()
    return caveat
