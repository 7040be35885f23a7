"""The fingerprint of a record: what was signed, as one sha256.

It is printed on the record and stored at signing; the same rows always give the
same digest, any changed value another one.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from sessions.charting.models import TreatmentSession

SESSION_FIELDS = (
    "visit_id",
    "patient_id",
    "plan_id",
    "planned_session_id",
    "condition_id",
    "practitioner_id",
    "site_id",
    "performed_on",
    "device_kind",
    "device_id",
    "model_key",
    "screening_id",
    "consent_id",
    "started_at",
    "skin_clear_at",
    "skin_clear_by_id",
    "reaction",
    "pain",
    "tolerance",
    "note",
    "aftercare_given",
    "exposure_incident",
    "book_revision",
)
PARTS: dict[str, tuple[str, ...]] = {
    "zones": (
        "zone",
        "depth_setting_mm",
        "needle_length_mm",
        "passes",
        "endpoint",
        "is_scar",
        "is_left_out",
        "reason",
        "note",
    ),
    "units": ("unit_id", "is_discarded"),
    "topicals": (
        "kind",
        "product",
        "lot_id",
        "strength_percent",
        "grams",
        "on_at",
        "off_at",
        "is_occluded",
    ),
    "ticks": ("item",),
    "depth_overrides": ("zone", "code", "mm", "reason", "by_id"),
}


def digest_of(session: TreatmentSession) -> str:
    """64 hex digits over the session and all its parts, as they stand now.

    Reads the parts through their relations: prefetch them for many sessions.
    """
    record: dict[str, Any] = {
        "session": _values(session, SESSION_FIELDS),
        **{
            part: _rows(getattr(session, part).all(), fields)
            for part, fields in PARTS.items()
        },
    }
    text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(rows: Sequence[Model], fields: Sequence[str]) -> list[dict[str, str]]:
    values = [_values(row, fields) for row in rows]
    return sorted(values, key=lambda value: tuple(value.values()))


def _values(row: Model, fields: Sequence[str]) -> dict[str, str]:
    return {field: _text(getattr(row, field)) for field in fields}


def _text(value: object) -> str:
    """Moments in UTC, lists in their order, nothing as an empty text."""
    if value is None:
        return ""
    if hasattr(value, "timestamp"):
        return f"{value.timestamp():.6f}"
    return str(value)
