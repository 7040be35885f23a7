"""How deep each session of a plan is meant to go (DESIGN 6, CLINICAL 2.1).

The first session starts in the lower third of the protocol's range; later ones go
up step by step, to its top; for phototypes V and VI, and while none is recorded,
only to its middle. Every value is a setting of the device, and none lies beyond
the range.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from clinic.rules import settings
from clinic.rules.book import RuleBook
from clinic.rules.devices import Device, Kind
from clinic.rules.typical import THIRDS, counts_as_dark
from sessions.plans.models import ProtocolZone

Range = tuple[Decimal, Decimal]
FALLBACK = {Kind.PEN: "DERMAPEN_4", Kind.ROLLER: "MEDICAL_ROLLER"}


def deepest_range(zones: Iterable[ProtocolZone]) -> Range | None:
    """The range of the deepest zone in mm; None: the practitioner chooses."""
    ranges = [
        (zone.low_mm, zone.high_mm)
        for zone in zones
        if zone.low_mm is not None and zone.high_mm is not None
    ]
    return max(ranges, key=lambda one: (one[1], one[0]), default=None)


def device_for(book: RuleBook, *, kind: str, model_keys: Sequence[str]) -> Device:
    """The model whose grid counts: the site's first of the kind, else a usual one."""
    for key in model_keys:
        found = book.devices.get(key)
        if found is not None and found.kind == kind:
            return found
    return book.devices[FALLBACK[Kind(kind)]]


def reach(span: Range, *, phototype: int | None) -> Range:
    """From the first session's depth to the last one's, in mm, by the protocol."""
    low, high = span
    start = low + (high - low) / THIRDS
    top = (low + high) / 2 if counts_as_dark(phototype) else high
    return start, max(top, start)


def depths(
    book: RuleBook,
    *,
    span: Range | None,
    sessions: int,
    device: Device,
    phototype: int | None,
    most_mm: Decimal | None = None,
) -> tuple[Decimal | None, ...]:
    """One planned setting in mm per session, shallowest first.

    `most_mm` is as deep as the practitioner's qualification goes.
    """
    if span is None:
        return (None,) * sessions
    low, high = span
    start, top = reach(span, phototype=phototype)
    if most_mm is not None:
        high, top, start = (max(min(mm, most_mm), low) for mm in (high, top, start))
    steps = max(sessions - 1, 1)
    wanted = (start + (top - start) * number / steps for number in range(sessions))
    return tuple(_set(book, device, mm, low=low, high=high) for mm in wanted)


def _set(
    book: RuleBook, device: Device, mm: Decimal, *, low: Decimal, high: Decimal
) -> Decimal | None:
    """The device's setting at or below `mm`; its shallowest within the range else.

    None when the device has no setting in the range at all.
    """
    snapped = settings.snap_down(book, device=device, mm=mm)
    if snapped is not None and snapped >= low:
        return snapped
    within = [step for step in settings.steps(device) if low <= step <= high]
    return min(within, default=snapped)
