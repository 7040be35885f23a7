"""The floor of what searches the database for free time: flat rows, fetched raw.

Masks over masks, without hours, closures, zones or devices. None of it is the
product's own code, so that it does not move when that does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import connection

from tests import factories

STEP_MINUTES = 5
OPENED = (1 << 216) - (1 << 96)  # 08:00 to 18:00
BEGINS = datetime.combine(factories.TODAY, time(), tzinfo=UTC)
_SQL = """
SELECT practitioner_id, room_id, starts_at, ends_at FROM treatments_visit
 WHERE (practitioner_id = ANY(%s) OR room_id = ANY(%s))
   AND starts_at >= %s AND starts_at < %s AND status NOT IN ('missed', 'cancelled')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A free start: days after today, minutes of the day, who and where."""

    day: int
    minute: int
    practitioner: int
    room: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is busy over so many days from today, by (person or minus room, day)."""

    people: Sequence[int]
    rooms: Sequence[int]
    busy: Mapping[tuple[int, int], int]

    def anywhere(self, day: int) -> int:
        """When 45 minutes are free for somebody and for a room, as a mask."""
        return _any(self._starts(self.people, day)) & _any(self._room_starts(day))

    def first(self, *, day: int, days: int) -> Place | None:
        """The first such time from a day on."""
        for number in range(day, days):
            mask = self.anywhere(number)
            if mask:
                return self._place(number, mask & -mask)
        return None

    def _place(self, day: int, bit: int) -> Place:
        return Place(
            day=day,
            minute=(bit.bit_length() - 1) * STEP_MINUTES,
            practitioner=_holding(self.people, self._starts(self.people, day), bit),
            room=_holding(self.rooms, self._room_starts(day), bit),
        )

    def _room_starts(self, day: int) -> list[int]:
        return self._starts([-room for room in self.rooms], day)

    def _starts(self, keys: Sequence[int], day: int) -> list[int]:
        found = []
        for key in keys:
            run = OPENED & ~self.busy.get((key, day), 0)
            for shift in (1, 2, 4, 1):
                run &= run >> shift
            found.append(run)
        return found


def search(people: Sequence[int], rooms: Sequence[int], *, days: int) -> Search:
    """Read so many days from today; one query."""
    busy: dict[tuple[int, int], int] = {}
    with connection.cursor() as cursor:
        ends = BEGINS + timedelta(days=days)
        cursor.execute(_SQL, [list(people), list(rooms), BEGINS, ends])
        for person, room, starts_at, ends_at in cursor.fetchall():
            day = (starts_at - BEGINS).days
            first = (starts_at.hour * 60 + starts_at.minute) // STEP_MINUTES
            last = (ends_at.hour * 60 + ends_at.minute) // STEP_MINUTES
            mask = (1 << last) - (1 << first)
            for key in (person, -room):
                busy[key, day] = busy.get((key, day), 0) | mask
    return Search(people=people, rooms=rooms, busy=busy)


def _any(masks: Sequence[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _holding(keys: Sequence[int], masks: Sequence[int], bit: int) -> int:
    return next(key for key, mask in zip(keys, masks, strict=True) if mask & bit)
