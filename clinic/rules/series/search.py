"""Finding one slot: the day by wish and gap, then the person, the time, the room.

Order of preference, strict: the wished weekday and part of day; the weekday
alone; the part alone; any time. Within that the day nearest to the preferred
gap (of two the later, it leaves more time to heal), where another practitioner
than before counts as a shift of `practitioner_worth_days`. On the day: the
same time as before, else the same room, else the nearest time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from clinic.rules import freetime
from clinic.rules.freetime import DayResources, DayStarts, Need, Place
from clinic.rules.series.shape import Shut, Slot, Wishes

Numbered = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One visit to find: between which days, nearest to which, like which one.

    Without `target` the earliest day is the best. `after` is the day of the
    session before, from which the gap counts. `like` is the visit whose
    practitioner, time and room are to be kept if possible.
    """

    number: int
    earliest: date
    latest: date
    target: date | None = None
    after: date | None = None
    like: Slot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A place, and which of the wishes it meets."""

    place: Place
    on_weekday: bool
    in_part: bool

    @property
    def as_wished(self) -> bool:
        """Whether weekday and part of day are those that were wished for."""
        return self.on_weekday and self.in_part


class Finder:
    """The days of one search, with what was already worked out about them."""

    def __init__(self, wishes: Wishes, days: Iterable[DayResources]) -> None:
        self.wishes = wishes
        self.days = {day.day: day for day in days}
        self._by_number = {day.toordinal(): on for day, on in self.days.items()}
        self.last_day = max(self.days, default=wishes.start_on)
        part = wishes.part_of_day
        self.part = (
            freetime.open_mask([(part.first_minute, part.end_minute)])
            if part
            else freetime.FULL_DAY
        )
        self._need = Need(
            minutes=wishes.minutes,
            practitioners=tuple(named.id for named in wishes.practitioners),
            rooms=tuple(named.id for named in wishes.rooms),
            devices=tuple(named.id for named in wishes.devices),
            every_minutes=wishes.every_minutes,
        )
        self._starts: dict[int, DayStarts] = {}

    def with_wishes(self, wishes: Wishes) -> "Finder":
        """The same days under other wishes, keeping what is still true of them."""
        other = Finder(wishes, self.days.values())
        if other._need == self._need:
            other._starts = self._starts
        return other

    def shut(self, number: int, day: date) -> Shut | None:
        """What keeps a session of the series off a day."""
        return self.wishes.shut_by(number, day)

    def starts(self, day: date) -> DayStarts | None:
        """When a visit could start on a day; None for a day that is not there."""
        return self._starts_on(day.toordinal())

    def _starts_on(self, number: int) -> DayStarts | None:
        starts = self._starts.get(number)
        if starts is None and number in self._by_number:
            starts = freetime.day_starts(self._by_number[number], self._need)
            self._starts[number] = starts
        return starts

    def away(self, day: date) -> bool:
        """Whether the patient is away on a day."""
        return any(a.first_day <= day <= a.last_day for a in self.wishes.away)

    def ideal(self, ask: Ask) -> date:
        """The day that would be taken if everything were free."""
        wished = self._weekdays()
        on = (number for _far, number in days_in_order(ask) if number % 7 in wished)
        best = next(on, None)
        return (ask.target or ask.earliest) if best is None else date.fromordinal(best)

    def find(self, ask: Ask) -> Found | None:
        """The best place for a visit, None when nothing is free.

        Days that another session refuses are never taken; those on which it
        needs a confirmation only when there are no others.
        """
        shut = [one for one in self.wishes.shut if one.number == ask.number]
        refusing = [one for one in shut if one.refuses]
        found = self._find(ask, shut)
        if found is None and len(refusing) < len(shut):
            found = self._find(ask, refusing)
        return found

    def _find(self, ask: Ask, shut: list[Shut]) -> Found | None:
        ordered = _outside(shut, days_in_order(ask))
        patience = self.wishes.policy.start_window_days
        window = list(islice(ordered, patience) if ask.target is None else ordered)
        place = self._by_wishes(window, ask.like) or self._nearest(
            ordered, freetime.FULL_DAY, ask.like
        )
        return self._found(place) if place else None

    def at(self, day: date, minute: int, like: Slot | None) -> Place | None:
        """The place at an exact time, None when it is not free."""
        if like and self.wishes.shut_by(like.number, day, by_hand=True):
            return None
        starts = self.starts(day)
        bit = 1 << (minute // freetime.STEP_MINUTES)
        if starts is None or self.away(day) or minute % freetime.STEP_MINUTES:
            return None
        return _place(starts, bit, like)

    def _by_wishes(self, ordered: list[Numbered], like: Slot | None) -> Place | None:
        """The nearest place that meets both wishes, else one, else none of them."""
        wished = self._weekdays()
        on = [day for day in ordered if day[1] % 7 in wished]
        off = [day for day in ordered if day[1] % 7 not in wished]
        windows = (self.part, freetime.FULL_DAY)
        tries = ((days, window) for days in (on, off) for window in windows)
        found = (self._nearest(days, window, like) for days, window in tries)
        return next(filter(None, found), None)

    def _found(self, place: Place) -> Found:
        wished = self.wishes.weekdays
        bit = 1 << (place.minute // freetime.STEP_MINUTES)
        return Found(
            place=place,
            on_weekday=not wished or place.day.weekday() in wished,
            in_part=bool(self.part & bit),
        )

    def _weekdays(self) -> frozenset[int]:
        """The wished weekdays as remainders of day numbers: Monday is 1."""
        wished = self.wishes.weekdays or range(7)
        return frozenset((weekday + 1) % 7 for weekday in wished)

    def _nearest(
        self, days: Iterable[Numbered], window: int, like: Slot | None
    ) -> Place | None:
        """The place of least cost: distance in days, and a change of practitioner."""
        worth = self.wishes.policy.practitioner_worth_days
        best: Place | None = None
        least = 0
        for far, number in days:
            if best is not None and far > least:
                break
            starts = self._starts_on(number)
            if starts is None or not starts.anywhere & window:
                continue
            if self.away(starts.day):
                continue
            place = _place(starts, window, like)
            if place is None:
                continue
            if like is None or place.practitioner == like.practitioner:
                return place
            if best is None or far + worth < least:
                best, least = place, far + worth
        return best


def days_in_order(ask: Ask) -> Iterator[Numbered]:
    """Days from the best to the worst, each with its distance from the best.

    As numbers (`date.toordinal`), for whole calendars are walked through.
    """
    earliest, latest = ask.earliest.toordinal(), ask.latest.toordinal()
    if ask.target is None:
        yield from enumerate(range(earliest, latest + 1))
        return
    target = ask.target.toordinal()
    for far in range(max(latest - target, target - earliest, -1) + 1):
        if earliest <= target + far <= latest:
            yield far, target + far
        if far and earliest <= target - far <= latest:
            yield far, target - far


def _outside(shut: list[Shut], ordered: Iterator[Numbered]) -> Iterator[Numbered]:
    """The days in their order, without those too near to another session."""
    if not shut:
        return ordered
    spans = [(s.first_day.toordinal(), s.last_day.toordinal()) for s in shut]
    return (
        (far, number)
        for far, number in ordered
        if not any(first <= number <= last for first, last in spans)
    )


def _place(starts: DayStarts, window: int, like: Slot | None) -> Place | None:
    """Who, when and where on one day within a window of starts."""
    free = starts.anywhere & window
    who = _kept(starts.practitioners, free, like.practitioner if like else None)
    if who is None:
        return None
    free &= starts.practitioners[who]
    minute = _minute(starts, free, like)
    bit = 1 << (minute // freetime.STEP_MINUTES)
    room = _kept(starts.rooms, bit, like.room if like else None)
    if room is None:
        return None
    return Place(
        day=starts.day,
        minute=minute,
        practitioner=who,
        room=room,
        device=_kept(starts.devices, bit, like.device if like else None),
    )


def _kept(masks: Mapping[int, int], wanted: int, key: int | None) -> int | None:
    """The key to keep if it is free, else the first that is."""
    if key is not None and masks.get(key, 0) & wanted:
        return key
    return next((other for other, mask in masks.items() if mask & wanted), None)


def _minute(starts: DayStarts, free: int, like: Slot | None) -> int:
    """The same time as before, else in the same room, else the nearest, or first."""
    if like is None:
        return freetime.first_minute(free) or 0
    step = like.minute // freetime.STEP_MINUTES
    if free >> step & 1:
        return like.minute
    pool = free & starts.rooms.get(like.room, 0) or free
    before = (pool & ((1 << step) - 1)).bit_length() - 1
    after = pool >> step
    later = step + (after & -after).bit_length() - 1
    if before < 0 or (after and later - step <= step - before):
        return later * freetime.STEP_MINUTES
    return before * freetime.STEP_MINUTES
