"""When somebody was faster: what stays, and the nearest free time for the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clinic.rules.freetime import DayResources
from clinic.rules.series import Slot, Wishes
from sessions.booking import slots
from sessions.booking.ground import Ground
from sessions.booking.slots import Pin


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """Posted slots of which some were taken: where each is put now."""

    pins: tuple[Pin, ...] = ()
    moved: tuple[int, ...] = ()


def repair(ground: Ground, posted: Sequence[Slot]) -> Repaired:
    """Keep what is still free, put the rest on the nearest free time."""
    wishes, days = ground.wishes, ground.days
    finder_days = {day.day: day for day in days}
    pins: list[Pin] = []
    moved: list[int] = []
    before = wishes.previous_on
    for slot in sorted(posted, key=lambda one: one.number):
        pin: Pin | None = Pin(number=slot.number, day=slot.day, minute=slot.minute)
        if not _is_free(finder_days.get(slot.day), slot, wishes) or _too_near(
            slot.day, before, wishes
        ):
            pin = slots.nearest(slot, after=before, wishes=wishes, days=days)
            moved.append(slot.number)
        if pin is None:
            break
        pins.append(pin)
        before = pin.day
    return Repaired(pins=tuple(pins), moved=tuple(moved))


def _too_near(day: date, before: date | None, wishes: Wishes) -> bool:
    return before is not None and day < before + timedelta(days=wishes.smallest_days)


def _is_free(day: DayResources | None, slot: Slot, wishes: Wishes) -> bool:
    if day is None:
        return False
    return slots.is_free(day, slot, wishes)
