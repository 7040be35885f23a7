"""The arithmetic of every scale, with the worked examples of CLINICAL 7.2 to 7.5."""

from decimal import Decimal

import pytest

from clinic.rules import scales
from clinic.rules.scales import InvalidScore, arithmetic
from tests.rules.scale_entries import BY_KEY, entries, in_order

GBQ_ROWS = ("a1", "a2", "b1", "b2", "b3", "c1", "c2", "c3", "c4", "d1")


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        pytest.param({"a1": 8, "b1": 14, "c1": 3}, 8, id="example 1"),
        pytest.param({"a2": 11, "b2": 10, "b3": 21, "d1": 5}, 12, id="example 2"),
        pytest.param({"c1": 20, "c3": 21, "d2": 6}, 27, id="example 3"),
        pytest.param(dict.fromkeys((*GBQ_ROWS, "d2"), 21), 84, id="example 4"),
        pytest.param({}, 0, id="no scars"),
    ],
)
def test_goodman_baron_adds_up_row_by_row(rows, total):
    reading = scales.get("gbq").score(entries("gbq", **rows))
    assert (reading.value, reading.shown) == (total, str(total))


@pytest.mark.parametrize(
    ("lesions", "multiplier"), [(0, 0), (1, 1), (10, 1), (11, 2), (20, 2), (21, 3)]
)
@pytest.mark.parametrize(
    ("row", "weight"), [("a1", 1), ("b1", 2), ("c1", 3), ("d1", 2)]
)
def test_goodman_baron_multiplies_by_number_of_lesions(
    lesions, multiplier, row, weight
):
    reading = scales.get("gbq").score(entries("gbq", **{row: lesions}))
    assert reading.value == multiplier * weight


@pytest.mark.parametrize(
    ("area", "points"),
    [("0", 0), ("0.1", 6), ("4.9", 6), ("5", 12), ("20", 12), ("20.1", 18)],
)
def test_a_keloid_counts_by_area(area, points):
    reading = scales.get("gbq").score(entries("gbq", d2=area))
    assert reading.value == points


def test_a_reading_says_what_each_row_gave():
    parts = scales.get("gbq").score(entries("gbq", a1=8, c1=3)).parts
    assert {part.key: part.points for part in parts if part.points} == {
        "a1": 1,
        "c1": 3,
    }


@pytest.mark.parametrize(
    ("scores", "total"),
    [
        pytest.param((2, 1, 3, 0, 0, 0), 125, id="example 1"),
        pytest.param((1, 2, 2, 1, 0, 0), 135, id="example 2"),
        pytest.param((3, 3, 3, 3, 1, 1), 360, id="example 3"),
        pytest.param((3, 3, 3, 3, 3, 3), 540, id="the greatest"),
        pytest.param((0, 0, 0, 0, 0, 0), 0, id="no scars"),
    ],
)
def test_ecca_weighs_each_type(scores, total):
    assert scales.get("ecca").score(in_order("ecca", scores)).value == total


MASI_EXAMPLES = [
    ("example 1", [(3, 2, 2), (4, 3, 2), (4, 3, 3), (2, 2, 1)], "17.4", "9.4"),
    ("example 2", [(0, 0, 0), (2, 2, 2), (3, 2, 2), (1, 1, 1)], "6.2", "3.1"),
    ("example 3", [(6, 4, 4)] * 4, "48.0", "24.0"),
    ("clear skin", [(0, 0, 0)] * 4, "0.0", "0.0"),
]


@pytest.mark.parametrize(
    ("sites", "masi", "mmasi"),
    [pytest.param(*example[1:], id=example[0]) for example in MASI_EXAMPLES],
)
def test_melasma_is_weighed_by_site(sites, masi, mmasi):
    full = in_order("masi", [grade for site in sites for grade in site])
    short = in_order("mmasi", [grade for site in sites for grade in site[:2]])
    assert scales.get("masi").score(full).shown == masi
    assert scales.get("mmasi").score(short).shown == mmasi
    assert scales.get("masi").score(full).value == Decimal(masi)


