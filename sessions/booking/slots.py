"""A slot as a form carries it, and the steps by which people push it about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from clinic.rules import freetime, series
from clinic.rules.freetime import DayResources, Need
from clinic.rules.series import Slot, To, Wishes, why
from sessions.booking.house import House

EARLIER, LATER = "earlier", "later"
NEAR_DAYS = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A visit that somebody put on a day and minute."""

    number: int
    day: date
    minute: int

    def text(self) -> str:
        """`2~2026-01-07~615`."""
        return f"{self.number}~{self.day.isoformat()}~{self.minute}"


def parse_pin(text: str) -> Pin | None:
    """The pin of a text, None for anything else."""
    try:
        number, day, minute = text.split("~")
        return Pin(number=int(number), day=date.fromisoformat(day), minute=int(minute))
    except ValueError:
        return None


def slot_text(slot: Slot) -> str:
    """A whole slot in one hidden field."""
    start = Pin(number=slot.number, day=slot.day, minute=slot.minute).text()
    return f"{start}~{slot.practitioner}~{slot.room}~{slot.device or 0}"


def parse_slot(text: str, house: House) -> Slot | None:
    """The slot of a text, None unless person, room and device are of the house."""
    start, _sep, rest = _after_third(text)
    pin = parse_pin(start)
    try:
        who, room, device = (int(part) for part in rest.split("~"))
    except ValueError:
        return None
    known = house.person(who) and house.room(room)
    if pin is None or not known or not 0 <= pin.minute < freetime.DAY_MINUTES:
        return None
    if (device == 0) != (not house.devices) or (device and not house.device(device)):
        return None
    return Slot(
        number=pin.number,
        day=pin.day,
        minute=pin.minute,
        practitioner=who,
        room=room,
        device=device or None,
    )


def _after_third(text: str) -> tuple[str, str, str]:
    parts = text.split("~")
    return "~".join(parts[:3]), "~", "~".join(parts[3:])


def pinned(
    slots: Sequence[Slot],
    pins: Sequence[Pin],
    *,
    wishes: Wishes,
    days: Sequence[DayResources],
) -> tuple[Slot, ...]:
    """The slots with each pin applied in turn, later ones moving along.

    A pin that is no longer free is left out.
    """
    current = tuple(slots)
    for pin in sorted(pins, key=lambda pin: pin.number):
        slot = next((one for one in current if one.number == pin.number), None)
        if slot is None or (slot.day, slot.minute) == (pin.day, pin.minute):
            continue
        preview = series.move(
            slots=current,
            number=pin.number,
            to=To(day=pin.day, minute=pin.minute),
            wishes=wishes,
            days=days,
        )
        moved = [
            one.new if one.changed else replace(one.new, why=one.old.why)
            for one in preview.moves
            if one.new is not None
        ]
        if preview.allowed and len(moved) == len(current):
            current = tuple(moved)
    return current


def step(
    slots: Sequence[Slot],
    *,
    number: int,
    way: str,
    wishes: Wishes,
    days: Sequence[DayResources],
) -> Pin | None:
    """The next free day before or after a visit's own, None when there is none."""
    index = next((i for i, s in enumerate(slots) if s.number == number), None)
    if index is None:
        return None
    slot = slots[index]
    before = slots[index - 1].day if index else wishes.previous_on
    first = wishes.start_on
    if before is not None:
        first = max(first, before + timedelta(days=wishes.smallest_days))
    ahead = [
        day
        for day in days
        if first <= day.day
        and _wished(day.day, wishes)
        and not wishes.shut_by(number, day.day, by_hand=True)
    ]
    if way == EARLIER:
        ordered = [day for day in reversed(ahead) if day.day < slot.day]
    else:
        ordered = [day for day in ahead if day.day > slot.day]
    need = need_of(wishes)
    for day in ordered:
        minute = _nearest_minute(day, need, slot.minute)
        if minute is not None:
            return Pin(number=number, day=day.day, minute=minute)
    return None


def _wished(day: date, wishes: Wishes) -> bool:
    away = any(trip.first_day <= day <= trip.last_day for trip in wishes.away)
    return not away and (not wishes.weekdays or day.weekday() in wishes.weekdays)


def need_of(wishes: Wishes) -> Need:
    """What one visit of the series needs."""
    part = wishes.part_of_day
    return Need(
        minutes=wishes.minutes,
        practitioners=tuple(one.id for one in wishes.practitioners),
        rooms=tuple(one.id for one in wishes.rooms),
        devices=tuple(one.id for one in wishes.devices),
        window=freetime.open_mask([(part.first_minute, part.end_minute)])
        if part
        else freetime.FULL_DAY,
        every_minutes=wishes.every_minutes,
    )


def _nearest_minute(day: DayResources, need: Need, wanted: int) -> int | None:
    free = list(freetime.minutes_of(freetime.day_starts(day, need).anywhere))
    return min(free, key=lambda minute: abs(minute - wanted), default=None)


def nearest(
    slot: Slot, *, after: date | None, wishes: Wishes, days: Sequence[DayResources]
) -> Pin | None:
    """The free time nearest to one that was taken, the gap before it kept."""
    first = slot.day - timedelta(days=NEAR_DAYS)
    if after is not None:
        first = max(first, after + timedelta(days=wishes.smallest_days))
    first = max(first, wishes.start_on)
    window = [
        day
        for day in days
        if first <= day.day <= slot.day + timedelta(days=NEAR_DAYS)
        and not any(a.first_day <= day.day <= a.last_day for a in wishes.away)
        and not wishes.shut_by(slot.number, day.day)
    ]
    found = freetime.nearest_free(
        window,
        replace(need_of(wishes), window=freetime.FULL_DAY),
        wanted_day=slot.day,
        wanted_minute=slot.minute,
        count=1,
    )
    if not found:
        return None
    return Pin(number=slot.number, day=found[0].day, minute=found[0].minute)


def checks_of(wishes: Wishes, slots: Sequence[Slot]) -> tuple[series.Check, ...]:
    """The lines under a series that people have pushed about."""
    return why.checks(wishes, tuple(slots))


def is_free(day: DayResources, slot: Slot, wishes: Wishes) -> bool:
    """Whether exactly this person, room and device are free at the slot's time."""
    need = Need(
        minutes=wishes.minutes,
        practitioners=(slot.practitioner,),
        rooms=(slot.room,),
        devices=(slot.device,) if slot.device else (),
    )
    free = freetime.day_starts(day, need).anywhere
    return bool(free >> (slot.minute // freetime.STEP_MINUTES) & 1)
