"""Chains the events that are not chained yet (DESIGN 6).

Events are written unchained, last in their transaction, so the chain never slows a
booking. Sealing takes them in the order of their ids, in batches, one sealer at a
time; an event that was committed late is sealed later, and the order of the seals is
the order of the chain.
"""

import logging
import threading
import time
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from clinic.audit import anchors, chain
from clinic.audit.models import AuditSeal

logger = logging.getLogger(__name__)
LOCK = 7_201_906_001
BATCH = 20_000
WAITING = f"""
    SELECT e.id, {chain.FACTS} FROM clinic_auditevent e
    WHERE e.id > %s
    AND NOT EXISTS (SELECT 1 FROM clinic_auditseal s WHERE s.event_id = e.id)
    ORDER BY e.id LIMIT %s
"""  # noqa: S608  a constant
LINKS = """
    INSERT INTO clinic_auditseal (event_id, previous, digest)
    SELECT event_id, previous, digest
    FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[])
    WITH ORDINALITY AS link (event_id, previous, digest, place) ORDER BY place
"""


def seal(*, now: datetime) -> int:
    """Chain every event there is, then anchor the end; how many were chained."""
    sealed, after = 0, 0
    while batch := _seal_batch(after):
        sealed += len(batch)
        after = batch[-1]
    last = AuditSeal.objects.order_by("-id").first() if sealed else None
    if last is not None:
        anchors.write(
            anchors.Anchor(seal_id=last.pk, digest=bytes(last.digest), at=now)
        )
    return sealed


@transaction.atomic
def _seal_batch(after: int) -> list[int]:
    """Chain events whose id is above `after`; their ids."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        last = AuditSeal.objects.order_by("-id").first()
        digest = bytes(last.digest) if last else chain.BEGINNING
        cursor.execute(WAITING, [after, BATCH])
        ids: list[int] = []
        digests = [digest]
        for event_id, facts in cursor.fetchall():
            digest = chain.digest(previous=digest, facts=facts)
            ids.append(event_id)
            digests.append(digest)
        if ids:
            cursor.execute(LINKS, [ids, digests[:-1], digests[1:]])
    return ids


class Rhythm:
    """Seals in the background of a serving process, at most every so many seconds."""

    def __init__(self, *, every_s: float) -> None:
        self.every_s = every_s
        self._next_at = time.monotonic() + every_s
        self._lock = threading.Lock()

    def beat(self) -> None:
        """Called at each request; starts a thread when it is time."""
        with self._lock:
            if time.monotonic() < self._next_at:
                return
            self._next_at = time.monotonic() + self.every_s
        threading.Thread(target=seal_quietly, name="audit-sealer", daemon=True).start()


def seal_quietly() -> None:
    """Seal; what goes wrong is logged and tried again at the next time."""
    try:
        seal(now=timezone.now())
    except (DatabaseError, InterfaceError, OSError):
        logger.exception("The audit log was not sealed; it will be tried again.")
    finally:
        connection.close()


RHYTHM = Rhythm(every_s=settings.AUDIT_SEAL_EVERY_SECONDS)
