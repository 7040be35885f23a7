"""Proposing and moving a whole series over ten months of masks, in pure Python.

The floor finds the first free time from each wished day on, with no wish, gap or
reason, in the same masks.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from benchmarks.measure import Row, compare
from clinic.rules import freetime, series
from clinic.rules.freetime import DayResources, Need, Presence
from clinic.rules.series import Event, Gap, Named, To, Wishes

FIRST_DAY = date(2026, 1, 5)
DAYS = 305
OPEN = freetime.open_mask([(9 * 60, 18 * 60)])
VISIT_MINUTES = 45
BUSY_SHARE = 0.5


def run() -> list[Row]:
    """Three practitioners, three rooms, half of all slots taken."""
    days = _days(Random(1))  # noqa: S311, a calendar for timing
    wishes = _wishes()
    slots = series.propose(wishes, days).slots
    full = [_closed(day) for day in days]
    gap_days = wishes.gap.preferred_days
    return [
        compare(
            "six sessions proposed over ten months",
            ours=lambda: series.propose(wishes, days),
            floor=_first_free(days, [gap_days * n for n in range(6)]),
            limit_ms=3,
        ),
        compare(
            "the third of six moved along by three weeks",
            ours=lambda: series.move(
                slots=slots,
                number=3,
                to=To(day=slots[2].day + timedelta(days=21)),
                wishes=wishes,
                days=days,
            ),
            floor=_first_free(days, [gap_days * n + 21 for n in range(2, 6)]),
            limit_ms=3,
        ),
        compare(
            "nothing free in ten months, concessions tried",
            ours=lambda: series.propose(wishes, full),
            floor=_first_free(full, [0]),
            limit_ms=25,
        ),
    ]


def _first_free(days: list[DayResources], from_days: list[int]) -> Callable[[], object]:
    three = (1, 2, 3)
    need = Need(minutes=VISIT_MINUTES, practitioners=three, rooms=three)
    return lambda: [freetime.first_free(days[first:], need) for first in from_days]


def _wishes() -> Wishes:
    three = range(1, 4)
    return Wishes(
        sessions=6,
        minutes=VISIT_MINUTES,
        gap=Gap(smallest_days=28, preferred_days=42, greatest_days=56),
        start_on=FIRST_DAY,
        practitioners=tuple(Named(id=n, name=f"Practitioner {n}") for n in three),
        rooms=tuple(Named(id=n, name=f"Room {n}") for n in three),
        weekdays=frozenset({2}),
        part_of_day=series.PARTS_OF_DAY["morning"],
        ready_before=Event(day=FIRST_DAY + timedelta(days=DAYS), label="the wedding"),
        ready_margin_days=28,
        healing_days=28,
    )


def _days(random: Random) -> list[DayResources]:
    def busy() -> int:
        starts = range(9 * 60, 18 * 60, VISIT_MINUTES)
        taken = [start for start in starts if random.random() < BUSY_SHARE]
        return freetime.busy_mask((start, start + VISIT_MINUTES) for start in taken)

    days = []
    for offset in range(DAYS):
        day = FIRST_DAY + timedelta(days=offset)
        days.append(
            DayResources(
                day=day,
                open=0 if day.weekday() == 6 else OPEN,
                practitioners={
                    n: Presence(works=OPEN, busy=busy()) for n in range(1, 4)
                },
                rooms={n: busy() for n in range(1, 4)},
                devices={},
            )
        )
    return days


def _closed(day: DayResources) -> DayResources:
    return DayResources(
        day=day.day,
        open=day.open,
        practitioners=day.practitioners,
        rooms=dict.fromkeys(day.rooms, freetime.FULL_DAY),
        devices=day.devices,
    )
