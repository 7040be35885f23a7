"""Why a slot was taken, and what to mind about it: codes with parameters.

A page translates by the code's sentence and fills in the parameters; English
is given here. Parameters are plain values: names as they are passed in, days
as dates, weekdays as numbers with Monday 0, spans in days.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Value = str | int | date | tuple[int, ...]

WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


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


SENTENCES: Mapping[Code, str] = {
    Code.FIRST_FREE: "first free %(when)s",
    Code.ON_TIME: "%(days)s after session %(number)s",
    Code.NEAREST_WEEKDAY: "the %(weekdays)s nearest to %(days)s",
    Code.NEXT_FREE: "next free %(when)s",
    Code.CHOSEN: "chosen by hand",
    Code.KEPT: "stays as it was",
    Code.CLOSED: "%(day)s is closed",
    Code.PATIENT_AWAY: "away on %(day)s",
    Code.PRACTITIONER_AWAY: "%(name)s is away",
    Code.PRACTITIONER_BUSY: "%(name)s is busy",
    Code.NOT_QUALIFIED: "%(name)s is not qualified for it on %(day)s",
    Code.OTHER_SESSION: "%(day)s is too near the session on %(other)s",
    Code.AROUND_OTHER: "keeps its distance from the session on %(other)s",
    Code.NOBODY_FREE: "nobody is free on %(day)s",
    Code.ROOM_TAKEN: "%(name)s is taken",
    Code.ROOMS_TAKEN: "every room is taken on %(day)s",
    Code.DEVICE_TAKEN: "%(name)s is taken",
    Code.DEVICES_TAKEN: "every device is taken on %(day)s",
    Code.PART_FULL: "the %(part)s of %(day)s is full",
    Code.FULL: "%(day)s is full",
    Code.NOT_BOOKABLE: "%(day)s cannot be booked yet",
    Code.LATER: "%(days)s later",
    Code.EARLIER: "%(days)s earlier",
    Code.OTHER_PART: "no %(when)s free, another time of day",
    Code.OTHER_WEEKDAY: "no %(weekdays)s free, %(weekday)s instead",
    Code.INSTEAD: "with %(name)s",
    Code.CLOSER_TOGETHER: "%(days)s apart, not %(limit)s, to be ready for %(event)s",
    Code.HEALS_WHILE_AWAY: "%(label)s in healing time",
    Code.TOO_CLOSE: "only %(days)s before %(event)s",
    Code.SHORT_GAP: "%(days)s after the session before, under %(limit)s",
    Code.LONG_GAP: "%(days)s after the session before, over %(limit)s",
    Code.GAP_REFUSED: "%(days)s after the session before, at least %(limit)s needed",
    Code.NOT_FREE: "%(day)s is not free at that time",
    Code.NOTHING_FREE: "nothing is free for session %(number)s from %(day)s on",
    Code.NEXT_TOO_SOON: "session %(number)s on %(day)s would come too soon after it",
    Code.GAPS_KEPT: "every gap is %(days)s or more",
    Code.ENDS_BEFORE: "ends %(days)s before %(event)s",
    Code.ANY_TIME: "any day of the week and time of day",
    Code.ANY_PRACTITIONER: "any practitioner",
    Code.ANY_ROOM: "any room",
    Code.LONGER_GAP: "gaps of up to %(days)s",
    Code.AFTER_THE_EVENT: "ending after %(event)s, on %(day)s",
    Code.FEWER: "%(number)s of the %(wanted)s sessions",
    Code.CALENDAR_ENDS: "a calendar that is open beyond %(day)s",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One code with its parameters; read them, do not change them."""

    code: Code
    params: Mapping[str, Value] = field(default_factory=dict, hash=False)


def reason(code: Code, **params: Value) -> Reason:
    """A reason, written short."""
    return Reason(code=code, params=params)


def describe(why: Reason) -> str:
    """One reason in plain English, starting in lower case where it can.

    Wished weekdays and the part of day together read as `when`.
    """
    words = {name: _word(name, value) for name, value in why.params.items()}
    wished = filter(None, (words.get("weekdays", ""), words.get("part", "")))
    return SENTENCES[why.code] % {"when": " ".join(wished) or "day", **words}


def describe_all(reasons: Iterable[Reason]) -> str:
    """Several reasons as one line: "31 December is closed, one week later"."""
    line = ", ".join(describe(why) for why in reasons)
    return line[:1].upper() + line[1:]


def _word(name: str, value: Value) -> str:
    if isinstance(value, date):
        return f"{value.day} {value:%B}"
    if isinstance(value, tuple):
        return " or ".join(WEEKDAYS[weekday] for weekday in value)
    if name == "weekday":
        return WEEKDAYS[int(value)]
    if name in {"days", "limit"}:
        return span(int(value))
    return str(value)


def span(days: int) -> str:
    """Days in words: "one week", "6 weeks", "45 days"."""
    if days == 1:
        return "one day"
    if days == 7:
        return "one week"
    return f"{days // 7} weeks" if days and days % 7 == 0 else f"{days} days"
