"""How deep is usual: ranges by zone and condition, and where to start.

DESIGN 6, "Protocol depth per zone": the condition's default range cut with the
zone's typical range. CLINICAL 2.1: a first session and phototypes V and VI
start in the lower third.
"""

from dataclasses import dataclass
from decimal import Decimal

from clinic.rules import settings
from clinic.rules.book import RuleBook
from clinic.rules.conditions import Condition
from clinic.rules.devices import Device, Kind
from clinic.rules.sourced import Measure, Span
from clinic.rules.zones import Group, Zone

CAUTIOUS_PHOTOTYPES = frozenset({5, 6})
THIRDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthRange:
    """From how shallow to how deep, in mm, why, and on whose word."""

    low: Decimal
    high: Decimal
    why: str
    sources: tuple[str, ...]
    to_confirm: bool

    @property
    def lower_third(self) -> Decimal:
        """The deep end of the lower third."""
        return self.low + (self.high - self.low) / THIRDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Where to start in a zone. `start` in mm is a setting the device has.

    It is the deep end of the lower third, snapped down; `cautious` says that
    the rule asks for it, otherwise the practitioner may go to the range's end.
    """

    start: Decimal
    range: DepthRange
    cautious: bool


def typical_range(book: RuleBook, *, zone: Zone, kind: Kind, scar: bool) -> Span | None:
    """The zone's typical range for the kind; over a scar the scar's, never a limit.

    None for a roller where no roller belongs, and for the eyelid.
    """
    own = zone.typical_pen if kind == Kind.PEN else zone.typical_roller
    if own is None or not scar:
        return own
    return scar_range(book, group=zone.group, kind=kind) or own


def scar_range(book: RuleBook, *, group: Group, kind: Kind) -> Span | None:
    """The typical range over a scar in a part of the body, if it has its own."""
    for row in book.scar_ranges:
        if row.group is group:
            return row.typical_pen if kind == Kind.PEN else row.typical_roller
    return None


def zone_depth(
    book: RuleBook,
    *,
    zone: str,
    kind: Kind,
    condition: str | None = None,
    scar: bool = False,
) -> DepthRange | None:
    """The depth range of a zone; None means the practitioner chooses.

    None as well where the zone is never needled, or not with this kind.
    """
    place = book.zone(zone)
    typical = typical_range(book, zone=place, kind=kind, scar=scar)
    if typical is None:
        return None
    if condition is None:
        return _capped(typical, cap=place.soft_max, why="the zone's typical range")
    treated = book.conditions[condition]
    low = max(typical.low, treated.depth.low)
    high = min(typical.high, treated.depth.high)
    if low <= high:
        met = DepthRange(
            low=low,
            high=high,
            why="the condition's range within the zone's typical range",
            sources=_sources(typical, treated.depth),
            to_confirm=typical.to_confirm or treated.depth.to_confirm,
        )
        return _cap(met, cap=place.soft_max) if scar else met
    return _apart(book, place=place, kind=kind, treated=treated)


def _apart(
    book: RuleBook, *, place: Zone, kind: Kind, treated: Condition
) -> DepthRange:
    over_scar = scar_range(book, group=place.group, kind=kind)
    if treated.scar and over_scar:
        return _capped(over_scar, cap=place.soft_max, why="the range over a scar")
    lower = DepthRange(
        low=treated.depth.low,
        high=treated.depth.low,
        why="the condition's shallowest depth",
        sources=treated.depth.sources,
        to_confirm=treated.depth.to_confirm,
    )
    return _cap(lower, cap=place.soft_max)


def _capped(span: Span, *, cap: Measure, why: str) -> DepthRange:
    uncapped = DepthRange(
        low=span.low,
        high=span.high,
        why=why,
        sources=span.sources,
        to_confirm=span.to_confirm,
    )
    return _cap(uncapped, cap=cap)


def _cap(span: DepthRange, *, cap: Measure) -> DepthRange:
    if span.high <= cap.value:
        return span
    return DepthRange(
        low=min(span.low, cap.value),
        high=cap.value,
        why=f"{span.why}, ended by the zone's soft maximum",
        sources=tuple(dict.fromkeys((*span.sources, *cap.sources))),
        to_confirm=span.to_confirm or cap.to_confirm,
    )


def _sources(*spans: Span) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for span in spans for source in span.sources))


def counts_as_dark(phototype: int | None) -> bool:
    """Whether the cautions for types V and VI hold: also while nobody recorded it."""
    return phototype is None or phototype in CAUTIOUS_PHOTOTYPES


def suggest(
    book: RuleBook,
    *,
    zone: str,
    device: Device,
    condition: str | None = None,
    scar: bool = False,
    phototype: int | None = None,
    first_session: bool = False,
) -> Suggestion | None:
    """Where to start; None where nothing is known or the device cannot do it."""
    span = zone_depth(book, zone=zone, kind=device.kind, condition=condition, scar=scar)
    if span is None:
        return None
    start = settings.snap_down(book, device=device, mm=span.lower_third)
    if start is None:
        return None
    cautious = first_session or counts_as_dark(phototype)
    return Suggestion(start=start, range=span, cautious=cautious)
