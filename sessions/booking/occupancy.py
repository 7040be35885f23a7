"""What is open, who works and what is taken, as masks of days.

Two hand-written statements: hours as plain numbers, visits as texts of numbers. The
same rows as model instances cost many times as much (`make bench`, free time).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from clinic.rules import freetime
from clinic.rules.freetime import DAY_MINUTES, DayResources, Presence

NOBODY = -1
SECONDS = DAY_MINUTES * 60
Masks = dict[int, list[int]]
Hours = Mapping[tuple[int, int], int]

_CALENDAR = """
SELECT 'o', 0, weekday, extract(epoch FROM begins)::int / 60,
       extract(epoch FROM ends)::int / 60, ''
  FROM clinic_openinghours WHERE site_id = %(site)s
UNION ALL
SELECT 'w', user_id, weekday, extract(epoch FROM begins)::int / 60,
       extract(epoch FROM ends)::int / 60, ''
  FROM clinic_workinghours
 WHERE site_id = %(site)s AND user_id = ANY(%(practitioners)s)
UNION ALL
SELECT 'c', 0, 0, first_day - %(first)s, last_day - %(first)s, reason
  FROM clinic_closure
 WHERE (site_id = %(site)s OR site_id IS NULL)
   AND first_day <= %(last)s AND last_day >= %(first)s
UNION ALL
SELECT 'a', user_id, 0, first_day - %(first)s, last_day - %(first)s, ''
  FROM clinic_absence
 WHERE user_id = ANY(%(practitioners)s)
   AND first_day <= %(last)s AND last_day >= %(first)s
"""

# The times of visits alike come as one text, `start end start end` in seconds since
# the epoch: as rows and columns they would cost three times as much to fetch.
_VISITS = """
SELECT practitioner_id, room_id, device_id, patient_id = %(patient)s,
       string_agg(floor(date_part('epoch', starts_at))::int8 || ' '
                  || floor(date_part('epoch', ends_at))::int8, ' ')
  FROM treatments_visit
 WHERE (practitioner_id = ANY(%(practitioners)s) OR room_id = ANY(%(rooms)s)
        OR device_id = ANY(%(devices)s) OR patient_id = %(patient)s)
   AND starts_at >= %(begins)s - interval '1 day' AND starts_at < %(ends)s
   AND ends_at > %(begins)s
   AND status NOT IN ('missed', 'cancelled')
   AND id <> ALL(%(leaving_out)s)
 GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who and what may be booked at a site; ids, preferred ones first."""

    site_id: int
    zone: ZoneInfo
    practitioners: tuple[int, ...]
    rooms: tuple[int, ...]
    devices: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The days in question, and the patient whose own visits close them."""

    roster: Roster
    first_day: date
    days: int
    patient_id: int

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calendar:
    """Hours by (person, weekday) as masks, closures and absences by day number."""

    opening: Hours
    working: Hours
    closed: Mapping[int, str]
    away: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Busy:
    """The busy masks of each resource, one for every day of the span."""

    practitioners: Masks
    rooms: Masks
    devices: Masks
    patient: list[int]

    @classmethod
    def of(cls, span: _Span) -> "_Busy":
        """Nothing taken yet."""

        def free(keys: Iterable[int]) -> Masks:
            return {key: [0] * span.days for key in keys}

        roster = span.roster
        return cls(
            practitioners=free(roster.practitioners),
            rooms=free(roster.rooms),
            devices=free(roster.devices),
            patient=[0] * span.days,
        )

    def of_visit(
        self, person: int, room: int, device: int | None, *, is_patients: bool
    ) -> list[list[int]]:
        """The masks that a visit with these takes time of."""
        taken = (
            self.practitioners.get(person),
            self.rooms.get(room),
            self.devices.get(device or NOBODY),
            self.patient if is_patients else None,
        )
        return [masks for masks in taken if masks is not None]


def free_days(
    *,
    roster: Roster,
    first_day: date,
    days: int,
    leaving_out: Sequence[int] = (),
    patient_id: int | None = None,
) -> tuple[DayResources, ...]:
    """The masks of so many days from `first_day`, in order.

    `leaving_out` are ids of visits about to be moved: their time counts as
    free. With `patient_id`, the patient's other visits count as closed time.
    Two queries, whatever the span; none per day.
    """
    span = _Span(
        roster=roster,
        first_day=first_day,
        days=days,
        patient_id=NOBODY if patient_id is None else patient_id,
    )
    calendar = _calendar(span)
    busy = _busy(span, leaving_out)
    return tuple(_day(span, calendar, busy, number) for number in range(days))


