"""After a session: what is allowed when, for this phototype and these products."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import aftercare
from clinic.rules.book import load_book

BOOK = load_book()
DAY = date(2026, 3, 1)
MOMENT = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)


def windows(on=DAY, phototype=3, **more):
    found = aftercare.windows(BOOK, on=on, phototype=phototype, **more)
    return {window.key: window for window in found}


@pytest.mark.parametrize(
    ("key", "phototype", "until"),
    [
        pytest.param("NOTHING_BUT_SUPPLIED", 4, 2, id="products, phototype IV"),
        pytest.param("NOTHING_BUT_SUPPLIED", 5, 4, id="products, phototype V"),
        pytest.param("NOTHING_BUT_SUPPLIED", None, 4, id="products, not asked"),
        pytest.param("MAKE_UP", 4, 2, id="make-up, phototype IV"),
        pytest.param("MAKE_UP", 6, 4, id="make-up, phototype VI"),
        pytest.param("SUNSCREEN_FROM", 4, 2, id="sunscreen, phototype IV"),
        pytest.param("SUNSCREEN_FROM", 6, 2, id="sunscreen, no later in dark skin"),
        pytest.param("SUNSCREEN_DAILY", 3, 15, id="daily sunscreen for two weeks"),
        pytest.param("SUN_STRICT", 3, 2, id="no sun on the day"),
        pytest.param("SUN_LITTLE", 3, 4, id="little sun for three days"),
        pytest.param("SUN_AVOID", 3, 15, id="no tanning for two weeks"),
        pytest.param("EXERCISE", 3, 4, id="exercise"),
        pytest.param("ACTIVES", 3, 8, id="retinoid and acids for a week"),
        pytest.param("INJECTIONS_TATTOO", 3, 15, id="toxin and filler"),
        pytest.param("BRUSH_PICKING", 3, 8, id="brush"),
    ],
)
def test_each_instruction_ends_on_its_day(key, phototype, until):
    assert windows(phototype=phototype)[key].until == date(2026, 3, until)


def test_hours_count_from_the_moment_when_it_is_known():
    window = windows(MOMENT)["MAKE_UP"]
    assert window.until_at == datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
    assert window.until == date(2026, 3, 2)
    assert window.holds_on(date(2026, 3, 2))
    assert not window.holds_on(date(2026, 3, 3))


def test_whole_days_have_no_moment():
    window = windows(MOMENT)["ACTIVES"]
    assert window.until_at is None
    assert window.holds_on(date(2026, 3, 7))
    assert not window.holds_on(date(2026, 3, 8))


def test_minoxidil_is_named_only_where_it_is_used():
    assert "MINOXIDIL" not in windows()
    window = windows(topicals=["MINOXIDIL"])["MINOXIDIL"]
    assert window.until == date(2026, 3, 2)
    assert window.status == "M"


def test_the_first_to_end_comes_first():
    found = aftercare.windows(BOOK, on=MOMENT, phototype=5)
    assert [w.until for w in found] == sorted(w.until for w in found)


@given(
    phototype=st.sampled_from([1, 2, 3, 4, 5, 6]),
    on=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
def test_no_phototype_waits_longer_than_one_that_was_not_asked(phototype, on):
    unknown = windows(on, None)
    for key, window in windows(on, phototype).items():
        assert window.until <= unknown[key].until


@pytest.mark.parametrize("window", windows().values(), ids=lambda window: window.key)
def test_every_instruction_is_a_sentence_with_sources(window):
    assert window.sentence.endswith(".")
    assert set(window.sources) <= set(BOOK.sources)


@pytest.mark.parametrize(
    ("days", "current"),
    [
        pytest.param(0, {"INFLAMMATION"}, id="the day itself"),
        pytest.param(3, {"INFLAMMATION", "PROLIFERATION"}, id="two phases meet"),
        pytest.param(4, {"PROLIFERATION"}, id="after inflammation"),
        pytest.param(20, {"PROLIFERATION"}, id="last day of proliferation"),
        pytest.param(21, set(), id="between two phases"),
        pytest.param(27, set(), id="the day before remodelling"),
        pytest.param(28, {"REMODELLING", "FIRST_FAIR_PHOTO"}, id="four weeks"),
        pytest.param(731, {"REMODELLING", "FIRST_FAIR_PHOTO"}, id="two years"),
        pytest.param(732, {"FIRST_FAIR_PHOTO"}, id="more than two years"),
    ],
)
def test_healing_says_which_phase_is_current(days, current):
    on = date(2026, 3, 1)
    today = date.fromordinal(on.toordinal() + days)
    phases = aftercare.healing(BOOK, on=on, today=today)
    assert {phase.key for phase in phases if phase.is_current} == current


def test_before_the_session_no_phase_is_current():
    phases = aftercare.healing(BOOK, on=DAY, today=date(2026, 2, 28))
    assert not any(phase.is_current for phase in phases)


def test_measured_facts_are_no_phases():
    keys = {p.key for p in aftercare.healing(BOOK, on=DAY, today=DAY)}
    assert keys == {"INFLAMMATION", "PROLIFERATION", "REMODELLING", "FIRST_FAIR_PHOTO"}
    assert {h.key for h in BOOK.healing} - keys == {
        "MICROPORES",
        "FACIAL_BARRIER",
        "RAT_BARRIER",
    }
