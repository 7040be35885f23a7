"""What a record prints out of other tables, kept with the signature.

A patient may marry, a room be renamed, a lot number be corrected, the book change:
what was signed still reads as on its day. The values stand in the signed row and
are under its fingerprint; they are shown and never queried (DESIGN 3.7).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedUnit:
    """A cartridge or roller as it was opened. The length is of rollers only."""

    lot: str
    serial: str
    expires_on: date
    needle_count: int | None
    needle_length_mm: Decimal | None
    is_discarded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """Something put on the skin. `dose_mg` is of the drug, where both are known."""

    kind: str
    product: str
    lot: str
    on_at: datetime | None
    off_at: datetime | None
    dose_mg: Decimal | None
    is_occluded: bool | None
    is_sterile: bool | None
    for_needled_skin: bool | None
    signed_off_by: str
    signoff_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A named person's written reason; `zone` and `mm` where it is about a depth."""

    code: str
    zone: str
    mm: Decimal | None
    sentence: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """Who treated before, who from then on, and why."""

    before: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is to be left alone; `until_at` where hours count."""

    sentence: str
    until: date
    until_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One phase of healing; the first fair photo has no end."""

    name: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """Names, kit, reasons and advice of one record. Nothing known is an empty text."""

    clinic: str
    site: str
    room: str
    patient: str
    born_on: date | None
    phototype: str
    condition: str
    number: int | None
    of_sessions: int | None
    practitioner: str
    taken_over: tuple[TakenOver, ...]
    cleared_by: str
    screening: str
    screened_at: datetime | None
    consent_at: datetime | None
    against_on: date | None
    device: str
    device_serial: str
    units: tuple[UsedUnit, ...]
    products: tuple[Applied, ...]
    reasons: tuple[Written, ...]
    advice: tuple[Advice, ...]
    healing: tuple[Stage, ...]
    next_at: datetime | None
    signed_by: str


def plain(value: object) -> Any:
    """The same in plain values for a JSON column: moments in UTC, figures as text."""
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read(shape: type[Shape], values: Mapping[str, Any]) -> Shape:
    """What `plain` made of a dataclass, back again. Raises KeyError when one lacks."""
    hints = get_type_hints(shape)
    return shape(**{name: _value(hint, values[name]) for name, hint in hints.items()})


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], one) for one in value)
    kind = next((one for one in get_args(hint) if one is not NoneType), hint)
    if isinstance(kind, type) and is_dataclass(kind):
        return read(kind, value)
    if kind in {date, datetime}:
        return kind.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value
