"""Availability of practitioners x rooms: a day, a week, a month, ninety days."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import connection

from benchmarks import filling
from benchmarks.measure import Row, compare
from clinic.rules import freetime
from clinic.rules.freetime import DayResources, Need
from sessions.booking import occupancy
from tests import factories

VISITS = 100_000
SPANS = {"day": 1, "week": 7, "month": 30}


def run() -> list[Row]:
    """The rows of the table; the floor is the raw query with bare masks."""
    house = filling.house(visits=VISITS)
    roster = occupancy.Roster(
        site_id=house.site.pk,
        zone=house.site.zone,
        practitioners=tuple(person.pk for person in house.practitioners),
        rooms=tuple(room.pk for room in house.rooms),
    )
    need = Need(minutes=45, practitioners=roster.practitioners, rooms=roster.rooms)

    def search(days: int) -> Callable[[], object]:
        def look() -> list[int]:
            found = occupancy.free_days(
                roster=roster, first_day=factories.TODAY, days=days
            )
            return [freetime.day_starts(day, need).anywhere for day in found]

        return look

    rows = [
        compare(
            f"free time, {name}, {VISITS:,} visits",
            ours=search(days),
            floor=_floor(roster, days),
        )
        for name, days in SPANS.items()
    ]
    days = occupancy.free_days(roster=roster, first_day=factories.TODAY, days=90)
    full = [_filled(day) for day in days[:-1]] + [days[-1]]
    rows.append(
        compare(
            "first free slot in 90 full days, in Python",
            ours=lambda: freetime.first_free(full, need),
            limit_ms=5,
        )
    )
    return rows


def _filled(day: DayResources) -> DayResources:
    return DayResources(
        day=day.day,
        open=day.open,
        practitioners=day.practitioners,
        rooms=dict.fromkeys(day.rooms, freetime.FULL_DAY),
        devices=day.devices,
    )


def _floor(roster: occupancy.Roster, days: int) -> Callable[[], object]:
    begins = datetime.combine(factories.TODAY, time(), tzinfo=UTC)
    ends = begins + timedelta(days=days)
    sql = (
        "SELECT practitioner_id, room_id, starts_at, ends_at FROM treatments_visit "
        "WHERE (practitioner_id = ANY(%s) OR room_id = ANY(%s)) "
        "AND starts_at >= %s AND starts_at < %s "
        "AND status NOT IN ('missed', 'cancelled')"
    )
    arguments: list[Any] = [
        list(roster.practitioners),
        list(roster.rooms),
        begins,
        ends,
    ]

    def look() -> list[int]:
        busy: dict[tuple[int, int], int] = {}
        with connection.cursor() as cursor:
            cursor.execute(sql, arguments)
            for person, room, starts_at, ends_at in cursor.fetchall():
                day = (starts_at - begins).days
                first = (starts_at.hour * 60 + starts_at.minute) // 5
                last = (ends_at.hour * 60 + ends_at.minute) // 5
                mask = (1 << last) - (1 << first)
                for key in (person, -room):
                    busy[key, day] = busy.get((key, day), 0) | mask
        opened = (1 << 216) - (1 << 96)
        return [
            _starts(opened, [busy.get((p, day), 0) for p in roster.practitioners])
            & _starts(opened, [busy.get((-r, day), 0) for r in roster.rooms])
            for day in range(days)
        ]

    return look


def _starts(opened: int, masks: list[int]) -> int:
    found = 0
    for mask in masks:
        run = opened & ~mask
        for shift in (1, 2, 4, 1):
            run &= run >> shift
        found |= run
    return found
