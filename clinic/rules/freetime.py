"""Free time as whole numbers: one bit for every five minutes of a day.

A day of a site is 288 bits of wall clock, bit 0 is 00:00 to 00:05. Opening
hours, a practitioner's work, and what occupies people, rooms and devices are
masks; what is free is `open & works & ~busy`. A visit of n steps can start
where n bits in a row are set. Because a run that is free for the practitioner
and free for the room is free for both, starts are found once for each resource
and then intersected: no pair or triple is ever tried.

The database guards against double bookings (DESIGN 3.3); this module searches.
Masks must be built without the visits that are about to be moved.

Clock changes: a mask knows wall clock only. `wall_to_instant` turns a found
minute into an instant, `wall_intervals` turns stored instants into minutes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

STEP_MINUTES = 5
DAY_MINUTES = 24 * 60
STEPS = DAY_MINUTES // STEP_MINUTES
FULL_DAY = (1 << STEPS) - 1


class NoSuchTimeError(ValueError):
    """A wall-clock time that the clocks skip on that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A practitioner's day: when they work here, and what is taken of it.

    `works` is 0 for somebody who is away or does not work on that day; `may` is
    false where no qualification reaches what is asked for.
    """

    works: int
    busy: int = 0
    may: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DayResources:
    """One day of one site, as masks.

    `open` is 0 on a closed day and `closed` then says why ("public holiday").
    Rooms and devices map their id to what is busy. Who or what is not listed
    is not there.
    """

    day: date
    open: int
    practitioners: Mapping[int, Presence]
    rooms: Mapping[int, int]
    devices: Mapping[int, int]
    closed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a visit needs: minutes, and any one of each kind of resource.

    Earlier ids are preferred. No device is needed where `devices` is empty.
    `window` limits when it may start; starts lie on multiples of
    `every_minutes` from midnight.
    """

    minutes: int
    practitioners: tuple[int, ...]
    rooms: tuple[int, ...]
    devices: tuple[int, ...] = ()
    window: int = FULL_DAY
    every_minutes: int = STEP_MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A time at which somebody, a room and a device (if needed) are free."""

    day: date
    minute: int
    practitioner: int
    room: int
    device: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStarts:
    """When a visit could start on one day, for each resource on its own."""

    day: date
    practitioners: Mapping[int, int]
    rooms: Mapping[int, int]
    devices: Mapping[int, int]
    anywhere: int

    def place(self, minute: int) -> Place:
        """The first resources free at a minute out of `anywhere`."""
        bit = 1 << (minute // STEP_MINUTES)
        return Place(
            day=self.day,
            minute=minute,
            practitioner=_first_with(self.practitioners, bit),
            room=_first_with(self.rooms, bit),
            device=_first_with(self.devices, bit) if self.devices else None,
        )


def open_mask(intervals: Iterable[tuple[int, int]]) -> int:
    """Steps that lie wholly inside the intervals, in minutes of the day.

    An interval is start and end, the end not included; what reaches beyond
    the day is cut. Raises ValueError when one ends before it starts.
    """
    mask = 0
    for start, end in intervals:
        _check(start, end)
        first = -(-max(start, 0) // STEP_MINUTES)
        last = min(end, DAY_MINUTES) // STEP_MINUTES
        if last > first:
            mask |= (1 << last) - (1 << first)
    return mask


def busy_mask(intervals: Iterable[tuple[int, int]]) -> int:
    """Steps that the intervals touch: 10:03 to 10:06 takes 10:00 to 10:10.

    Same shape of intervals and same refusal as `open_mask`.
    """
    mask = 0
    for start, end in intervals:
        _check(start, end)
        first = max(start, 0) // STEP_MINUTES
        last = -(-min(end, DAY_MINUTES) // STEP_MINUTES)
        if last > first and end > start:
            mask |= (1 << last) - (1 << first)
    return mask


def _check(start: int, end: int) -> None:
    if end < start:
        raise ValueError(f"An interval ends at minute {end}, before its start {start}.")


@lru_cache(maxsize=64)
def grid_mask(every_minutes: int) -> int:
    """Steps on which a visit may start, a multiple of `every_minutes`.

    Raises ValueError when that is no multiple of five minutes.
    """
    if every_minutes <= 0 or every_minutes % STEP_MINUTES:
        raise ValueError(f"Visits start every 5, 10, 15 ... not {every_minutes}.")
    stride = every_minutes // STEP_MINUTES
    return sum(1 << step for step in range(0, STEPS, stride))


def starts(free: int, *, minutes: int, every_minutes: int = STEP_MINUTES) -> int:
    """Where a visit of so many minutes can start: bits with a free run behind.

    The run doubles with each shift, so an hour takes four shifts. Raises
    ValueError for a visit without length.
    """
    if minutes <= 0:
        raise ValueError("A visit takes at least a minute.")
    needed = -(-minutes // STEP_MINUTES)
    run, length = free, 1
    while length < needed and run:
        shift = min(length, needed - length)
        run &= run >> shift
        length += shift
    if every_minutes != STEP_MINUTES:
        run &= grid_mask(every_minutes)
    return run


def first_minute(mask: int) -> int | None:
    """The first minute of a mask, None when it is empty."""
    return ((mask & -mask).bit_length() - 1) * STEP_MINUTES if mask else None


def minutes_of(mask: int) -> Iterator[int]:
    """Every minute of a mask, ascending."""
    while mask:
        low = mask & -mask
        yield (low.bit_length() - 1) * STEP_MINUTES
        mask ^= low


def day_starts(day: DayResources, need: Need) -> DayStarts:
    """When the visit could start on that day, for each resource and for all."""
    allowed = need.window
    if need.every_minutes != STEP_MINUTES:
        allowed &= grid_mask(need.every_minutes)
    practitioners = {
        key: starts(day.open & who.works & ~who.busy, minutes=need.minutes) & allowed
        for key in need.practitioners
        if (who := day.practitioners.get(key)) is not None and who.may
    }
    rooms = _resource_starts(day.open, day.rooms, need.rooms, need.minutes)
    devices = _resource_starts(day.open, day.devices, need.devices, need.minutes)
    anywhere = _union(practitioners) & _union(rooms)
    if need.devices:
        anywhere &= _union(devices)
    return DayStarts(
        day=day.day,
        practitioners=practitioners,
        rooms=rooms,
        devices=devices,
        anywhere=anywhere,
    )


def _resource_starts(
    opened: int, busy: Mapping[int, int], wanted: tuple[int, ...], minutes: int
) -> dict[int, int]:
    return {
        key: starts(opened & ~busy[key], minutes=minutes)
        for key in wanted
        if key in busy
    }


def _union(masks: Mapping[int, int]) -> int:
    union = 0
    for mask in masks.values():
        union |= mask
    return union


def _first_with(masks: Mapping[int, int], bit: int) -> int:
    return next(key for key, mask in masks.items() if mask & bit)


def first_free(days: Iterable[DayResources], need: Need) -> Place | None:
    """The first place in the order of the days, None when there is none."""
    for day in days:
        found = day_starts(day, need)
        minute = first_minute(found.anywhere)
        if minute is not None:
            return found.place(minute)
    return None


def nearest_free(
    days: Iterable[DayResources],
    need: Need,
    *,
    wanted_day: date,
    wanted_minute: int,
    count: int,
) -> tuple[Place, ...]:
    """So many places nearest to a wanted time, each start once, nearest first.

    Nearness is counted in minutes of wall clock; of two equally near the later
    one comes first, for it leaves more time to heal.
    """
    nearest: list[tuple[int, int, int, DayStarts]] = []
    for day in sorted(days, key=lambda day: abs(day.day - wanted_day)):
        offset = (day.day - wanted_day).days * DAY_MINUTES - wanted_minute
        closest = max(offset, -offset - DAY_MINUTES, 0)
        if len(nearest) == count and (count == 0 or nearest[-1][0] < closest):
            break
        found = day_starts(day, need)
        nearest += (
            (abs(offset + minute), int(offset + minute < 0), minute, found)
            for minute in minutes_of(found.anywhere)
        )
        nearest = sorted(nearest, key=lambda entry: entry[:2])[:count]
    return tuple(found.place(minute) for _far, _early, minute, found in nearest)


def wall_to_instant(day: date, minute: int, tz: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a site's clocks show that minute of a day.

    Minute 1440 is midnight at the end of the day. A time that the clocks skip
    in spring is refused with NoSuchTimeError; of a time that comes twice in
    autumn the first is taken, on purpose: nobody is then told to come an hour
    after the practitioner has begun. Raises ValueError outside the day.
    """
    if not 0 <= minute <= DAY_MINUTES:
        raise ValueError(f"A day has no minute {minute}.")
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    instant = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) != wall:
        raise NoSuchTimeError(f"The clocks skip {wall:%H:%M} on {wall:%d %B %Y}.")
    return instant


