"""A change in words: noise, importance, responders, percent of what."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.rules import scales
from clinic.rules.scales import change
from clinic.rules.scales.change import Meaning


def compared(key, baseline, current):
    return change.compare(
        scale=scales.get(key), baseline=Decimal(baseline), current=Decimal(current)
    )


@pytest.mark.parametrize(
    ("key", "baseline", "current", "percent", "words"),
    [
        pytest.param("gbq", "11.73", "6.5", "44.6", "45% better", id="study 1"),
        pytest.param("gbq", "16.39", "7.78", "52.5", "53% better", id="study 2"),
        pytest.param("gbl", "3.29", "2.23", "32.2", "32% better", id="study 5, end"),
        pytest.param("gbl", "3.29", "1.93", "41.3", "41% better", id="a month later"),
        pytest.param(
            "gbl", "3.29", "1.77", "46.2", "46% better", id="two months later"
        ),
        pytest.param("gbl", "3.20", "2.36", "26.2", "26% better", id="study 6, alone"),
        pytest.param("masi", "8.61", "5.75", "33.2", "33% better", id="study 22"),
        pytest.param("gbq", "18", "10", "44.4", "44% better", id="eighteen to ten"),
        pytest.param("gbq", "10", "12", "-20.0", "20% worse", id="worse"),
        pytest.param("gbq", "10", "10", "0.0", "no change", id="the same"),
        pytest.param("nrs-satisfaction", "5", "8", "60.0", "60% better", id="upward"),
        pytest.param("nrs-satisfaction", "8", "6", "-25.0", "25% worse", id="downward"),
        pytest.param("nrs-pain", "8", "6", "25.0", "25% better", id="less pain"),
        pytest.param("masi", "48", "47.7", "0.6", "1% better", id="under one percent"),
        pytest.param("masi", "48", "47.8", "0.4", "no change", id="under a half"),
    ],
)
def test_percent_of_the_baseline(key, baseline, current, percent, words):
    found = compared(key, baseline, current)
    assert round(found.percent, 1) == Decimal(percent)
    assert found.percent_words == words


@pytest.mark.parametrize(
    ("key", "baseline", "current", "words"),
    [
        pytest.param(
            "posas-patient", "30", "26", "17% of possible improvement", id="posas"
        ),
        pytest.param(
            "posas-patient", "60", "6", "100% of possible improvement", id="all"
        ),
        pytest.param("vss", "8", "4", "50% of possible improvement", id="vancouver"),
        pytest.param("manchester", "14", "5", "100% of possible improvement", id="mss"),
        pytest.param("manchester", "14", "23", "100% worse", id="mss worse"),
        pytest.param("nrs-own", "2", "4", "25% of possible improvement", id="upward"),
        pytest.param("nrs-own", "8", "6", "100% worse", id="upward, worse"),
        pytest.param(
            "nrs-own", "0", "10", "100% of possible improvement", id="upward, from 0"
        ),
    ],
)
def test_percent_of_possible_improvement_counts_from_the_best_end(
    key, baseline, current, words
):
    assert compared(key, baseline, current).percent_words == words


@pytest.mark.parametrize(
    ("key", "baseline", "current"),
    [
        pytest.param("gbq", "0", "3", id="a baseline of nothing"),
        pytest.param("nrs-satisfaction", "0", "3", id="upward from nothing"),
        pytest.param("posas-patient", "6", "9", id="already at the best end"),
        pytest.param("nrs-own", "10", "9", id="already at the best end, upward"),
        pytest.param("gais", "4", "2", id="itself a comparison"),
        pytest.param("quartile", "1", "3", id="itself an improvement"),
        pytest.param("ita", "10", "20", id="no better end"),
    ],
)
def test_no_percent_where_it_has_no_meaning(key, baseline, current):
    found = compared(key, baseline, current)
    assert (found.percent, found.percent_words) == (None, "")


@pytest.mark.parametrize(
    ("current", "meaning", "sentence"),
    [
        ("20", Meaning.UNCHANGED, "no change"),
        ("19", Meaning.WITHIN_NOISE, "1 point better, within rater noise (4)"),
        ("16", Meaning.WITHIN_NOISE, "4 points better, within rater noise (4)"),
        ("15", Meaning.BEYOND_NOISE, "5 points better, beyond rater noise (4)"),
        ("24", Meaning.WITHIN_NOISE, "4 points worse, within rater noise (4)"),
        ("25", Meaning.BEYOND_NOISE, "5 points worse, beyond rater noise (4)"),
    ],
)
def test_four_points_of_goodman_baron_are_noise_and_five_are_not(
    current, meaning, sentence
):
    found = compared("gbq", "20", current)
    assert (found.meaning, found.sentence) == (meaning, sentence)


def test_posas_between_the_published_limits_is_possibly_important():
    found = compared("posas-patient", "30", "26")
    assert found.meaning is Meaning.POSSIBLY_IMPORTANT
    assert found.improvement == 4
    assert (
        "possibly important (at least 0.29 on the mean of the items)" in found.sentence
    )


@pytest.mark.parametrize(
    ("current", "meaning"),
    [
        pytest.param("29", Meaning.BELOW_IMPORTANT, id="a sixth, below 0.29"),
        pytest.param("28", Meaning.POSSIBLY_IMPORTANT, id="two sixths, above 0.29"),
        pytest.param("26", Meaning.POSSIBLY_IMPORTANT, id="four sixths, below 0.75"),
        pytest.param("25", Meaning.IMPORTANT, id="five sixths, above 0.75"),
    ],
)
def test_both_sides_of_the_limits_of_posas(current, meaning):
    assert compared("posas-patient", "30", current).meaning is meaning


@pytest.mark.parametrize(
    ("baseline", "current", "meaning", "moved"),
    [
        pytest.param(
            "8", "3", Meaning.IMPORTANT, "moderate effect to small effect", id="five"
        ),
        pytest.param(
            "22",
            "19",
            Meaning.BELOW_IMPORTANT,
            "extremely large effect to very large effect",
            id="three, though the band moved",
        ),
        pytest.param("20", "16", Meaning.IMPORTANT, None, id="exactly four"),
        pytest.param("20", "17", Meaning.BELOW_IMPORTANT, None, id="one short"),
    ],
)
def test_the_life_quality_index_moves_by_four(baseline, current, meaning, moved):
    found = compared("dlqi", baseline, current)
    assert found.meaning is meaning
    assert ("moved from" in found.sentence) is bool(moved)
    assert (moved or "") in found.sentence


@pytest.mark.parametrize(
    ("baseline", "current", "responder"),
    [("3", "2", True), ("3", "1", True), ("3", "3", False), ("3", "4", False)],
)
def test_one_grade_of_goodman_baron_makes_a_responder(baseline, current, responder):
    found = compared("gbl", baseline, current)
    assert found.responder is responder
    assert (found.meaning is Meaning.RESPONDER) is responder


def test_a_grade_is_called_a_grade():
    assert compared("gbl", "3", "2").sentence == "1 grade better, a responder"
    assert compared("gbl", "4", "2").sentence == "2 grades better, a responder"
    assert compared("gbl", "2", "3").sentence == "1 grade worse"


@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
def test_improved_or_better_makes_a_responder(grade):
    gais = change.responds(scale=scales.get("gais"), current=Decimal(grade))
    upward = change.responds(
        scale=scales.get("gais-upward"), current=Decimal(4 - grade)
    )
    assert gais is upward is (grade <= 3)


def test_a_comparison_with_the_start_has_words_and_no_difference():
    found = compared("gais", "4", "2")
    assert (found.improvement, found.sentence) == (None, "much improved")
    assert compared("gais", "4", "5").meaning is Meaning.NO_RESPONDER


@pytest.mark.parametrize(
    ("grades", "share"),
    [([1, 2, 3, 4], 75), ([1, 1, 2, 3], 100), ([4, 5, 5], 0)],
    ids=["three of four", "all", "none"],
)
def test_the_share_of_responders(grades, share):
    gais = scales.get("gais")
    answers = [change.responds(scale=gais, current=Decimal(grade)) for grade in grades]
    assert change.share(answers) == share


def test_nobody_has_no_share():
    assert change.share([]) is None


def test_a_scale_without_a_limit_says_so():
    found = compared("vss", "8", "5")
    assert found.meaning is Meaning.NO_YARDSTICK
    assert (
        found.sentence
        == "3 points better, no published limit says whether that is real"
    )


def test_an_angle_gets_neither_better_nor_worse():
    found = compared("ita", "20", "30")
    assert (found.improvement, found.sentence) == (None, "intermediate")


@pytest.mark.parametrize("key", [scale.key for scale in scales.all_scales()])
@settings(max_examples=25)
@given(data=st.data())
def test_there_and_back_is_the_opposite(key, data):
    scale = scales.get(key)
    values = st.integers(int(scale.minimum), int(scale.maximum))
    one, other = Decimal(data.draw(values)), Decimal(data.draw(values))
    there = change.compare(scale=scale, baseline=one, current=other)
    back = change.compare(scale=scale, baseline=other, current=one)
    if there.improvement is None:
        assert back.improvement is None
    else:
        assert there.improvement == -back.improvement
    if Meaning.RESPONDER not in {there.meaning, back.meaning}:
        assert there.meaning is back.meaning or scale.is_comparison
