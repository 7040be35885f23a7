"""What is open, who works and what is taken, as masks of days.

The one place of the product with hand-written SQL on the way to a page: two
statements that return minutes of the site's wall clock as plain numbers. The
same rows as model instances cost six times as much (`make bench`, free time).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from clinic.rules import freetime
from clinic.rules.freetime import DAY_MINUTES, DayResources, Presence

NOBODY = -1
SECONDS = DAY_MINUTES * 60
Masks = dict[int, list[int]]
Hours = Mapping[tuple[int, int], Sequence[tuple[int, int]]]

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

_VISITS = """
SELECT practitioner_id, room_id, coalesce(device_id, -1), patient_id,
       date_part('epoch', starts_at), date_part('epoch', ends_at)
  FROM treatments_visit
 WHERE (practitioner_id = ANY(%(practitioners)s) OR room_id = ANY(%(rooms)s)
        OR device_id = ANY(%(devices)s) OR patient_id = %(patient)s)
   AND starts_at >= %(begins)s - interval '1 day' AND starts_at < %(ends)s
   AND ends_at > %(begins)s
   AND status NOT IN ('missed', 'cancelled')
   AND id <> ALL(%(leaving_out)s)
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
    """Hours by (person, weekday), closures and absences by day number."""

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
    patients: Masks

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
            patients=free([span.patient_id]),
        )


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
        opening=opening, working=working, closed=closed, away=frozenset(away)
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
    midnights = _midnights(span)
    busy = _Busy.of(span)
    rows = _rows(_VISITS, arguments)
    for person, room, device, patient, starts, finishes in rows:
        taken = (
            busy.practitioners.get(person),
            busy.rooms.get(room),
            busy.devices.get(device),
            busy.patients.get(patient),
        )
        for number, mask in _masks(span, midnights, starts, finishes):
            for masks in taken:
                if masks is not None and 0 <= number < span.days:
                    masks[number] |= mask
    return busy


def _rows(sql: str, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=zone).astimezone(UTC)


def _midnights(span: _Span) -> list[int]:
    """The first second of every day of the span and of the day after it."""
    return [
        int(_midnight(span.first_day + timedelta(days=number), zone).timestamp())
        for zone in [span.roster.zone]
        for number in range(span.days + 1)
    ]


def _masks(
    span: _Span, midnights: list[int], starts: float, finishes: float
) -> tuple[tuple[int, int], ...]:
    """Day numbers and masks of two instants.

    Within a day of 24 hours wall clock is seconds since midnight; a visit that
    crosses midnight, or lies on a day on which the clocks change, takes the
    slower way of `freetime.wall_intervals`.
    """
    number = bisect_right(midnights, starts) - 1
    if 0 <= number < span.days:
        midnight, following = midnights[number], midnights[number + 1]
        if finishes <= following and following - midnight == SECONDS:
            mask = _mask(int(starts) - midnight, int(finishes) - midnight)
            return ((number, mask),)
    return _masks_by_the_clock(span, starts, finishes)


@lru_cache(maxsize=4096)
def _mask(starts: int, finishes: int) -> int:
    return freetime.busy_mask([(starts // 60, -(-finishes // 60))])


def _masks_by_the_clock(
    span: _Span, starts: float, finishes: float
) -> tuple[tuple[int, int], ...]:
    zone = span.roster.zone
    begins = datetime.fromtimestamp(starts, tz=zone)
    ends = datetime.fromtimestamp(finishes, tz=zone)
    return tuple(
        ((day - span.first_day).days, freetime.busy_mask(covered))
        for offset in range((ends.date() - begins.date()).days + 1)
        for day in [begins.date() + timedelta(days=offset)]
        for covered in [freetime.wall_intervals(begins, ends, day=day, tz=zone)]
    )


def _day(span: _Span, calendar: _Calendar, busy: _Busy, number: int) -> DayResources:
    day = span.first_day + timedelta(days=number)
    closed = calendar.closed.get(number, "")
    opened = 0
    if number not in calendar.closed:
        opened = freetime.open_mask(calendar.opening.get((0, day.weekday()), ()))
    opened &= ~busy.patients[span.patient_id][number]
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
    return freetime.open_mask(calendar.working.get((user, weekday), ()))
