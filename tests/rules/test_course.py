"""The published course of scores, and when a course is flagged (CLINICAL 8.2)."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import book, course, scales, sourced
from clinic.rules.course import ExpectedBand, FlagCode, NoBand, Plan
from clinic.rules.course.knowledge import Grades, Rate

ENTRIES = {entry.about.key: entry for entry in book.load_book().course}
MONTHLY = tuple(date(2026, 1, 5) + timedelta(days=30 * n) for n in range(4))
ACNE = ["ACNE_ROLLING", "ACNE_BOXCAR", "ACNE_ICEPICK"]
TRANEXAMIC = frozenset({"TRANEXAMIC_ACID"})


def expected(key, condition, baseline, sessions=4, **changes):
    return course.expected(
        scale=scales.get(key),
        condition=condition,
        plan=Plan(baseline=Decimal(str(baseline)), sessions=sessions, **changes),
    )


def percent(share):
    return int((100 * share).quantize(Decimal(1)))


def test_what_each_session_leaves_of_goodman_baron():
    rate = ENTRIES["gbq-acne"]
    assert [percent(rate.central**k) for k in range(1, 7)] == [86, 74, 64, 55, 47, 41]


@pytest.mark.parametrize(
    ("line", "published"),
    [("slow", [89, 79, 70, 63, 56, 49]), ("fast", [83, 69, 57, 48, 39, 33])],
)
def test_the_slow_and_the_fast_study_within_the_rounding_of_the_page(line, published):
    share = getattr(ENTRIES["gbq-acne"], line)
    for k, retained in enumerate(published, start=1):
        assert abs(100 * share**k - retained) < 1


@pytest.mark.parametrize(
    ("line", "fall"), [("central", "13.8"), ("slow", "11.1"), ("fast", "17.0")]
)
def test_the_fall_at_each_session_follows_from_the_two_studies(line, fall):
    assert round(100 * (1 - getattr(ENTRIES["gbq-acne"], line)), 1) == Decimal(fall)


def test_the_band_of_goodman_baron_in_points():
    band = expected("gbq", "ACNE_ROLLING", 18, sessions=3)
    assert isinstance(band, ExpectedBand)
    assert [
        (point.label, str(point.low), str(point.mid), str(point.high), str(point.best))
        for point in band.points
    ] == [
        ("start", "18", "18", "18", "None"),
        ("after session 1", "10.12", "15.51", "20.90", "14.94"),
        ("after session 2", "7.97", "13.36", "18.75", "12.40"),
        ("after session 3", "6.12", "11.51", "16.90", "10.29"),
    ]


def test_the_reach_of_the_band_is_twice_the_final_deviation():
    assert ENTRIES["gbq-acne"].reach == Decimal("1.96") * Decimal("2.75")


def test_a_band_is_cut_at_the_best_of_the_scale():
    last = expected("gbq", "ACNE_ROLLING", 6, sessions=6).points[-1]
    assert last.low == 0


def test_a_band_names_its_study_and_prints_the_caveat():
    band = expected("gbq", "ACNE_ROLLING", 18)
    assert "Dogra 2014" in band.study
    assert "Uncontrolled studies, likely optimistic." in band.caveats
    assert (band.status, band.tier) == ("D", "B")


@pytest.mark.parametrize(("sessions", "points"), [(6, 7), (7, 7), (12, 7)])
def test_nothing_is_drawn_beyond_six_sessions(sessions, points):
    band = expected("gbq", "ACNE_ROLLING", 18, sessions=sessions)
    assert len(band.points) == points
    told = any("beyond 6 sessions" in caveat for caveat in band.caveats)
    assert told is (sessions > 6)


def test_a_score_is_read_before_the_next_session_and_a_month_after_the_last():
    band = expected("gbq", "ACNE_ROLLING", 18, dates=MONTHLY)
    assert [point.on for point in band.points] == [*MONTHLY, date(2026, 5, 5)]


@pytest.mark.parametrize("condition", ACNE)
def test_all_acne_scars_have_the_same_band(condition):
    assert expected("gbq", condition, 18) == expected("gbq", ACNE[0], 18)


def test_a_grade_falls_by_023_at_each_session():
    grades = ENTRIES["gbl-acne"]
    assert round(grades.per_session, 2) == Decimal("0.23")
    mids = [point.mid for point in expected("gbl", "ACNE_ROLLING", 4).points[:5]]
    assert [str(mid) for mid in mids] == ["4", "3.77", "3.55", "3.32", "3.09"]


def test_a_grade_goes_on_falling_for_two_months():
    points = expected("gbl", "ACNE_ROLLING", 4).points
    end, month, two_months = points[4:]
    assert (end.mid - month.mid, month.mid - two_months.mid) == (
        Decimal("0.30"),
        Decimal("0.16"),
    )
    assert two_months.label == "2 months after the last session"


def test_a_grade_at_the_end_lies_between_the_published_shares():
    end = expected("gbl", "ACNE_ROLLING", "3.2").points[4]
    assert (end.low, end.high) == (Decimal("1.73"), Decimal("2.37"))


def test_no_grade_is_promised_beyond_the_best_published_end():
    last = expected("gbl", "ACNE_ROLLING", 2, sessions=6).points[-1]
    assert last.mid == last.low == Decimal("1.08")


def test_the_dated_course_of_a_grade_ends_two_months_after_the_last_session():
    points = expected("gbl", "ACNE_ROLLING", 3, dates=MONTHLY).points
    assert [point.on for point in points] == [
        *MONTHLY,
        date(2026, 5, 5),
        date(2026, 6, 5),
    ]


def test_wrinkles_on_day_150_of_four_sessions():
    start, last = expected("lemperle", "RHYTID", "2.44", dates=MONTHLY).points
    assert (start.mid, last.mid) == (Decimal("2.44"), Decimal("1.24"))
    assert (last.low, last.high) == (Decimal("0.65"), Decimal("1.83"))
    assert last.on == MONTHLY[0] + timedelta(days=150)


@pytest.mark.parametrize("sessions", [3, 5])
def test_wrinkles_are_published_for_four_sessions_only(sessions):
    answer = expected("lemperle", "RHYTID", 3, sessions=sessions)
    assert answer.reason == "Published for a course of 4 sessions only."


@pytest.mark.parametrize(("days", "fits"), [(49, True), (50, False)])
def test_wrinkles_need_the_last_session_before_day_150(days, fits):
    dates = tuple(date(2026, 1, 5) + timedelta(days=days * n) for n in range(4))
    answer = expected("lemperle", "RHYTID", 3, dates=dates)
    assert isinstance(answer, ExpectedBand) is fits


@pytest.mark.parametrize("key", ["masi", "mmasi"])
def test_melasma_with_tranexamic_acid_by_week(key):
    band = expected(key, "MELASMA", 10, dates=MONTHLY, topicals=TRANEXAMIC)
    assert [(p.label, str(p.low), str(p.mid), str(p.high)) for p in band.points] == [
        ("start", "10", "10", "10"),
        ("week 4", "7.46", "8.15", "8.85"),
        ("week 8", "5.76", "6.72", "7.69"),
        ("week 12", "3.50", "5.27", "7.21"),
        ("week 16, partial relapse", "5.15", "6.82", "8.50"),
        ("week 20, partial relapse", "5.54", "6.80", "8.05"),
    ]
    assert band.points[-1].on == MONTHLY[0] + timedelta(weeks=20)


def test_melasma_without_tranexamic_acid_has_no_figures():
    answer = expected("mmasi", "MELASMA", 10)
    assert isinstance(answer, NoBand)
    assert "for needling alone there are no usable data" in answer.reason


@pytest.mark.parametrize(
    ("key", "condition", "reason"),
    [
        ("gais", "AGA", "only the direction is known"),
        ("vss", "SCAR_SURG", "no usable published data for VSS"),
        ("ecca", "ACNE_ROLLING", "no usable published data for ECCA"),
        ("gais", "DULL", "no usable published data for GAIS"),
        ("gbq", "STRIAE", "no usable published data for GBQ"),
    ],
)
def test_where_there_are_no_data_it_says_so(key, condition, reason):
    answer = expected(key, condition, 3)
    assert isinstance(answer, NoBand)
    assert reason in answer.reason


def test_there_is_nothing_to_expect_from_the_best_score():
    assert "already the best" in expected("gbq", "ACNE_ROLLING", 0).reason
    assert isinstance(expected("gbq", "ACNE_ROLLING", 1), ExpectedBand)


@pytest.mark.parametrize("baseline", [-1, 85])
def test_a_first_score_outside_the_scale_is_refused(baseline):
    with pytest.raises(ValueError, match="outside GBQ"):
        expected("gbq", "ACNE_ROLLING", baseline)


def test_a_course_has_sessions_and_as_many_days():
    with pytest.raises(ValueError, match="at least one session"):
        Plan(baseline=Decimal(3), sessions=0)
    with pytest.raises(ValueError, match="3 sessions cannot have 4 days"):
        Plan(baseline=Decimal(3), sessions=3, dates=MONTHLY)


@given(
    key=st.sampled_from(["gbq", "gbl", "lemperle", "mmasi"]),
    share=st.integers(1, 100),
    sessions=st.integers(1, 12),
)
def test_every_band_stays_on_its_scale_around_its_middle(key, share, sessions):
    scale = scales.get(key)
    condition = {"lemperle": "RHYTID", "mmasi": "MELASMA"}.get(key, "ACNE_ROLLING")
    sessions = 4 if key == "lemperle" else sessions
    baseline = (scale.maximum * share / 100).quantize(Decimal("0.01"))
    band = expected(key, condition, baseline, sessions=sessions, topicals=TRANEXAMIC)
    for point in band.points:
        assert scale.minimum <= point.low <= point.mid <= point.high <= scale.maximum
        assert point.best is None or point.best <= point.mid
    if key in {"gbq", "gbl"}:
        assert all(later.mid <= sooner.mid for sooner, later in pairwise(band.points))


def flagged(key, readings, event_grade=None):
    found = course.flags(
        scale=scales.get(key),
        readings=[Decimal(str(reading)) for reading in readings],
        event_grade=event_grade,
    )
    return [flag.code for flag in found]


@pytest.mark.parametrize(
    ("readings", "flag"),
    [
        pytest.param([20, 18, 16], FlagCode.PLATEAU, id="four points over the pair"),
        pytest.param([20, 18, 15], None, id="five points over the pair"),
        pytest.param([20, 16, 16], FlagCode.PLATEAU, id="four in one step"),
        pytest.param([20, 15, 17], None, id="five in one step, then back"),
        pytest.param([30, 20, 18, 16], FlagCode.PLATEAU, id="only the last two count"),
        pytest.param([20, 20], None, id="a single session"),
        pytest.param([20, 22, 24], FlagCode.PLATEAU, id="four worse is noise as well"),
        pytest.param([], None, id="no reading"),
    ],
)
def test_a_plateau_of_goodman_baron(readings, flag):
    assert flagged("gbq", readings) == ([flag] if flag else [])


@pytest.mark.parametrize(
    ("readings", "worse"),
    [
        pytest.param([20, 24], False, id="four points"),
        pytest.param([20, 25], True, id="five points"),
        pytest.param([20, 10, 15], True, id="five since the session before"),
        pytest.param([20, 22, 25], True, id="five since the start"),
        pytest.param([20, 10, 14], False, id="four since the session before"),
        pytest.param([20, 10, 12, 15], False, id="five since two sessions before"),
    ],
)
def test_five_points_of_goodman_baron_are_worse(readings, worse):
    assert (FlagCode.WORSE in flagged("gbq", readings)) is worse


@pytest.mark.parametrize(
    ("readings", "flags"),
    [
        ([3, 3, 3], [FlagCode.PLATEAU]),
        ([3, 3, 2], []),
        ([3, 4], [FlagCode.WORSE]),
        ([3, 4, 4], [FlagCode.WORSE]),
        ([3], []),
        ([], []),
    ],
)
def test_flags_of_a_grade(readings, flags):
    assert flagged("gbl", readings) == flags


@pytest.mark.parametrize(("grade", "flag"), [(1, []), (2, [FlagCode.EVENT])])
def test_an_adverse_event_of_grade_two_flags_the_course(grade, flag):
    assert flagged("vss", [8, 4], event_grade=grade) == flag
    assert flagged("vss", [8, 4]) == []


def test_a_flag_says_why_in_words():
    flag = course.flags(scale=scales.get("gbq"), readings=[Decimal(20), Decimal(26)])[0]
    assert flag.sentence == "GBQ is 6 worse than before."
    assert flag.status == "P"


def test_a_course_is_reviewed_after_session_three_and_after_the_last():
    first, last = course.review_points(dates=MONTHLY)
    assert (first.opens_on, first.closes_on) == (MONTHLY[2], MONTHLY[3])
    assert (last.opens_on, last.closes_on) == (
        MONTHLY[3] + timedelta(days=56),
        MONTHLY[3] + timedelta(days=84),
    )


@pytest.mark.parametrize(("sessions", "points"), [(0, 0), (2, 1), (3, 2)])
def test_short_courses_are_reviewed_only_at_the_end(sessions, points):
    assert len(course.review_points(dates=MONTHLY[:sessions])) == points


@pytest.mark.parametrize(
    ("days", "flags"),
    [
        pytest.param(-31, [], id="before session 3"),
        pytest.param(-30, [FlagCode.REVIEW], id="on the day of session 3"),
        pytest.param(0, [FlagCode.REVIEW, FlagCode.TOO_EARLY], id="the last session"),
        pytest.param(1, [FlagCode.TOO_EARLY], id="the day after"),
        pytest.param(55, [FlagCode.TOO_EARLY], id="a day before eight weeks"),
        pytest.param(56, [FlagCode.REVIEW], id="eight weeks"),
        pytest.param(84, [FlagCode.REVIEW], id="twelve weeks"),
        pytest.param(85, [], id="a day later"),
    ],
)
def test_what_is_due_on_a_day(days, flags):
    today = MONTHLY[3] + timedelta(days=days)
    found = course.flags_on(today=today, dates=MONTHLY)
    assert [flag.code for flag in found] == flags


def test_nothing_is_due_without_a_session():
    assert course.flags_on(today=MONTHLY[0], dates=()) == ()


def test_every_entry_names_scales_and_conditions_of_the_book():
    whole = book.load_book()
    keys = {scale.key for scale in whole.scales}
    for entry in whole.course:
        assert set(entry.about.scales) <= keys
        assert set(entry.about.conditions) <= set(whole.conditions)


def test_the_studies_stand_as_they_were_published():
    assert isinstance(ENTRIES["gbq-acne"], Rate)
    assert isinstance(ENTRIES["gbl-acne"], Grades)
    falls = [
        round(100 * (1 - study.followed.value / study.baseline.value), 1)
        for study in ENTRIES["gbq-acne"].studies
    ]
    assert falls == [Decimal("44.6"), Decimal("52.5")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "guess"}, "Kind 'guess'"),
        ({"nonsense": 1}, "Unknown field"),
        (
            {"studies": [{"label": "x", "people": 0, "sessions": 4}]},
            "people and sessions",
        ),
    ],
    ids=["kind", "field", "study"],
)
def test_a_file_that_contradicts_itself_is_refused(changes, sentence):
    table = book.read_tables(book.read_files())["course"]
    row = sourced.Row(
        file="course.toml",
        values=table["course"][0] | changes,
        sources=book.load_book().sources,
    )
    with pytest.raises(sourced.KnowledgeError, match=sentence):
        course.load([row], {})
