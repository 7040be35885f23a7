"""Shipped protocols: a condition, a device kind, zones, and what follows by rule.

A row states what is chosen; depth per zone, gaps, sessions and scales follow from
zone, condition and interval rule (DESIGN 6), so a change there is a change here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from clinic.rules import intervals
from clinic.rules import scales as scales_of_book
from clinic.rules.book import RuleBook
from clinic.rules.protocol_rows import Endpoint, Protocol
from clinic.rules.typical import DepthRange, zone_depth
from clinic.rules.waiting import Gap
from clinic.rules.zones import Area, Group

__all__ = [
    "AreaDepth",
    "Endpoint",
    "Gap",
    "Protocol",
    "depths",
    "evidence",
    "gap",
    "scales",
    "sessions",
    "sources_of",
    "zone_depth",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaDepth:
    """One area of a protocol; without a depth the practitioner chooses."""

    area: Area
    depth: DepthRange | None


def depths(
    book: RuleBook, protocol: Protocol, *, zones: Sequence[str] = ()
) -> tuple[AreaDepth, ...]:
    """Each area with its depth range in mm, in chart order.

    `zones` are the codes chosen instead of the protocol's own.
    """
    codes = zones or protocol.zones
    chosen = {area.key for code in codes for area in book.areas_of(code)}
    return tuple(
        AreaDepth(
            area=area,
            depth=zone_depth(
                book,
                zone=area.key,
                kind=protocol.kind,
                condition=protocol.condition,
            ),
        )
        for area in book.areas.values()
        if area.key in chosen
    )


def sessions(book: RuleBook, protocol: Protocol) -> int | None:
    """How many sessions: the row's, the condition's usual, or its fewest.

    None where nobody states a number: the practitioner chooses.
    """
    condition = book.conditions[protocol.condition]
    stated = protocol.sessions or condition.sessions_usual
    if stated:
        return int(stated.value)
    return int(condition.sessions.low) if condition.sessions else None


def gap(book: RuleBook, protocol: Protocol) -> Gap:
    """Smallest, preferred and greatest days between sessions.

    The row's own range, else the condition's, else what the interval rule lets
    pass without a warning. Where no usual gap is stated, the shortest that
    passes without a warning is preferred. Raises ValueError where nothing at
    all limits the gap.
    """
    condition = book.conditions[protocol.condition]
    rule = _interval(book, protocol)
    if protocol.gap:
        low, high = int(protocol.gap.low), int(protocol.gap.high)
    elif condition.gap_days:
        low, high = condition.gap_days
    elif rule.warn_above_days is not None:
        low, high = rule.warn_below_days, rule.warn_above_days
    else:
        raise ValueError(f"{protocol.key}: no greatest gap is stated anywhere.")
    preferred = condition.gap_preferred_days or max(low, rule.warn_below_days)
    return Gap(
        smallest_days=low,
        preferred_days=min(max(preferred, low), high),
        greatest_days=high,
    )


def _interval(book: RuleBook, protocol: Protocol) -> intervals.Interval:
    """The interval row of the protocol's deepest zone; unknown counts as deep."""
    deepest = [d.depth.high for d in depths(book, protocol) if d.depth]
    groups = {book.zone(code).group for code in protocol.zones}
    return intervals.chosen(
        book.intervals,
        scalp=groups == {Group.SCALP},
        depth_mm=max(deepest, default=None),
    )


def scales(book: RuleBook, protocol: Protocol) -> tuple[str, ...]:
    """Keys of the scales to score with, most telling first."""
    offered = scales_of_book.for_condition(protocol.condition, book=book)
    return tuple(scale.key for scale in offered if not scale.everywhere)


def evidence(book: RuleBook, protocol: Protocol) -> int:
    """1 for randomised trials to 4 for practice only."""
    return book.conditions[protocol.condition].evidence


def sources_of(book: RuleBook, protocol: Protocol) -> tuple[str, ...]:
    """Every source the protocol rests on, its condition's first."""
    notes = [s for caveat in protocol.caveats for s in caveat.sources]
    condition = book.conditions[protocol.condition].origin.sources
    return tuple(dict.fromkeys((*condition, *protocol.origin.sources, *notes)))