def test_melasma_shows_what_each_site_gave():
    sites = [(3, 2, 2), (4, 3, 2), (4, 3, 3), (2, 2, 1)]
    full = in_order("masi", [grade for site in sites for grade in site])
    parts = scales.get("masi").score(full).parts
    assert [str(part.points) for part in parts] == ["3.6", "6", "7.2", "0.6"]
    assert [part.label for part in parts] == [
        "Forehead",
        "Right cheek",
        "Left cheek",
        "Chin",
    ]


@pytest.mark.parametrize("key", ["masi", "mmasi"])
def test_colour_without_area_is_refused(key):
    with pytest.raises(InvalidScore, match="Chin, area is 0") as caught:
        scales.get(key).score(entries(key, chin_darkness=1))
    assert caught.value.item == "chin_darkness"


@pytest.mark.parametrize("key", ["masi", "mmasi"])
def test_area_without_colour_is_refused(key):
    with pytest.raises(InvalidScore, match="Chin, darkness is 0") as caught:
        scales.get(key).score(entries(key, chin_area=1))
    assert caught.value.item == "chin_area"


def test_homogeneity_alone_is_colour_enough():
    reading = scales.get("masi").score(entries("masi", chin_area=1, chin_homogeneity=1))
    assert reading.shown == "0.1"


@pytest.mark.parametrize(
    ("levels", "total"), [((1, 2, 3, 1), 7), ((0, 0, 0, 0), 0), ((3, 2, 5, 3), 13)]
)
def test_vancouver_adds_four_levels(levels, total):
    assert scales.get("vss").score(in_order("vss", levels)).value == total


def test_the_words_of_a_level_stand_beside_its_points():
    parts = scales.get("vss").score(in_order("vss", (1, 2, 3, 1))).parts
    assert [part.words for part in parts] == [
        "pink",
        "darker than the skin around",
        "firm",
        "under 2 mm",
    ]


def test_the_overall_opinion_of_posas_is_kept_and_not_counted():
    reading = scales.get("posas-observer").score(
        in_order("posas-observer", (4, 3, 2, 5, 3, 2, 9))
    )
    assert reading.value == 19
    assert reading.parts[-1].points == 9


@pytest.mark.parametrize(("each", "total"), [(1, 6), (10, 60)])
def test_posas_runs_from_six_to_sixty(each, total):
    reading = scales.get("posas-patient").score(in_order("posas-patient", [each] * 6))
    assert reading.value == total


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((4, 2, 1, 2, 2, 3), "14.0"),
        ((0, 1, 1, 1, 1, 1), "5.0"),
        ((10, 4, 2, 4, 4, 4), "28.0"),
    ],
)
def test_manchester_adds_a_line_and_five_levels(values, shown):
    assert scales.get("manchester").score(in_order("manchester", values)).shown == shown


@pytest.mark.parametrize(
    ("lightness", "yellowness", "degrees", "words"),
    [
        (70, 15, "53.13", "light"),
        (62, 20, "30.96", "intermediate"),
        (55, 18, "15.52", "tan"),
        (48, 16, "-7.13", "brown"),
        (35, 14, "-46.97", "dark"),
        (100, 1, "88.85", "very light"),
    ],
)
def test_the_typology_angle_and_its_words(lightness, yellowness, degrees, words):
    reading = scales.get("ita").score(in_order("ita", (lightness, yellowness)))
    assert (reading.shown, reading.note) == (degrees, words)


@pytest.mark.parametrize(
    ("degrees", "words"),
    [
        *((55.01, "very light"), (55, "light"), (41.01, "light")),
        *((41, "intermediate"), (28.01, "intermediate"), (28, "tan"), (10.01, "tan")),
        *((10, "brown"), (-29.99, "brown"), (-30, "dark")),
    ],
)
def test_both_sides_of_every_limit_of_the_typology_angle(degrees, words):
    assert scales.get("ita").words(Decimal(str(degrees))) == words


