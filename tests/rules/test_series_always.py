"""What holds of every series and every move, whatever the calendar and the wishes."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.rules import freetime, series
from clinic.rules.freetime import DayResources, Presence
from clinic.rules.series import Away, Event, Gap, Slot, Spacing, To
from tests.rules.series_clinic import (
    JONAS,
    LATE,
    MIRA,
    MONDAY,
    MORNING,
    OPEN,
    ROOM_1,
    ROOM_2,
    WHOLE,
    wishes,
)

DAY_SPANS = st.lists(
    st.tuples(st.integers(8 * 60, 18 * 60), st.integers(30, 300)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    ),
    max_size=3,
)
DAY = st.fixed_dictionaries(
    {
        "open": st.sampled_from([0, OPEN, OPEN, OPEN]),
        "people": st.lists(st.tuples(st.booleans(), DAY_SPANS), min_size=2, max_size=2),
        "rooms": st.lists(DAY_SPANS, min_size=2, max_size=2),
    }
)


def drawn_days(patterns):
    """A long calendar out of a few drawn days in turn."""
    days = []
    for offset in range(160):
        drawn = patterns[offset * 7 % len(patterns) - offset % 3]
        people = {
            who: Presence(works=WHOLE if here else 0, busy=freetime.busy_mask(busy))
            for who, (here, busy) in enumerate(drawn["people"], start=1)
        }
        rooms = {
            room: freetime.busy_mask(busy)
            for room, busy in enumerate(drawn["rooms"], start=1)
        }
        days.append(
            DayResources(
                day=MONDAY + timedelta(days=offset),
                open=drawn["open"],
                practitioners=people,
                rooms=rooms,
                devices={},
            )
        )
    return tuple(days)


WISHES = st.builds(
    wishes,
    sessions=st.integers(1, 6),
    minutes=st.integers(5, 120),
    gap=st.tuples(st.integers(1, 30), st.integers(0, 14), st.integers(0, 14)).map(
        lambda g: Gap(
            smallest_days=g[0],
            preferred_days=g[0] + g[1],
            greatest_days=g[0] + g[1] + g[2],
        )
    ),
    practitioners=st.sampled_from([(MIRA,), (MIRA, JONAS), (JONAS, MIRA)]),
    rooms=st.sampled_from([(ROOM_1,), (ROOM_2, ROOM_1)]),
    weekdays=st.frozensets(st.integers(0, 6), max_size=3),
    part_of_day=st.sampled_from([None, MORNING, LATE]),
    ready_before=st.none()
    | st.integers(1, 150).map(lambda n: Event(day=MONDAY + timedelta(days=n))),
    ready_margin_days=st.integers(0, 40),
    away=st.lists(
        st.integers(0, 100).map(
            lambda n: Away(
                first_day=MONDAY + timedelta(days=n),
                last_day=MONDAY + timedelta(days=n + 9),
            )
        ),
        max_size=2,
    ).map(tuple),
    spacing=st.builds(Spacing, block_below_days=st.integers(1, 20)),
)


def is_free(slot: Slot, wish, days):
    """Minute by minute: open, at work, not busy, in the room, and not away."""
    day = next(day for day in days if day.day == slot.day)
    who = day.practitioners[slot.practitioner]
    steps = range(slot.minute // 5, -(-(slot.minute + wish.minutes) // 5))
    taken = ~day.open | ~who.works | who.busy | day.rooms[slot.room]
    at_home = not any(a.first_day <= slot.day <= a.last_day for a in wish.away)
    return at_home and not any(taken >> step & 1 for step in steps)


@settings(max_examples=60, deadline=None)
@given(patterns=st.lists(DAY, min_size=3, max_size=8), wish=WISHES)
def test_whatever_is_proposed_is_free_ascends_and_keeps_every_gap(patterns, wish):
    days = drawn_days(patterns)
    proposal = series.propose(wish, days)
    previous = None
    for number, slot in enumerate(proposal.slots, start=1):
        assert slot.number == number
        assert is_free(slot, wish, days)
        assert slot.day >= wish.start_on
        assert slot.why
        assert slot.practitioner in {who.id for who in wish.practitioners}
        assert slot.room in {room.id for room in wish.rooms}
        if wish.ready_before:
            assert slot.day < wish.ready_before.day
        if previous:
            gap = (slot.day - previous.day).days
            greatest = max(wish.gap.greatest_days, wish.smallest_days)
            assert slot.gap_days == gap
            assert wish.smallest_days <= gap <= greatest
        previous = slot
    assert proposal.fits is (len(proposal.slots) == wish.sessions)
    assert proposal == series.propose(wish, days)


@settings(max_examples=60, deadline=None)
@given(
    patterns=st.lists(DAY, min_size=3, max_size=8),
    wish=WISHES,
    number=st.integers(1, 6),
    shift=st.integers(-30, 60),
    along=st.booleans(),
)
def test_an_allowed_move_leaves_every_visit_free_and_far_enough(
    patterns, wish, number, shift, along
):
    days = drawn_days(patterns)
    slots = series.propose(wish, days).slots
    if number > len(slots):
        return
    to = To(day=slots[number - 1].day + timedelta(days=shift))
    preview = series.move(
        slots=slots, number=number, to=to, wishes=wish, days=days, along=along
    )
    assert [move.old for move in preview.moves] == list(slots)
    if not preview.allowed:
        return
    new = [move.new for move in preview.moves]
    assert all(slot and is_free(slot, wish, days) for slot in new)
    gaps = [(b.day - a.day).days for a, b in pairwise(new)]
    assert all(gap >= wish.smallest_days for gap in gaps)
    assert [slot.gap_days for slot in new][1:] == gaps
    assert not any(move.changed for move in preview.moves[: number - 1])
    if not along:
        assert [m.number for m in preview.changed] in ([], [number])
