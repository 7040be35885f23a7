"""Free time by bit masks answers as a plain list of minutes would."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.rules import freetime
from clinic.rules.freetime import DayResources, Need, Place, Presence

MONDAY = date(2026, 1, 5)
NINE_TO_FIVE = freetime.open_mask([(9 * 60, 17 * 60)])
INTERVALS = st.lists(
    st.tuples(st.integers(-60, 1500), st.integers(0, 400)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    ),
    max_size=6,
)


def hour(text):
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def at(*spans):
    return [tuple(hour(end) for end in span.split("-")) for span in spans]


def one_day(day=MONDAY, *, opened=NINE_TO_FIVE, busy=(), rooms=None, devices=None):
    return DayResources(
        day=day,
        open=opened,
        practitioners={
            1: Presence(works=freetime.FULL_DAY, busy=freetime.busy_mask(busy))
        },
        rooms={7: 0} if rooms is None else rooms,
        devices=devices or {},
    )


def minutes(mask):
    return list(freetime.minutes_of(mask))


@pytest.mark.parametrize(
    ("spans", "first", "last"),
    [
        pytest.param(["09:00-17:00"], "09:00", "16:55", id="whole hours"),
        pytest.param(["09:01-17:00"], "09:05", "16:55", id="opening a minute late"),
        pytest.param(["09:00-16:59"], "09:00", "16:50", id="closing a minute early"),
        pytest.param(["00:00-24:00"], "00:00", "23:55", id="the whole day"),
    ],
)
def test_opening_hours_count_only_whole_steps(spans, first, last):
    steps = minutes(freetime.open_mask(at(*spans)))
    assert (steps[0], steps[-1]) == (hour(first), hour(last))


@pytest.mark.parametrize(
    ("span", "taken"),
    [
        pytest.param("10:00-10:05", ["10:00"], id="one whole step"),
        pytest.param("10:03-10:06", ["10:00", "10:05"], id="parts of two steps"),
        pytest.param("10:04-10:05", ["10:00"], id="the last minute of a step"),
        pytest.param("10:00-10:00", [], id="nothing"),
    ],
)
def test_a_visit_takes_every_step_it_touches(span, taken):
    steps = minutes(freetime.busy_mask(at(span)))
    assert steps == [hour(text) for text in taken]


@pytest.mark.parametrize("make", [freetime.open_mask, freetime.busy_mask])
def test_an_interval_cannot_end_before_it_starts(make):
    with pytest.raises(ValueError, match="before its start 600"):
        make([(600, 599)])


@pytest.mark.parametrize("make", [freetime.open_mask, freetime.busy_mask])
def test_what_reaches_beyond_the_day_is_cut(make):
    assert make([(-500, 2000)]) == freetime.FULL_DAY
    assert make([(-500, 0), (1440, 2000)]) == 0


@given(spans=INTERVALS)
def test_masks_agree_with_minutes_counted_one_by_one(spans):
    def inside(minute):
        return any(start <= minute < end for start, end in spans)

    for step in range(0, 1440, 5):
        bit = 1 << (step // 5)
        touched = any(inside(minute) for minute in range(step, step + 5))
        whole = any(start <= step and step + 5 <= end for start, end in spans)
        assert bool(freetime.busy_mask(spans) & bit) == touched
        assert bool(freetime.open_mask(spans) & bit) == whole


@given(
    free=st.integers(0, freetime.FULL_DAY),
    spans=INTERVALS,
    length=st.integers(1, 700),
    every=st.sampled_from([5, 10, 15, 30, 60]),
)
def test_starts_agree_with_minutes_counted_one_by_one(free, spans, length, every):
    free |= freetime.open_mask(spans)
    steps = -(-length // 5)
    naive = [
        step * 5
        for step in range(288)
        if step * 5 % every == 0
        and step + steps <= 288
        and all(free >> other & 1 for other in range(step, step + steps))
    ]
    found = freetime.starts(free, minutes=length, every_minutes=every)
    assert minutes(found) == naive
    assert freetime.first_minute(found) == (naive[0] if naive else None)


@pytest.mark.parametrize(
    ("free", "length", "fits"),
    [
        pytest.param("10:00-10:45", 45, True, id="exactly as long as the gap"),
        pytest.param("10:00-10:45", 46, False, id="a minute longer than the gap"),
        pytest.param("23:15-24:00", 45, True, id="up to midnight"),
        pytest.param("23:20-24:00", 45, False, id="past midnight"),
    ],
)
def test_a_visit_fits_a_gap_or_not(free, length, fits):
    assert bool(freetime.starts(freetime.open_mask(at(free)), minutes=length)) is fits


@pytest.mark.parametrize("length", [0, -5])
def test_a_visit_takes_time(length):
    with pytest.raises(ValueError, match="at least a minute"):
        freetime.starts(freetime.FULL_DAY, minutes=length)


@pytest.mark.parametrize("every", [0, -15, 7])
def test_visits_start_on_multiples_of_five_minutes(every):
    with pytest.raises(ValueError, match="5, 10, 15"):
        freetime.starts(freetime.FULL_DAY, minutes=5, every_minutes=every)


def need(**changes):
    return Need(**({"minutes": 60, "practitioners": (1,), "rooms": (7,)} | changes))


def test_the_first_free_place_is_after_the_busy_hour():
    day = one_day(busy=at("09:00-10:15"))
    assert freetime.first_free([day], need()) == Place(
        day=MONDAY, minute=hour("10:15"), practitioner=1, room=7, device=None
    )


def test_a_visit_may_end_when_the_clinic_closes_but_not_later():
    day = one_day(busy=at("09:00-16:00"))
    assert freetime.first_free([day], need()).minute == hour("16:00")
    assert freetime.first_free([day], need(minutes=65)) is None


def test_a_window_limits_the_start_and_not_the_end():
    morning = freetime.open_mask(at("00:00-12:00"))
    day = one_day(busy=at("09:00-11:55"))
    found = freetime.first_free([day], need(window=morning))
    assert found.minute == hour("11:55")
    day = one_day(busy=at("09:00-12:00"))
    assert freetime.first_free([day], need(window=morning)) is None


def test_the_next_day_is_taken_when_the_first_is_closed():
    tuesday = MONDAY + timedelta(days=1)
    days = [one_day(opened=0), one_day(tuesday)]
    assert freetime.first_free(days, need()).day == tuesday


def test_the_earlier_named_room_is_preferred():
    day = one_day(rooms={7: 0, 8: 0})
    assert freetime.first_free([day], need(rooms=(8, 7))).room == 8


@pytest.mark.parametrize(
    "stranger",
    [{"practitioners": (99,)}, {"rooms": (99,)}, {"devices": (99,)}],
    ids=["practitioner", "room", "device"],
)
def test_what_is_not_listed_on_a_day_is_not_free(stranger):
    assert freetime.first_free([one_day()], need(**stranger)) is None


def test_a_device_is_asked_for_only_when_needed():
    day = one_day(devices={3: freetime.FULL_DAY})
    assert freetime.first_free([day], need()).device is None
    assert freetime.first_free([day], need(devices=(3,))) is None
    free = one_day(devices={3: freetime.FULL_DAY, 4: 0})
    assert freetime.first_free([free], need(devices=(3, 4))).device == 4


def test_a_room_must_be_free_for_the_whole_visit_not_two_rooms_in_turn():
    first = freetime.busy_mask(at("09:30-17:00"))
    second = freetime.busy_mask(at("09:00-09:30"))
    day = one_day(rooms={7: first, 8: second})
    found = freetime.first_free([day], need(rooms=(7, 8)))
    assert (found.minute, found.room) == (hour("09:30"), 8)


MASKS = st.integers(0, freetime.FULL_DAY)
DAYS = st.lists(
    st.builds(
        DayResources,
        day=st.just(MONDAY),
        open=INTERVALS.map(freetime.open_mask),
        practitioners=st.dictionaries(
            st.integers(1, 3),
            st.builds(
                Presence,
                works=INTERVALS.map(freetime.open_mask),
                busy=INTERVALS.map(freetime.busy_mask),
            ),
        ),
        rooms=st.dictionaries(st.integers(1, 3), INTERVALS.map(freetime.busy_mask)),
        devices=st.dictionaries(st.integers(1, 2), INTERVALS.map(freetime.busy_mask)),
    ),
    min_size=1,
    max_size=3,
)


def spread(days, *, every):
    """The same days, so many days apart."""
    return [
        replace(day, day=MONDAY + timedelta(days=every * n))
        for n, day in enumerate(days)
    ]


def naive_starts(day, wish):
    """Every start with its resources, by trying every step and every triple."""
    steps = -(-wish.minutes // 5)

    def clear(step, mask):
        return all(not mask >> other & 1 for other in range(step, step + steps))

    def devices(step):
        if not wish.devices:
            return [None]
        return [
            k for k in wish.devices if k in day.devices and clear(step, day.devices[k])
        ]

    for step in range(288 - steps + 1):
        if not clear(step, ~day.open):
            continue
        who = [
            k
            for k in wish.practitioners
            if (p := day.practitioners.get(k)) and clear(step, ~p.works | p.busy)
        ]
        rooms = [k for k in wish.rooms if k in day.rooms and clear(step, day.rooms[k])]
        if who and rooms and devices(step):
            yield Place(
                day=day.day,
                minute=step * 5,
                practitioner=who[0],
                room=rooms[0],
                device=devices(step)[0],
            )


NEEDS = st.builds(
    Need,
    minutes=st.integers(5, 180),
    practitioners=st.permutations([1, 2, 3]).map(tuple),
    rooms=st.permutations([1, 2, 3]).map(tuple),
    devices=st.sampled_from([(), (1,), (2, 1)]),
)


@settings(max_examples=40)
@given(days=DAYS, wish=NEEDS)
def test_the_first_free_place_agrees_with_trying_everything(days, wish):
    days = spread(days, every=1)
    everything = [place for day in days for place in naive_starts(day, wish)]
    assert freetime.first_free(days, wish) == (everything[0] if everything else None)


@settings(max_examples=40)
@given(
    days=DAYS,
    wish=NEEDS,
    wanted=st.integers(-1, 4),
    minute=st.integers(0, 1439),
    count=st.integers(0, 12),
)
def test_the_nearest_places_agree_with_sorting_everything(
    days, wish, wanted, minute, count
):
    days = spread(days, every=2)
    wanted_day = MONDAY + timedelta(days=wanted)

    def far(place):
        away = (place.day - wanted_day).days * 1440 + place.minute - minute
        return abs(away), away < 0

    everything = [place for day in days for place in naive_starts(day, wish)]
    assert freetime.nearest_free(
        days, wish, wanted_day=wanted_day, wanted_minute=minute, count=count
    ) == tuple(sorted(everything, key=far)[:count])


def test_of_two_equally_near_times_the_later_comes_first():
    day = one_day(busy=at("10:00-12:00"))
    near = freetime.nearest_free(
        [day], need(), wanted_day=MONDAY, wanted_minute=hour("10:30"), count=2
    )
    assert [place.minute for place in near] == [hour("12:00"), hour("09:00")]