def wall_intervals(
    start: datetime, end: datetime, *, day: date, tz: ZoneInfo
) -> tuple[tuple[int, int], ...]:
    """What two instants cover of one day's wall clock, in minutes.

    Empty when they do not touch the day. Where the clocks change inside the
    span there may be several intervals: every minute that the clocks show.
    """
    begins, ends = start.astimezone(tz), end.astimezone(tz)
    midnight = datetime.combine(day, time(), tzinfo=tz)
    following = datetime.combine(day + timedelta(days=1), time(), tzinfo=tz)
    begins = max(begins, midnight, key=datetime.timestamp)
    ends = min(ends, following, key=datetime.timestamp)
    if begins.timestamp() >= ends.timestamp():
        return ()
    if begins.utcoffset() == ends.utcoffset():
        return ((_minute(begins, day), _minute(ends, day, up=True)),)
    return _minute_by_minute(begins, ends, day=day, tz=tz)


def _minute(moment: datetime, day: date, *, up: bool = False) -> int:
    since = moment.replace(tzinfo=None) - datetime.combine(day, time())
    minutes, rest = divmod(since, timedelta(minutes=1))
    return minutes + int(up and bool(rest))


def _minute_by_minute(
    begins: datetime, ends: datetime, *, day: date, tz: ZoneInfo
) -> tuple[tuple[int, int], ...]:
    """The same across a clock change: rare, so slow and plain."""
    moment = begins.astimezone(UTC).replace(second=0, microsecond=0)
    covered: set[int] = set()
    while moment < ends.astimezone(UTC):
        covered.add(_minute(moment.astimezone(tz), day))
        moment += timedelta(minutes=1)
    return tuple((minute, minute + 1) for minute in sorted(covered))
