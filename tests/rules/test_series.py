"""A whole series is proposed at once, and each slot says why it was taken."""

from datetime import date, timedelta

import pytest

from clinic.rules.book import load_book
from clinic.rules.series import Away, Code, Gap, Policy, Spacing
from sessions.booking import reasons
from tests.rules.series_clinic import (
    MONDAY,
    NEW_YEARS_EVE,
    ROOM_2,
    WEDDING,
    clinic,
    codes,
    days_of,
    minutes,
    proposed,
    said,
    warned,
    wishes,
)

FIVE = [
    date(2025, 11, 19),
    date(2026, 1, 7),
    date(2026, 2, 18),
    date(2026, 4, 1),
    date(2026, 5, 13),
]


def test_five_visits_around_a_holiday_a_trip_and_a_wedding():
    days = clinic(
        closed={NEW_YEARS_EVE},
        busy={(1, MONDAY + timedelta(days=2)): ["09:00-10:15"]},
        rooms={(2, date(2026, 4, 1)): ["09:00-17:00"]},
    )
    trip = Away(
        first_day=date(2026, 2, 25), last_day=date(2026, 3, 4), label="Sun trip"
    )
    proposal = proposed(
        days,
        away=(trip,),
        healing_days=28,
        ready_before=WEDDING,
        ready_margin_days=28,
    )
    assert proposal.fits
    assert days_of(proposal) == FIVE
    assert {slot.minute for slot in proposal.slots} == {minutes("10:15")}
    assert [slot.gap_days for slot in proposal.slots] == [None, 49, 42, 42, 42]
    assert [slot.room for slot in proposal.slots] == [2, 2, 2, 1, 1]
    assert [said(slot) for slot in proposal.slots] == [
        "First free Wednesday morning",
        "31 December is closed, one week later",
        "42 days after session 2",
        "42 days after session 3, Room 2 is taken",
        "42 days after session 4",
    ]
    warnings = {number: warned(slot) for number, slot in enumerate(proposal.slots, 1)}
    assert warnings == {1: [], 2: [], 3: [Code.HEALS_WHILE_AWAY], 4: [], 5: []}
    assert [
        (check.holds, check.number, reasons.describe(check.reason))
        for check in proposal.checks
    ] == [
        (True, None, "every gap is 28 days or more"),
        (True, None, "ends 38 days before the wedding"),
        (False, 3, "Sun trip in healing time"),
    ]


def test_the_first_free_day_when_nothing_is_wished():
    first = proposed(weekdays=frozenset(), part_of_day=None).slots[0]
    assert (first.day, first.minute) == (MONDAY, minutes("09:00"))
    assert said(first) == "First free day"


@pytest.mark.parametrize(
    ("until", "minute", "line"),
    [
        pytest.param(
            "11:55", "11:55", "First free Wednesday morning", id="just before"
        ),
        pytest.param(
            "12:00",
            "12:00",
            "No Wednesday morning free, another time of day",
            id="noon is no morning",
        ),
    ],
)
def test_the_morning_ends_before_noon(until, minute, line):
    wednesdays = [MONDAY + timedelta(days=2 + 7 * week) for week in range(5)]
    days = clinic(busy={(1, day): [f"09:00-{until}"] for day in wednesdays})
    first = proposed(days).slots[0]
    assert (first.minute, said(first)) == (minutes(minute), line)


def test_a_calendar_that_opens_later_is_waited_for():
    days = clinic()[9:]
    proposal = proposed(days)
    assert proposal.slots[0].day == date(2025, 11, 26)
    assert said(proposal.slots[0]) == "First free Wednesday morning"


def test_a_day_missing_from_the_calendar_cannot_be_booked_yet():
    days = tuple(day for day in clinic() if day.day != NEW_YEARS_EVE)
    assert said(proposed(days).slots[1]) == (
        "31 December cannot be booked yet, one week later"
    )


@pytest.mark.parametrize(
    ("closed", "day", "why"),
    [
        pytest.param({NEW_YEARS_EVE}, (2026, 1, 7), "one week later", id="later wins"),
        pytest.param(
            {NEW_YEARS_EVE, date(2026, 1, 7)},
            (2025, 12, 24),
            "one week earlier",
            id="earlier when later is closed too",
        ),
        pytest.param(
            {NEW_YEARS_EVE, date(2026, 1, 7), date(2025, 12, 24)},
            (2026, 1, 14),
            "2 weeks later",
            id="and so on outward",
        ),
    ],
)
def test_a_closed_day_moves_the_visit_to_the_nearest_wednesday(closed, day, why):
    second = proposed(clinic(closed=closed)).slots[1]
    assert second.day == date(*day)
    assert said(second) == f"31 December is closed, {why}"


def test_later_gaps_count_from_the_slot_that_was_chosen():
    third = proposed(clinic(closed={NEW_YEARS_EVE})).slots[2]
    assert third.day == date(2026, 1, 7) + timedelta(days=42)


