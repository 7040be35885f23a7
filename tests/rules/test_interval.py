"""The gap between two sessions of one zone: both sides of every limit."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import interval
from clinic.rules.book import load_book
from clinic.rules.findings import Verdict, verdict_of
from clinic.rules.interval import Gap, Planned, Treated

BOOK = load_book()
FIRST = date(2026, 3, 1)
BLOCK, WARN, OK = Verdict.BLOCK, Verdict.WARN, Verdict.OK


def after(days):
    return FIRST + timedelta(days=days)


def treated(zone="CM-R", mm="1.5", on=FIRST, **more):
    return Treated(zone=zone, on=on, mm=mm and Decimal(mm), **more)


def planned(zone="CM-R", mm="1.5", **more):
    return Planned(zone=zone, mm=mm and Decimal(mm), **more)


def check(days, *, previous=None, now=None):
    return interval.check(
        BOOK,
        previous=[previous or treated()],
        planned=[now or planned()],
        on=after(days),
    )


@pytest.mark.parametrize(
    ("mm", "days", "expected"),
    [
        pytest.param("1.5", 0, BLOCK, id="deep, the same day"),
        pytest.param("1.5", 13, BLOCK, id="deep, a day short of two weeks"),
        pytest.param("1.5", 14, WARN, id="deep, two weeks"),
        pytest.param("1.5", 27, WARN, id="deep, a day short of four weeks"),
        pytest.param("1.5", 28, OK, id="deep, four weeks"),
        pytest.param("1.5", 56, OK, id="deep, eight weeks"),
        pytest.param("1.5", 57, WARN, id="deep, a day over eight weeks"),
        pytest.param("0.51", 13, BLOCK, id="just deeper than half a millimetre"),
        pytest.param("0.5", 6, BLOCK, id="shallow, a day short of a week"),
        pytest.param("0.5", 7, WARN, id="shallow, a week"),
        pytest.param("0.5", 13, WARN, id="shallow, a day short of two weeks"),
        pytest.param("0.5", 14, OK, id="shallow, two weeks"),
        pytest.param("0.5", 400, OK, id="shallow, no longest gap"),
        pytest.param(None, 13, BLOCK, id="unknown depth counts as deep"),
        pytest.param(None, 27, WARN, id="unknown depth, below four weeks"),
    ],
)
def test_the_earlier_depth_decides_the_gap(mm, days, expected):
    assert verdict_of(check(days, previous=treated(mm=mm))) is expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(6, BLOCK, id="a day short of a week"),
        pytest.param(7, OK, id="a week"),
        pytest.param(28, OK, id="four weeks"),
        pytest.param(29, WARN, id="a day over four weeks"),
    ],
)
@pytest.mark.parametrize("mm", ["1.5", "0.5"], ids=["deep", "shallow"])
def test_the_scalp_may_be_needled_weekly(days, mm, expected):
    found = check(days, previous=treated("SC", mm), now=planned("SC", mm))
    assert verdict_of(found) is expected


def test_hair_thinning_counts_as_scalp_when_the_earlier_session_says_so():
    treated_for_hair = treated("FH", condition="AGA")
    assert check(7, previous=treated_for_hair, now=planned("FH")) == ()
    acne_before = check(7, previous=treated("FH"), now=planned("FH", condition="AGA"))
    assert verdict_of(acne_before) is BLOCK


def test_hair_thinning_before_a_booked_session_counts_as_scalp():
    assert check(-7, previous=treated("FH"), now=planned("FH", condition="AGA")) == ()


def test_the_planned_depth_does_not_decide_after_an_earlier_session():
    assert verdict_of(check(13, now=planned(mm="0.25"))) is BLOCK
    assert verdict_of(check(14, previous=treated(mm="0.25"))) is OK


def test_a_refusal_names_the_first_day_it_no_longer_holds():
    (finding,) = check(10)
    assert finding.until == after(14)
    assert verdict_of(check(14)) is not BLOCK
    assert finding.code == "interval-block"
    assert not finding.absolute
    assert "1 March 2026" in finding.sentence
    assert set(finding.sources) <= set(BOOK.sources)


def test_a_warning_names_the_first_day_without_one():
    (finding,) = check(20)
    assert finding.until == after(28)
    assert check(28) == ()


@pytest.mark.parametrize(
    ("before", "now", "judged"),
    [
        pytest.param("CM-R", "CM-R", True, id="the same area"),
        pytest.param("CM-R", "CM-L", False, id="the other side"),
        pytest.param("CM-R", "CL-R", False, id="another part of the zone"),
        pytest.param("CHEEK", "CM-R", True, id="the zone, then its area"),
        pytest.param("CM-R", "CHEEK", True, id="the area, then its zone"),
        pytest.param("CM", "CM-L", True, id="both sides, then one"),
        pytest.param("FH", "CM-R", False, id="another zone"),
    ],
)
def test_zones_are_the_same_where_their_areas_overlap(before, now, judged):
    found = check(3, previous=treated(before), now=planned(now))
    assert bool(found) is judged


def test_each_zone_is_judged_apart_and_the_worst_comes_first():
    found = interval.check(
        BOOK,
        previous=[treated("CM-R"), treated("FH", "0.5"), treated("NO", on=after(-60))],
        planned=[planned("FH"), planned("CM-R"), planned("NO"), planned("NE")],
        on=after(10),
    )
    assert [(f.code, f.zones) for f in found] == [
        ("interval-block", {"CM-R"}),
        ("interval-long", {"NO"}),
        ("interval-short", {"FH"}),
    ]


def test_only_the_latest_session_can_be_too_long_ago():
    found = interval.check(
        BOOK,
        previous=[treated(on=after(-200)), treated()],
        planned=[planned()],
        on=after(30),
    )
    assert found == ()


def test_an_older_deep_session_still_counts_behind_a_newer_shallow_one():
    found = interval.check(
        BOOK,
        previous=[treated(), treated(mm="0.25", on=after(3))],
        planned=[planned()],
        on=after(12),
    )
    assert [(f.code, f.until) for f in found] == [
        ("interval-block", after(14)),
        ("interval-short", after(17)),
    ]


@pytest.mark.parametrize(
    ("mm", "days", "expected"),
    [
        pytest.param("1.5", 13, BLOCK, id="deep, a day short"),
        pytest.param("1.5", 14, WARN, id="deep, two weeks before"),
        pytest.param("1.5", 28, OK, id="deep, four weeks before"),
        pytest.param("0.5", 7, WARN, id="the planned depth decides"),
        pytest.param("1.5", 300, OK, id="a later session is never too far away"),
    ],
)
def test_a_session_may_not_be_moved_close_before_a_booked_one(mm, days, expected):
    found = check(-days, now=planned(mm=mm))
    assert verdict_of(found) is expected
    assert all(f.until is None for f in found)


def test_no_other_session_gives_no_finding_and_no_window():
    assert interval.check(BOOK, previous=[], planned=[planned()], on=FIRST) == ()
    assert interval.window(BOOK, previous=[], planned=[planned()]) is None


@pytest.mark.parametrize(
    ("zone", "mm", "earliest", "earliest_ok", "latest_ok"),
    [
        pytest.param("CM-R", "1.5", 14, 28, 56, id="deep"),
        pytest.param("CM-R", "0.5", 7, 14, None, id="shallow"),
        pytest.param("SC", "1.5", 7, 7, 28, id="scalp"),
    ],
)
def test_a_window_says_when_the_next_session_may_be(
    zone, mm, earliest, earliest_ok, latest_ok
):
    found = interval.window(BOOK, previous=[treated(zone, mm)], planned=[planned(zone)])
    assert found.earliest == after(earliest)
    assert found.earliest_ok == after(earliest_ok)
    assert found.latest_ok == (latest_ok and after(latest_ok))


def test_the_strictest_zone_makes_the_window():
    found = interval.window(
        BOOK,
        previous=[treated("CM-R"), treated("FH", "0.5", on=after(10))],
        planned=[planned("CM-R"), planned("FH")],
    )
    assert (found.earliest, found.earliest_ok) == (after(17), after(28))
    assert found.latest_ok == after(56)


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        pytest.param((28, 30, 42), (28, 42, 30), id="within the rule"),
        pytest.param((14, 21, 56), (28, 56, 28), id="never below the rule"),
        pytest.param((30, 80, 90), (30, 56, 56), id="never above the rule"),
    ],
)
def test_a_protocols_own_gap_narrows_the_window(gap, expected):
    smallest, preferred, greatest = gap
    found = interval.window(
        BOOK,
        previous=[treated()],
        planned=[planned()],
        gap=Gap(
            smallest_days=smallest, preferred_days=preferred, greatest_days=greatest
        ),
    )
    assert (found.earliest_ok, found.latest_ok, found.preferred) == tuple(
        after(days) for days in expected
    )
    assert found.earliest == after(14)


@given(
    days=st.integers(0, 120),
    mm=st.sampled_from(["0.25", "0.5", "0.75", "2.0"]),
    zone=st.sampled_from(["CM-R", "SC", "NE"]),
)
def test_the_window_and_the_check_agree_on_every_day(days, mm, zone):
    sessions = {"previous": [treated(zone, mm)], "planned": [planned(zone)]}
    found = interval.window(BOOK, **sessions)
    verdict = verdict_of(interval.check(BOOK, on=after(days), **sessions))
    assert (verdict is BLOCK) is (after(days) < found.earliest)
    quiet = after(days) >= found.earliest_ok and (
        found.latest_ok is None or after(days) <= found.latest_ok
    )
    assert (verdict is OK) is quiet


@given(days=st.integers(0, 55), mm=st.sampled_from(["0.5", "0.75"]))
def test_a_later_day_is_never_stricter_before_the_longest_gap(days, mm):
    today = verdict_of(check(days, previous=treated(mm=mm)))
    tomorrow = verdict_of(check(days + 1, previous=treated(mm=mm)))
    assert tomorrow.rank <= today.rank


@given(start=st.dates(date(2020, 1, 1), date(2040, 1, 1)), days=st.integers(0, 60))
def test_clock_changes_and_leap_days_move_no_gap(start, days):
    verdict = verdict_of(
        interval.check(
            BOOK,
            previous=[treated(on=start)],
            planned=[planned()],
            on=start + timedelta(days=days),
        )
    )
    assert verdict is verdict_of(check(days))


def test_an_unknown_zone_is_refused():
    with pytest.raises(KeyError):
        check(3, previous=treated("XX"))


def test_a_session_on_the_same_day_counts_as_the_earlier_one():
    (finding,) = check(0, now=planned(mm="0.25"))
    assert finding.until == after(14)
    assert "0 days after" in finding.sentence


def test_one_day_is_said_in_the_singular():
    (finding,) = check(1)
    assert finding.sentence.startswith("1 day after the session on 1 March 2026")
