"""Needle lengths of rollers: which zones still wait for a roller, and for which.

A roller has one length, its zones may want two: the sheet opens one roller for each.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from decimal import Decimal

from sessions.charting.models import SessionUnit, ZoneTreatment


def lengths_opened(units: Iterable[SessionUnit]) -> frozenset[Decimal]:
    """The lengths in mm of the rollers that were opened for this session."""
    found = (one.unit.lot.needle_length_mm for one in units)
    return frozenset(length for length in found if length is not None)


def waiting(
    zones: Iterable[ZoneTreatment], *, opened: Collection[Decimal]
) -> list[ZoneTreatment]:
    """The treated zones whose length no opened roller has."""
    treated = (zone for zone in zones if not zone.is_left_out)
    return [zone for zone in treated if zone.needle_length_mm not in opened]


def waiting_for(
    length_mm: Decimal,
    zones: Iterable[ZoneTreatment],
    *,
    opened: Collection[Decimal],
) -> tuple[str, ...]:
    """The zones a roller of this length is opened for.

    Those that want it or have no length yet; where none does, every zone that
    still waits: the clinic has no other roller at hand.
    """
    left = waiting(zones, opened=opened)
    wanted = [zone for zone in left if zone.needle_length_mm in {None, length_mm}]
    return tuple(zone.zone for zone in wanted or left)


def lengths_wanted(
    zones: Iterable[ZoneTreatment], *, opened: Collection[Decimal]
) -> list[Decimal]:
    """The lengths in mm that are still to be opened, most zones first."""
    left = waiting(zones, opened=opened)
    found = Counter(z.needle_length_mm for z in left if z.needle_length_mm is not None)
    return [length for length, _count in found.most_common()]
