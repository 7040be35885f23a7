"""A small clinic for the tests of series: two people, two rooms, two pens."""

from datetime import date, timedelta

from clinic.rules import freetime, series
from clinic.rules.freetime import DayResources, Presence
from clinic.rules.series import Event, Gap, Named, Wishes
from sessions.booking import reasons

MONDAY = date(2025, 11, 17)
NEW_YEARS_EVE = date(2025, 12, 31)
MIRA, JONAS = Named(id=1, name="Mira"), Named(id=2, name="Jonas")
ROOM_1, ROOM_2 = Named(id=1, name="Room 1"), Named(id=2, name="Room 2")
MORNING, LATE = series.PARTS_OF_DAY["morning"], series.PARTS_OF_DAY["late"]
WEDDING = Event(day=date(2026, 6, 20), label="the wedding")
WHOLE = freetime.FULL_DAY


def minutes(text):
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def spans(*texts):
    return [tuple(minutes(end) for end in text.split("-")) for text in texts]


OPEN = freetime.open_mask(spans("09:00-17:00"))


def clinic(*, closed=(), away=None, busy=None, rooms=None, length=300, people=(1, 2)):
    """Open from Monday to Saturday, nine to five, but for what is named.

    `away` and `busy` are (practitioner, day), `rooms` (room, day): what is busy.
    """
    away, busy, rooms = away or set(), busy or {}, rooms or {}
    days = []
    for offset in range(length):
        day = MONDAY + timedelta(days=offset)
        shut = day in closed or day.weekday() == 6
        days.append(
            DayResources(
                day=day,
                open=0 if shut else OPEN,
                closed="holiday" if day in closed else "",
                practitioners={
                    who: Presence(
                        works=0 if (who, day) in away else WHOLE,
                        busy=freetime.busy_mask(spans(*busy.get((who, day), ()))),
                    )
                    for who in people
                },
                rooms={
                    room: freetime.busy_mask(spans(*rooms.get((room, day), ())))
                    for room in (1, 2)
                },
                devices={1: 0, 2: 0},
            )
        )
    return tuple(days)


def wishes(**changes):
    """Five Wednesday mornings with Mira, six weeks apart."""
    return Wishes(
        **(
            {
                "sessions": 5,
                "minutes": 60,
                "gap": Gap(smallest_days=28, preferred_days=42, greatest_days=56),
                "start_on": MONDAY,
                "practitioners": (MIRA,),
                "rooms": (ROOM_2, ROOM_1),
                "weekdays": frozenset({2}),
                "part_of_day": MORNING,
            }
            | changes
        )
    )


def proposed(days=None, **changes):
    return series.propose(wishes(**changes), clinic() if days is None else days)


def days_of(proposal):
    return [slot.day for slot in proposal.slots]


def codes(slot):
    return [why.code for why in slot.why]


def said(slot):
    return reasons.describe_all(slot.why)


def warned(slot):
    return [warning.code for warning in slot.warnings]