def test_no_wednesday_free_within_the_gap_gives_another_day():
    wednesdays = {MONDAY + timedelta(days=2 + 7 * week) for week in range(1, 12)}
    second = proposed(clinic(closed=wednesdays)).slots[1]
    assert second.day == date(2026, 1, 1)
    assert said(second) == "No Wednesday free, Thursday instead"


def test_a_full_morning_within_the_whole_gap_gives_another_time():
    busy = {
        (1, MONDAY + timedelta(days=2 + 7 * week)): ["09:00-12:00"]
        for week in range(1, 12)
    }
    second = proposed(clinic(busy=busy)).slots[1]
    assert (second.day, second.minute) == (NEW_YEARS_EVE, minutes("12:00"))
    assert said(second) == "No Wednesday morning free, another time of day"


def test_a_full_morning_alone_moves_the_visit_by_a_week():
    busy = {(1, NEW_YEARS_EVE): ["09:00-12:00"]}
    second = proposed(clinic(busy=busy)).slots[1]
    assert second.day == date(2026, 1, 7)
    assert said(second) == "The morning of 31 December is full, one week later"


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"away": {(1, NEW_YEARS_EVE)}}, "Mira is away, one week later"),
        (
            {"busy": {(1, NEW_YEARS_EVE): ["09:00-17:00"]}},
            "Mira is busy, one week later",
        ),
        (
            {"rooms": {(room, NEW_YEARS_EVE): ["09:00-17:00"] for room in (1, 2)}},
            "Every room is taken on 31 December, one week later",
        ),
    ],
    ids=["away", "busy", "rooms"],
)
def test_the_reason_names_what_was_missing(what, why):
    assert said(proposed(clinic(**what)).slots[1]) == why


def test_a_day_on_which_nobody_and_no_room_are_free_together_is_full():
    days = clinic(
        busy={(1, NEW_YEARS_EVE): ["09:00-13:00"]},
        rooms={(2, NEW_YEARS_EVE): ["12:30-17:00"]},
    )
    second = proposed(days, rooms=(ROOM_2,), part_of_day=None).slots[1]
    assert said(second) == "31 December is full, one week later"


def test_a_single_room_is_named():
    days = clinic(rooms={(2, NEW_YEARS_EVE): ["09:00-17:00"]})
    second = proposed(days, rooms=(ROOM_2,)).slots[1]
    assert said(second) == "Room 2 is taken, one week later"


def test_without_a_wished_weekday_a_visit_moves_by_a_day():
    gap = Gap(smallest_days=28, preferred_days=44, greatest_days=56)
    days = clinic(closed={NEW_YEARS_EVE})
    second = proposed(days, weekdays=frozenset(), gap=gap).slots[1]
    assert second.day == date(2026, 1, 1)
    assert said(second) == "31 December is closed, one day later"


def test_the_patients_own_trip_moves_the_visit():
    trip = Away(first_day=date(2025, 12, 30), last_day=NEW_YEARS_EVE)
    second = proposed(away=(trip,)).slots[1]
    assert said(second) == "Away on 31 December, one week later"


@pytest.mark.parametrize(
    ("last_day", "day"),
    [(NEW_YEARS_EVE - timedelta(days=1), NEW_YEARS_EVE), (NEW_YEARS_EVE, (2026, 1, 7))],
    ids=["back the day before", "back too late"],
)
def test_both_ends_of_a_trip_belong_to_it(last_day, day):
    trip = Away(first_day=date(2025, 12, 28), last_day=last_day)
    expected = day if isinstance(day, date) else date(*day)
    assert proposed(away=(trip,)).slots[1].day == expected


def test_the_nearest_weekday_when_the_gap_is_not_whole_weeks():
    gap = Gap(smallest_days=28, preferred_days=30, greatest_days=56)
    second = proposed(gap=gap).slots[1]
    assert second.gap_days == 28
    assert said(second) == "The Wednesday nearest to 30 days"


def test_the_same_time_is_kept_before_the_same_room():
    day = date(2025, 12, 31)
    days = clinic(rooms={(2, day): ["09:00-10:00"]})
    second = proposed(days).slots[1]
    assert (second.minute, second.room) == (minutes("09:00"), 1)
    assert codes(second) == [Code.ON_TIME, Code.ROOM_TAKEN]


def test_the_same_room_is_kept_when_the_time_cannot_be():
    day = date(2025, 12, 31)
    days = clinic(busy={(1, day): ["09:00-09:30"]}, rooms={(2, day): ["09:00-10:00"]})
    second = proposed(days).slots[1]
    assert (second.minute, second.room) == (minutes("10:00"), 2)


@pytest.mark.parametrize(
    ("busy", "minute"),
    [
        pytest.param(["10:00-11:05"], "09:00", id="an hour earlier is nearest"),
        pytest.param(["09:30-10:30"], "10:30", id="half an hour later is nearest"),
        pytest.param(["10:00-11:00"], "11:00", id="of two equally near the later"),
    ],
)
def test_otherwise_the_nearest_time_is_taken(busy, minute):
    first = date(2025, 11, 19)
    days = clinic(busy={(1, first): ["09:00-10:00"], (1, NEW_YEARS_EVE): busy})
    assert proposed(days).slots[1].minute == minutes(minute)


