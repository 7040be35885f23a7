"""Reads the chain from its beginning and names the first row that does not fit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from clinic.audit import anchors, chain
from clinic.audit.models import AuditEvent

ROWS_AT_ONCE = 5_000
SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
QUERY = f"""
    SELECT s.id, s.event_id, s.previous, s.digest, e.id, {chain.FACTS}
    FROM clinic_auditseal s LEFT JOIN clinic_auditevent e ON e.id = s.event_id
    ORDER BY s.id
"""  # noqa: S608  a constant


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first row that does not fit, and why."""

    seal_id: int
    event_id: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What the reading found: chained and fitting, waiting, anchors that agree."""

    sealed: int
    unsealed: int
    anchored: int
    broken: Broken | None


def verify() -> Verification:
    """Read the whole chain in one snapshot; memory stays flat."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute(SNAPSHOT)
            cursor.execute("SET LOCAL statement_timeout = 0")
        wanted = {anchor.seal_id: anchor for anchor in anchors.read()}
        total = len(wanted)
        sealed, broken = _walk(wanted)
        if broken is None and wanted:
            missing = min(wanted)
            broken = Broken(
                seal_id=missing,
                event_id=None,
                why=f"an anchor of {wanted[missing].at:%Y-%m-%d %H:%M} names this "
                "seal, but it is gone: the end of the log was cut off",
            )
        unsealed = AuditEvent.objects.filter(seal__isnull=True).count()
    return Verification(
        sealed=sealed, unsealed=unsealed, anchored=total - len(wanted), broken=broken
    )


def _walk(wanted: dict[int, anchors.Anchor]) -> tuple[int, Broken | None]:
    """Follow the links; takes each anchor that agrees out of `wanted`."""
    previous, count = chain.BEGINNING, 0
    for seal_id, event_id, before, link, found_id, facts in _rows():
        why, digest = "", bytes(link)
        if bytes(before) != previous:
            why = "it does not follow the one before it: something is out or was moved"
        elif found_id is None:
            why = "its event is gone"
        elif chain.digest(previous=previous, facts=facts) != digest:
            why = "its event was changed"
        elif seal_id in wanted and wanted[seal_id].digest != digest:
            why = "its digest is not the one its anchor has: the chain was rewritten"
        if why:
            return count, Broken(seal_id=seal_id, event_id=event_id, why=why)
        wanted.pop(seal_id, None)
        previous, count = digest, count + 1
    return count, None


def _rows() -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(QUERY)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows
