"""Wall clock and instants agree, on the days the clocks change as well."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import freetime

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 1, 5)


def hour(text):
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def at(*spans):
    return [tuple(hour(end) for end in span.split("-")) for span in spans]


def minutes(mask):
    return list(freetime.minutes_of(mask))


def test_winter_and_summer_hours_give_their_own_instants():
    winter = freetime.wall_to_instant(date(2026, 1, 5), hour("10:15"), LONDON)
    summer = freetime.wall_to_instant(date(2026, 7, 6), hour("10:15"), LONDON)
    assert winter == datetime(2026, 1, 5, 10, 15, tzinfo=UTC)
    assert summer == datetime(2026, 7, 6, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize("text", ["01:00", "01:30", "01:59"])
def test_a_time_the_clocks_skip_is_refused(text):
    with pytest.raises(freetime.NoSuchTimeError, match="29 March 2026"):
        freetime.wall_to_instant(date(2026, 3, 29), hour(text), LONDON)


@pytest.mark.parametrize(
    ("text", "utc"),
    [("00:59", "00:59"), ("02:00", "01:00")],
    ids=["the minute before the gap", "the minute after it"],
)
def test_times_beside_the_gap_exist(text, utc):
    instant = freetime.wall_to_instant(date(2026, 3, 29), hour(text), LONDON)
    assert f"{instant:%H:%M}" == utc


def test_of_a_time_that_comes_twice_the_first_is_taken():
    day = date(2026, 10, 25)
    first = freetime.wall_to_instant(day, hour("01:30"), LONDON)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_minute_1440_is_the_next_midnight_and_1441_is_refused():
    end = freetime.wall_to_instant(MONDAY, 1440, LONDON)
    assert end == datetime(2026, 1, 6, tzinfo=UTC)
    for minute in (-1, 1441):
        with pytest.raises(ValueError, match="no minute"):
            freetime.wall_to_instant(MONDAY, minute, LONDON)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [
        pytest.param("2026-07-06T09:00", "2026-07-06T10:00", [(600, 660)], id="summer"),
        pytest.param("2026-07-05T09:00", "2026-07-05T10:00", [], id="the day before"),
        pytest.param(
            "2026-07-05T22:00", "2026-07-05T23:00", [], id="up to local midnight"
        ),
        pytest.param(
            "2026-07-05T22:00", "2026-07-05T23:01", [(0, 1)], id="a minute into the day"
        ),
        pytest.param(
            "2026-01-01T00:00", "2026-12-31T00:00", [(0, 1440)], id="a long closure"
        ),
        pytest.param(
            "2026-07-06T22:30", "2026-07-07T22:30", [(1410, 1440)], id="over midnight"
        ),
    ],
)
def test_instants_become_minutes_of_the_day(start, end, covered):
    day = date(2026, 7, 6)
    found = freetime.wall_intervals(utc(start), utc(end), day=day, tz=LONDON)
    assert list(found) == covered


def test_a_part_of_a_minute_takes_the_minute():
    start = utc("2026-01-05T10:00") + timedelta(seconds=30)
    end = utc("2026-01-05T10:05") + timedelta(seconds=1)
    found = freetime.wall_intervals(start, end, day=MONDAY, tz=LONDON)
    assert found == ((600, 606),)


BACK, FORWARD = date(2026, 10, 25), date(2026, 3, 29)


@pytest.mark.parametrize(
    ("day", "start", "end", "taken"),
    [
        pytest.param(
            BACK, "00:30", "01:15", ["01:00-01:15", "01:30-02:00"], id="ends earlier"
        ),
        pytest.param(BACK, "00:30", "02:00", ["01:00-02:00"], id="the hour twice"),
        pytest.param(BACK, "00:00", "00:30", ["01:00-01:30"], id="before they go back"),
        pytest.param(
            FORWARD, "00:30", "01:30", ["00:30-01:00", "02:00-02:30"], id="forward"
        ),
    ],
)
def test_a_clock_change_inside_a_visit_blocks_what_the_clock_shows(
    day, start, end, taken
):
    spans = freetime.wall_intervals(
        utc(f"{day}T{start}"), utc(f"{day}T{end}"), day=day, tz=LONDON
    )
    assert freetime.busy_mask(spans) == freetime.busy_mask(at(*taken))


def test_a_day_of_25_hours_is_covered_whole():
    start, end = utc("2026-10-24T12:00"), utc("2026-10-26T12:00")
    spans = freetime.wall_intervals(start, end, day=BACK, tz=LONDON)
    assert freetime.busy_mask(spans) == freetime.FULL_DAY


@given(
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    minute=st.integers(0, 1439),
    length=st.integers(1, 240),
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe"]),
)
def test_a_booked_time_reads_back_as_the_minutes_it_was_booked_for(
    day, minute, length, zone
):
    tz = ZoneInfo(zone)
    try:
        start = freetime.wall_to_instant(day, minute, tz)
    except freetime.NoSuchTimeError:
        return
    end = start + timedelta(minutes=length)
    spans = freetime.wall_intervals(start, end, day=day, tz=tz)
    assert any(start <= minute < end for start, end in spans)