@pytest.mark.parametrize(
    ("previous", "first"),
    [
        pytest.param(date(2025, 10, 22), date(2025, 11, 19), id="just long enough ago"),
        pytest.param(date(2025, 10, 23), date(2025, 11, 26), id="a day too recent"),
    ],
)
def test_the_first_visit_keeps_the_gap_to_the_session_before(previous, first):
    slot = proposed(previous_on=previous).slots[0]
    assert slot.day == first
    assert slot.gap_days == (first - previous).days


@pytest.mark.parametrize(
    ("window", "day"),
    [(28, date(2025, 12, 10)), (24, date(2025, 12, 10)), (23, MONDAY)],
    ids=["within", "the last day of it", "too far"],
)
def test_the_wished_day_is_waited_for_only_so_long(window, day):
    closed = {date(2025, 11, 19), date(2025, 11, 26), date(2025, 12, 3)}
    policy = Policy(start_window_days=window)
    assert proposed(clinic(closed=closed), policy=policy).slots[0].day == day


def test_after_the_window_the_first_free_day_is_taken():
    closed = {MONDAY + timedelta(days=offset) for offset in range(60)}
    first = proposed(clinic(closed=closed)).slots[0]
    assert first.day == MONDAY + timedelta(days=60)
    assert first.day.weekday() == 4
    assert said(first) == "No Wednesday free, Friday instead"


@pytest.mark.parametrize(
    ("trip_starts_after", "heals"),
    [(27, True), (28, False)],
    ids=["on the last day of healing", "a day later"],
)
def test_healing_while_away_is_warned_of(trip_starts_after, heals):
    starts = date(2025, 11, 19) + timedelta(days=trip_starts_after)
    trip = Away(first_day=starts, last_day=starts + timedelta(days=3), label="Trip")
    first = proposed(away=(trip,), healing_days=28).slots[0]
    assert (Code.HEALS_WHILE_AWAY in warned(first)) is heals


def test_a_trip_that_is_over_is_not_warned_of():
    trip = Away(first_day=MONDAY, last_day=date(2025, 11, 18))
    assert not warned(proposed(away=(trip,), healing_days=28).slots[0])


@pytest.mark.parametrize(
    ("gap", "spacing", "code"),
    [
        pytest.param(28, {"warn_below_days": 28}, None, id="just long enough"),
        pytest.param(28, {"warn_below_days": 29}, Code.SHORT_GAP, id="a day too short"),
        pytest.param(56, {"warn_above_days": 56}, None, id="just short enough"),
        pytest.param(56, {"warn_above_days": 55}, Code.LONG_GAP, id="a day too long"),
    ],
)
def test_the_interval_rule_warns_on_either_side(gap, spacing, code):
    fixed = Gap(smallest_days=gap, preferred_days=gap, greatest_days=gap)
    second = proposed(gap=fixed, spacing=Spacing(**spacing)).slots[1]
    assert second.gap_days == gap
    assert warned(second) == ([code] if code else [])


def test_the_strictest_of_several_intervals_counts():
    rows = {row.key: row for row in load_book().intervals}
    spacing = Spacing.of([rows["DEEP"], rows["SHALLOW"]])
    assert spacing == Spacing(
        block_below_days=14, warn_below_days=28, warn_above_days=56
    )
    assert Spacing.of([rows["SHALLOW"]]) == Spacing(
        block_below_days=7, warn_below_days=14
    )
    assert Spacing.of([]) == Spacing()


def test_the_interval_rule_is_stronger_than_the_protocol():
    gap = Gap(smallest_days=7, preferred_days=7, greatest_days=28)
    proposal = proposed(gap=gap, spacing=Spacing(block_below_days=14))
    assert {slot.gap_days for slot in proposal.slots[1:]} == {14}


@pytest.mark.parametrize("gap", [(0, 1, 2), (3, 2, 4), (1, 4, 3)])
def test_gaps_must_ascend(gap):
    smallest, preferred, greatest = gap
    with pytest.raises(ValueError, match="ascend"):
        wishes(
            gap=Gap(
                smallest_days=smallest,
                preferred_days=preferred,
                greatest_days=greatest,
            )
        )


@pytest.mark.parametrize(
    "wrong", [{"sessions": 0}, {"weekdays": frozenset({7})}], ids=["none", "weekday"]
)
def test_impossible_wishes_are_refused(wrong):
    with pytest.raises(ValueError, match=r"at least one session|Weekdays run"):
        wishes(**wrong)


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_a_sentence(code):
    assert reasons.SENTENCES[code]


def test_spans_read_as_people_say_them():
    assert [reasons.shift(days) for days in (0, 1, 6, 7, 8, 14, 42)] == [
        "0 days",
        "one day",
        "6 days",
        "one week",
        "8 days",
        "2 weeks",
        "6 weeks",
    ]
