"""Protocols as pages show them, with what the rule book says behind them."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinic.rules import scales
from clinic.rules.book import load_book
from clinic.rules.conditions import EVIDENCE
from sessions.plans import queries
from sessions.plans.models import Protocol, ProtocolZone

MEMORY = "memory"  # the pseudo-source of status M


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The protocols of one condition."""

    name: str
    protocols: Sequence[Protocol]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneLine:
    """One zone of a protocol by its name."""

    name: str
    zone: ProtocolZone


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One version of a protocol, whole."""

    protocol: Protocol
    condition: str
    zones: tuple[ZoneLine, ...]
    evidence: str
    to_confirm: bool
    instruments: tuple[str, ...]
    scales: tuple[str, ...]
    versions: tuple[Protocol, ...]


def protocols_by_condition() -> list[Group]:
    """All protocols, grouped in the order of the conditions' names."""
    book = load_book()
    found: dict[str, list[Protocol]] = {}
    for protocol in queries.all_protocols():
        known = book.conditions.get(protocol.condition_kind)
        name = known.name if known else protocol.condition_kind
        found.setdefault(name, []).append(protocol)
    return [Group(name=name, protocols=rows) for name, rows in sorted(found.items())]


def sheet_of(key: int) -> Sheet | None:
    """A protocol with its other versions; None when there is no such version."""
    protocol = queries.all_protocols().filter(pk=key).first()
    if protocol is None:
        return None
    book = load_book()
    known = book.conditions.get(protocol.condition_kind)
    versions = queries.all_protocols().filter(name=protocol.name)
    return Sheet(
        protocol=protocol,
        condition=known.name if known else protocol.condition_kind,
        zones=tuple(
            ZoneLine(name=_zone_name(zone.zone), zone=zone)
            for zone in protocol.zones.all()
        ),
        evidence=EVIDENCE.get(protocol.evidence or 0, ""),
        to_confirm=MEMORY in protocol.sources,
        instruments=known.instruments if known else (),
        scales=tuple(scale_name(key) for key in protocol.scales),
        versions=tuple(versions),
    )


def scale_name(key: str) -> str:
    """The short name of a scale; a key that the book does not know as it is."""
    known = {scale.key: scale.short for scale in scales.all_scales(book=load_book())}
    return known.get(key, key)


def _zone_name(code: str) -> str:
    area = load_book().areas.get(code)
    return area.name if area else code
