"""Writing to the audit log.

Call `record` as the last statement of the transaction that makes the change:
the log and the change stand or fall together, and the lock is held shortest.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection

from clinic.audit import context

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


# Every chart that is opened is logged: written out, for the ORM takes three times as
# long to write the statement as the database to carry it out.
_RECORD = """
INSERT INTO clinic_auditevent (at, actor_id, action, patient_id, object_kind,
    object_id, details, address, request_id, source)
SELECT %(at)s, %(actor)s, action, patient_id, object_kind, object_id, details,
    %(address)s, %(request_id)s, %(source)s
FROM jsonb_to_recordset(%(entries)s) AS entry (action text, patient_id bigint,
    object_kind text, object_id bigint, details jsonb)
"""


def record_many(
    *, by: AbstractBaseUser | None, now: datetime, entries: Iterable[Entry]
) -> None:
    """Append several events in one statement, in their order."""
    if rows := [asdict(entry) for entry in entries]:
        with connection.cursor() as cursor:
            written = {**_origin(by=by, now=now), "entries": json.dumps(rows)}
            cursor.execute(_RECORD, written)


def _origin(
    *, by: AbstractBaseUser | None, now: datetime
) -> dict[str, datetime | int | str | None]:
    """Who acts, when and from where: the same for all events of one statement."""
    origin = context.current()
    return {
        "at": now,
        "actor": by.pk if by is not None else None,
        "address": origin.address,
        "request_id": origin.request_id,
        "source": origin.source,
    }


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
    values = {
        **_origin(by=by, now=now),
        "action": action,
        "object_kind": object_kind,
        "object_id": object_id,
        "patients": list(patient_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD_SAME, values)