def test_a_yellowness_of_zero_is_refused():
    with pytest.raises(InvalidScore, match=r"a number above 0 and up to 127"):
        scales.get("ita").score(in_order("ita", (50, 0)))


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        *((0, "no wrinkles"), (1, "class I"), (3, "class I"), (4, "class II")),
        *((6, "class II"), (7, "class III"), (9, "class III")),
    ],
)
def test_wrinkle_classes(grade, words):
    scale = scales.get("fitzpatrick-goldman")
    assert scale.score({"grade": grade}).note == words


@pytest.mark.parametrize(
    ("ratings", "shown", "note"),
    [
        pytest.param((3, 2, 2, 4, 3, 1, 2, 2, 3), "2.44", "", id="22 ninths"),
        pytest.param((0, 0, 1, 1, 0, 0, 1, 1, 0), "0.44", "", id="4 ninths"),
        pytest.param((5,) * 9, "5.00", "", id="all nine at their worst"),
        pytest.param((5,) * 8, "5.00", "8 of 9 sites rated", id="one site left out"),
    ],
)
def test_lemperle_is_the_mean_of_the_rated_sites(ratings, shown, note):
    reading = scales.get("lemperle").score(in_order("lemperle", ratings))
    assert (reading.shown, reading.note) == (shown, note)


def test_lemperle_needs_at_least_one_site():
    with pytest.raises(InvalidScore, match="at least one site"):
        scales.get("lemperle").score({})


@pytest.mark.parametrize(
    ("ratio", "index"), [("1.2", "7.92"), ("1.5", "17.61"), ("2.0", "30.10")]
)
def test_the_erythema_index_of_a_camera(ratio, index):
    found = arithmetic.camera_erythema_index(red=Decimal(ratio), green=Decimal(1))
    assert str(found) == index


def test_the_erythema_index_takes_reflectances_below_one():
    found = arithmetic.camera_erythema_index(red=Decimal("0.5"), green=Decimal("0.25"))
    assert str(found) == "30.10"


@pytest.mark.parametrize(("red", "green"), [("0", "1"), ("1", "0")])
def test_no_erythema_index_without_light(red, green):
    with pytest.raises(ValueError, match="above 0"):
        arithmetic.camera_erythema_index(red=Decimal(red), green=Decimal(green))


@pytest.mark.parametrize(
    ("total", "words"),
    [
        *((0, "no effect on life"), (1, "no effect on life"), (2, "small effect")),
        *((5, "small effect"), (6, "moderate effect"), (10, "moderate effect")),
        *((11, "very large effect"), (20, "very large effect")),
        *((21, "extremely large effect"), (30, "extremely large effect")),
    ],
)
def test_bands_of_the_life_quality_index(total, words):
    assert scales.get("dlqi").score({"total": total}).note == words


@pytest.mark.parametrize(
    ("percent", "quartile"),
    [
        *(("0", 1), ("24.9", 1), ("25", 2), ("50", 2)),
        *(("50.1", 3), ("75", 3), ("75.1", 4), ("76", 4), ("100", 4)),
    ],
)
def test_quartiles_of_improvement(percent, quartile):
    reading = scales.get("quartile").score({"percent": Decimal(percent)})
    assert reading.value == quartile


def test_a_single_grade_reads_as_its_words():
    assert scales.get("gais").score({"grade": 2}).note == "much improved"
    assert scales.get("gbl").score({"grade": 1}).note == "flat, only the colour differs"


def test_the_upward_variant_says_the_same_words_the_other_way_round():
    down = [BY_KEY["gais"].words(Decimal(n)) for n in (1, 2, 3, 4, 5)]
    up = [BY_KEY["gais-upward"].words(Decimal(n)) for n in (3, 2, 1, 0, -1)]
    assert down == up