def _calendar(span: _Span) -> _Calendar:
    opening: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    working: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    closed: dict[int, str] = {}
    away: set[tuple[int, int]] = set()
    arguments: dict[str, Any] = {
        "site": span.roster.site_id,
        "practitioners": list(span.roster.practitioners),
        "first": span.first_day,
        "last": span.last_day,
    }
    for kind, user, weekday, begins, ends, reason in _rows(_CALENDAR, arguments):
        if kind == "o":
            opening[0, weekday].append((begins, ends))
        elif kind == "w":
            working[user, weekday].append((begins, ends))
        elif kind == "c":
            closed |= dict.fromkeys(_within(begins, ends, span), reason)
        else:
            away |= {(user, number) for number in _within(begins, ends, span)}
    return _Calendar(
        opening={key: freetime.open_mask(hours) for key, hours in opening.items()},
        working={key: freetime.open_mask(hours) for key, hours in working.items()},
        closed=closed,
        away=frozenset(away),
    )


def _within(first: int, last: int, span: _Span) -> range:
    return range(max(first, 0), min(last, span.days - 1) + 1)


def _busy(span: _Span, leaving_out: Sequence[int]) -> _Busy:
    roster = span.roster
    begins = _midnight(span.first_day, roster.zone)
    ends = _midnight(span.last_day + timedelta(days=1), roster.zone)
    arguments: dict[str, Any] = {
        "begins": begins,
        "ends": ends,
        "practitioners": list(roster.practitioners),
        "rooms": list(roster.rooms),
        "devices": list(roster.devices),
        "patient": span.patient_id,
        "leaving_out": list(leaving_out),
    }
    busy = _Busy.of(span)
    clock = _clock(span.first_day, span.days, roster.zone)
    for person, room, device, is_patients, times in _rows(_VISITS, arguments):
        taken = busy.of_visit(person, room, device, is_patients=is_patients)
        for number, mask in clock.masks([int(text) for text in times.split()]):
            for masks in taken:
                masks[number] |= mask
    return busy


def _rows(sql: str, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """The days of a span as seconds since the epoch.

    `midnights` are the first second of each day and of the day after the last;
    `plain_ends` the end of each day, -1 where the clocks change and for the day after.
    """

    first_day: date
    zone: ZoneInfo
    midnights: tuple[int, ...]
    plain_ends: tuple[int, ...]

    def masks(self, instants: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Day numbers and masks of visits, given as start, end, start, end ...

        Within a day of 24 hours wall clock is seconds since midnight; a visit that
        crosses midnight, or lies on a day on which the clocks change, takes the
        slower way of `freetime.wall_intervals`.
        """
        midnights, plain_ends = self.midnights, self.plain_ends
        for starts, finishes in zip(instants[::2], instants[1::2], strict=True):
            number = bisect_right(midnights, starts) - 1  # -1 before the first day
            if finishes <= plain_ends[number]:
                midnight = midnights[number]
                yield number, _mask(starts - midnight, finishes - midnight)
            else:
                yield from self._by_the_clock(starts, finishes)

    def _by_the_clock(self, starts: int, finishes: int) -> Iterator[tuple[int, int]]:
        begins = datetime.fromtimestamp(starts, tz=self.zone)
        ends = datetime.fromtimestamp(finishes, tz=self.zone)
        for offset in range((ends.date() - begins.date()).days + 1):
            day = begins.date() + timedelta(days=offset)
            number = (day - self.first_day).days
            if 0 <= number < len(self.midnights) - 1:
                covered = freetime.wall_intervals(begins, ends, day=day, tz=self.zone)
                yield number, freetime.busy_mask(covered)


@lru_cache(maxsize=64)
def _clock(first_day: date, days: int, zone: ZoneInfo) -> _Clock:
    """The same for every search of a day, and slow to count: once for all."""
    midnights = [
        int(_midnight(first_day + timedelta(days=number), zone).timestamp())
        for number in range(days + 1)
    ]
    return _Clock(
        first_day=first_day,
        zone=zone,
        midnights=tuple(midnights),
        plain_ends=(
            *(
                following if following - midnight == SECONDS else -1
                for midnight, following in pairwise(midnights)
            ),
            -1,
        ),
    )


@lru_cache(maxsize=4096)
def _mask(starts: int, finishes: int) -> int:
    return freetime.busy_mask([(starts // 60, -(-finishes // 60))])


def _day(span: _Span, calendar: _Calendar, busy: _Busy, number: int) -> DayResources:
    day = span.first_day + timedelta(days=number)
    closed = calendar.closed.get(number, "")
    opened = 0
    if number not in calendar.closed:
        opened = calendar.opening.get((0, day.weekday()), 0)
    opened &= ~busy.patient[number]
    return DayResources(
        day=day,
        open=opened,
        closed=closed,
        practitioners={
            key: Presence(
                works=_works(calendar, key, number, day.weekday()),
                busy=masks[number],
            )
            for key, masks in busy.practitioners.items()
        },
        rooms={key: masks[number] for key, masks in busy.rooms.items()},
        devices={key: masks[number] for key, masks in busy.devices.items()},
    )


def _works(calendar: _Calendar, user: int, number: int, weekday: int) -> int:
    if (user, number) in calendar.away:
        return 0
    return calendar.working.get((user, weekday), 0)
