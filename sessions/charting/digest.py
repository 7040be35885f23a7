"""The fingerprint of a record: what was signed, as one sha256.

It is printed on the record, stored at signing and named in the audit log; the same
rows always give the same digest, any changed value another one.

A version says what a fingerprint covers. It is kept beside the fingerprint, so a
record is always checked the way it was signed: who adds to the shape adds a version
and leaves the old one. A version that this program does not know cannot be checked,
and is shown as that, never as an alteration.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Model

from sessions.charting.models import TreatmentSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which columns of the session and of its parts a fingerprint covers."""

    session: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]


# Spelled out, though a tap keeps nearly the same columns (actions/state.py): what was
# signed stays checked by the columns of its version, whatever a tap keeps later.
FIRST = Shape(
    session=(
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
        "device_checked",
        "model_key",
        "screening_id",
        "consent_id",
        "copied_from_id",
        "started_at",
        "skin_clear_at",
        "skin_clear_by_id",
        "reaction",
        "pain",
        "tolerance",
        "note",
        "aftercare_given",
        "exposure_incident",
        "signed_at",
        "signed_by_id",
        "signed_findings",
        "signed_printed",
        "book_revision",
    ),
    parts={
        "zones": (
            "zone",
            "depth_setting_mm",
            "needle_length_mm",
            "passes",
            "endpoint",
            "is_scar",
            "is_left_out",
            "planned_mm",
            "previous_mm",
            "previous_passes",
            "reason",
            "note",
            "findings",
        ),
        "units": ("unit_id", "is_discarded", "taken_at"),
        "topicals": (
            "kind",
            "topical_key",
            "product",
            "lot_id",
            "strength_percent",
            "grams",
            "on_at",
            "off_at",
            "is_occluded",
            "is_sterile",
            "for_needled_skin",
            "confirmed",
            "findings",
            "signoff_reason",
            "signoff_by_id",
            "signoff_at",
        ),
        "ticks": ("item", "at", "by_id"),
        "depth_overrides": (
            "zone",
            "code",
            "mm",
            "sentence",
            "reason",
            "by_id",
            "at",
        ),
    },
)
SHAPES = {1: FIRST}
LATEST = max(SHAPES)
PARTS = tuple(SHAPES[LATEST].parts)


class Seal(StrEnum):
    """Whether the rows still say what was signed."""

    OPEN = "open"
    UNBROKEN = "unbroken"
    BROKEN = "broken"
    UNKNOWN = "unknown"


def seal_of(session: TreatmentSession, *, logged: str | None) -> Seal:
    """Compare the rows with the fingerprint, and that with the audit log's.

    `logged` is the digest the log names, None when it has none of this session.
    """
    if not session.is_signed:
        return Seal.OPEN
    if session.digest_version not in SHAPES:
        return Seal.UNKNOWN
    now = digest_of(session, version=session.digest_version)
    fits = now == session.signed_digest == (logged or now)
    return Seal.UNBROKEN if fits else Seal.BROKEN


def digest_of(session: TreatmentSession, *, version: int = LATEST) -> str:
    """64 hex digits over the session and all its parts, as they stand now.

    Reads the parts through their relations: prefetch them for many sessions.
    """
    shape = SHAPES[version]
    record: dict[str, Any] = {
        "version": version,
        "session": _values(session, shape.session),
        **{
            part: _rows(getattr(session, part).all(), columns)
            for part, columns in shape.parts.items()
        },
    }
    text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(rows: Sequence[Model], columns: Sequence[str]) -> list[dict[str, str]]:
    values = [_values(row, columns) for row in rows]
    return sorted(values, key=lambda value: tuple(value.values()))


def _values(row: Model, columns: Sequence[str]) -> dict[str, str]:
    return {column: _text(getattr(row, column)) for column in columns}


def _text(value: object) -> str:
    """Moments in UTC, JSON with its keys in order, nothing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    return str(value)
