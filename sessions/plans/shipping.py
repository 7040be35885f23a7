"""Brings the shipped protocols into the clinic, once and unchanged."""

from datetime import datetime

from django.db import transaction

from clinic.rules import protocols
from clinic.rules.book import RuleBook
from sessions.plans.models import Protocol, ProtocolZone

# How long a visit takes is the clinic's own (P); the numbing time is that of
# liposomal lidocaine 4 %, CLINICAL 5.1 step 4 (V, S103).
VISIT_MINUTES = 45
NUMBING_MINUTES = 30


@transaction.atomic
def ensure_shipped_protocols(*, book: RuleBook, now: datetime) -> int:
    """Add each shipped protocol that the clinic does not have yet.

    Gives how many were added. A clinic's later versions are left alone.
    """
    known = set(Protocol.objects.values_list("shipped_key", flat=True))
    missing = [row for row in book.protocols.values() if row.key not in known]
    for row in missing:
        _add(book, row, now=now)
    return len(missing)


def _add(book: RuleBook, row: protocols.Protocol, *, now: datetime) -> None:
    gap = protocols.gap(book, row)
    added = Protocol.objects.create(
        shipped_key=row.key,
        name=row.name,
        condition_kind=row.condition,
        device_kind=row.kind.value,
        sessions=protocols.sessions(book, row) or 1,
        gap_days=gap.preferred_days,
        gap_min_days=gap.smallest_days,
        gap_max_days=gap.greatest_days,
        session_minutes=VISIT_MINUTES,
        numbing_minutes=NUMBING_MINUTES,
        endpoint=row.endpoint.value,
        scales=list(protocols.scales(book, row)),
        evidence=protocols.evidence(book, row),
        note="\n".join(caveat.text for caveat in row.caveats),
        sources=list(protocols.sources_of(book, row)),
        approved_at=now,
    )
    ProtocolZone.objects.bulk_create(
        ProtocolZone(
            protocol=added,
            zone=place.area.key,
            low_mm=place.depth.low if place.depth and place.depth.high else None,
            high_mm=place.depth.high if place.depth and place.depth.high else None,
            passes=int(row.passes.low) if row.passes else None,
        )
        for place in protocols.depths(book, row)
    )
