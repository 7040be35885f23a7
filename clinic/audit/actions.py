"""Writing to the audit log.

Call `record` as the last statement of the transaction that makes the change:
the log and the change stand or fall together, and the lock is held shortest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection

from clinic.audit import context
from clinic.audit.models import AuditEvent

Detail = str | int | bool | None | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event: names of fields may stand in `details`, their values never."""

    action: str
    patient_id: int | None = None
    object_kind: str = ""
    object_id: int | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)


def record(
    *,
    by: AbstractBaseUser | None,
    now: datetime,
    action: str,
    patient_id: int | None = None,
    object_kind: str = "",
    object_id: int | None = None,
    **details: Detail,
) -> None:
    """Append one event. `by` is None for a command run on the server."""
    entry = Entry(
        action=action,
        patient_id=patient_id,
        object_kind=object_kind,
        object_id=object_id,
        details=details,
    )
    record_many(by=by, now=now, entries=[entry])


def record_many(
    *, by: AbstractBaseUser | None, now: datetime, entries: Iterable[Entry]
) -> None:
    """Append several events in one statement."""
    origin = context.current()
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                at=now,
                actor_id=by.pk if by is not None else None,
                action=entry.action,
                patient_id=entry.patient_id,
                object_kind=entry.object_kind,
                object_id=entry.object_id,
                details=dict(entry.details),
                address=origin.address,
                request_id=origin.request_id,
                source=origin.source,
            )
            for entry in entries
        ],
        batch_size=1000,
    )


_RECORD_SAME = """
INSERT INTO clinic_auditevent (at, actor_id, action, patient_id, object_kind,
    object_id, details, address, request_id, source)
SELECT %(at)s, %(actor)s, %(action)s, patient_id, %(object_kind)s, %(object_id)s,
    '{}', %(address)s, %(request_id)s, %(source)s
FROM unnest(%(patients)s::bigint[]) AS patient_id
"""


def record_same(
    *,
    by: AbstractBaseUser | None,
    now: datetime,
    action: str,
    patient_ids: Iterable[int],
    object_kind: str = "",
    object_id: int | None = None,
) -> None:
    """Append the same event for many patients: an import of thousands of people."""
    origin = context.current()
    values = {
        "at": now,
        "actor": by.pk if by is not None else None,
        "action": action,
        "object_kind": object_kind,
        "object_id": object_id,
        "address": origin.address,
        "request_id": origin.request_id,
        "source": origin.source,
        "patients": list(patient_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD_SAME, values)
