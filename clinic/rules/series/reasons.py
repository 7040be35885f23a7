"""Why a slot was taken, and what to mind about it: codes with parameters.

A page has the words and fills in the parameters (`sessions.booking.reasons`).
Parameters are plain values: names as they are passed in, days as dates, weekdays
as numbers with Monday 0, spans in days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Value = str | int | date | tuple[int, ...]


class Code(StrEnum):
    """Everything the search can say about a slot, a warning or a way out."""

    FIRST_FREE = "first-free"
    ON_TIME = "on-time"
    NEAREST_WEEKDAY = "nearest-weekday"
    NEXT_FREE = "next-free"
    CHOSEN = "chosen"
    KEPT = "kept"

    CLOSED = "closed"
    PATIENT_AWAY = "patient-away"
    PRACTITIONER_AWAY = "practitioner-away"
    PRACTITIONER_BUSY = "practitioner-busy"
    NOT_QUALIFIED = "not-qualified"
    OTHER_SESSION = "other-session"
    AROUND_OTHER = "around-other"
    NOBODY_FREE = "nobody-free"
    ROOM_TAKEN = "room-taken"
    ROOMS_TAKEN = "rooms-taken"
    DEVICE_TAKEN = "device-taken"
    DEVICES_TAKEN = "devices-taken"
    PART_FULL = "part-full"
    FULL = "full"
    NOT_BOOKABLE = "not-bookable"

    LATER = "later"
    EARLIER = "earlier"
    OTHER_PART = "other-part"
    OTHER_WEEKDAY = "other-weekday"
    INSTEAD = "instead"
    CLOSER_TOGETHER = "closer-together"

    HEALS_WHILE_AWAY = "heals-while-away"
    TOO_CLOSE = "too-close"
    SHORT_GAP = "short-gap"
    LONG_GAP = "long-gap"
    GAP_REFUSED = "gap-refused"
    NOT_FREE = "not-free"
    NOTHING_FREE = "nothing-free"
    NEXT_TOO_SOON = "next-too-soon"

    GAPS_KEPT = "gaps-kept"
    ENDS_BEFORE = "ends-before"

    ANY_TIME = "any-time"
    ANY_PRACTITIONER = "any-practitioner"
    ANY_ROOM = "any-room"
    LONGER_GAP = "longer-gap"
    AFTER_THE_EVENT = "after-the-event"
    FEWER = "fewer"
    CALENDAR_ENDS = "calendar-ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One code with its parameters; read them, do not change them."""

    code: Code
    params: Mapping[str, Value] = field(default_factory=dict, hash=False)


def reason(code: Code, **params: Value) -> Reason:
    """A reason, written short."""
    return Reason(code=code, params=params)
