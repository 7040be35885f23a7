"""What holds of every scale: ranges, refusals, monotony, and what is offered."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.rules import scales, sourced
from clinic.rules.book import load_book
from clinic.rules.scales import InvalidScore, arithmetic
from clinic.rules.scales.shape import round_half_up
from tests.rules.scale_entries import BY_KEY, entries

CONDITIONS = load_book().conditions
EVERY_SCALE = pytest.mark.parametrize("key", BY_KEY)
EVERY_ITEM = pytest.mark.parametrize(
    ("key", "item"),
    [(key, item.key) for key, scale in BY_KEY.items() for item in scale.items],
)


@EVERY_ITEM
def test_both_ends_of_every_item_are_taken(key, item):
    field = next(i for i in BY_KEY[key].items if i.key == item)
    assert field.checked(field.maximum) == field.maximum
    if field.above_minimum:
        with pytest.raises(InvalidScore):
            field.checked(field.minimum)
    else:
        assert field.checked(field.minimum) == field.minimum


@EVERY_ITEM
def test_just_outside_either_end_is_refused_with_the_range(key, item):
    field = next(i for i in BY_KEY[key].items if i.key == item)
    step = Decimal(1).scaleb(-field.decimals)
    for value in (field.minimum - step, field.maximum + step):
        with pytest.raises(InvalidScore) as caught:
            BY_KEY[key].score(entries(key) | {item: value})
        assert caught.value.item == item
        assert field.label in caught.value.sentence
        assert str(field.maximum) in caught.value.sentence


@EVERY_ITEM
def test_more_decimals_than_the_item_has_are_refused(key, item):
    field = next(i for i in BY_KEY[key].items if i.key == item)
    fine = Decimal(1).scaleb(-field.decimals - 1)
    with pytest.raises(InvalidScore):
        field.checked(field.minimum + fine)


@pytest.mark.parametrize(
    "value",
    [True, "3", None, 2.0, Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")],
    ids=repr,
)
def test_what_is_no_number_is_refused(value):
    with pytest.raises(InvalidScore, match="a whole number from 0 to 4"):
        scales.get("gbl").score({"grade": value})


@EVERY_SCALE
def test_a_missing_entry_is_not_taken_for_none(key):
    for item in BY_KEY[key].items:
        if item.optional:
            continue
        left = {name: value for name, value in entries(key).items() if name != item.key}
        with pytest.raises(InvalidScore, match="is missing") as caught:
            BY_KEY[key].score(left)
        assert caught.value.item == item.key


@EVERY_SCALE
def test_an_unknown_entry_is_refused(key):
    with pytest.raises(InvalidScore, match="no item called nonsense"):
        BY_KEY[key].score(entries(key) | {"nonsense": 1})


def drawn_entry(data, item, least):
    """One allowed entry from `least` up."""
    unit = 10**item.decimals
    whole = data.draw(st.integers(int(least * unit), int(item.maximum * unit)))
    return Decimal(whole) / unit


def drawn(data, scale):
    """Allowed entries of a scale, as a person could make them."""
    made = {}
    for item in scale.items:
        least = item.minimum + (Decimal("0.01") if item.above_minimum else 0)
        if not item.optional or data.draw(st.booleans()):
            made[item.key] = drawn_entry(data, item, least)
    if scale.rule is arithmetic.RULES["masi"]:
        for site in ("forehead", "right_malar", "left_malar", "chin"):
            grades = [key for key in made if key.startswith(site) and "area" not in key]
            if not made[f"{site}_area"]:
                made |= dict.fromkeys(grades, Decimal(0))
            elif not any(made[key] for key in grades):
                made[grades[0]] = Decimal(1)
    return made or {scale.items[0].key: Decimal(0)}


@EVERY_SCALE
@settings(max_examples=25)
@given(data=st.data())
def test_every_reading_lies_in_the_range_of_its_scale(key, data):
    scale = BY_KEY[key]
    reading = scale.score(drawn(data, scale))
    assert scale.minimum <= reading.value <= scale.maximum
    assert Decimal(reading.shown) == round_half_up(reading.value, scale.decimals)


@EVERY_SCALE
@settings(max_examples=25)
@given(data=st.data())
def test_more_of_one_item_never_gives_less(key, data):
    scale = BY_KEY[key]
    made = drawn(data, scale)
    item = data.draw(st.sampled_from([i for i in scale.items if i.key in made]))
    more = drawn_entry(data, item, made[item.key])
    before = scale.score(made).value
    try:
        after = scale.score(made | {item.key: more}).value
    except InvalidScore:
        return
    falls = key == "ita" and item.key == "yellowness" and made["lightness"] > 50
    assert after <= before if falls else after >= before


@pytest.mark.parametrize(
    ("condition", "first"),
    [
        ("ACNE_ROLLING", ["gbq", "gbl", "ecca", "gais"]),
        ("MELASMA", ["mmasi", "masi"]),
        ("SCAR_SURG", ["vss", "posas-observer", "posas-patient", "manchester"]),
        ("RHYTID", ["lemperle", "fitzpatrick-goldman"]),
    ],
)
def test_what_is_offered_for_a_condition(condition, first):
    keys = [scale.key for scale in scales.for_condition(condition)]
    assert keys[: len(first)] == first


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_has_a_scale_and_the_patients_own_rating(condition):
    keys = {scale.key for scale in scales.for_condition(condition)}
    everywhere = {"nrs-own", "nrs-satisfaction", "nrs-pain", "dlqi"}
    assert everywhere < keys


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_instrument_of_a_condition_has_a_scale(condition):
    known = {scale.instrument for scale in BY_KEY.values()}
    assert set(CONDITIONS[condition].instruments) <= known


def test_a_condition_that_is_not_in_the_book_is_refused():
    with pytest.raises(KeyError, match="MADE_UP"):
        scales.for_condition("MADE_UP")


@pytest.mark.parametrize("key", BY_KEY)
def test_key_and_variant_fit_the_row_that_keeps_a_reading(key):
    assert len(key) <= 30
    assert len(BY_KEY[key].variant) <= 30
    assert BY_KEY[key].decimals <= 2


def test_a_scale_that_is_not_in_the_book_is_refused():
    with pytest.raises(KeyError, match="no scale 'made-up'"):
        scales.get("made-up")


def test_only_one_variant_of_an_instrument_is_offered():
    for condition in CONDITIONS:
        keys = {scale.key for scale in scales.for_condition(condition)}
        assert "gais-upward" not in keys


def test_variants_never_share_an_axis():
    for one in BY_KEY.values():
        for other in BY_KEY.values():
            assert scales.same_axis(one, other) is (one is other)


@EVERY_SCALE
def test_every_scale_says_its_licence_and_its_sources(key):
    scale = BY_KEY[key]
    assert scale.licence
    assert scale.sources
    assert set(scale.sources) <= set(load_book().sources)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"maximum": 85}, "maximum is 84, not 85", id="a wrong total"),
        pytest.param({"rule": "guess"}, "Rule 'guess'", id="an unknown rule"),
        pytest.param(
            {"responder_by": "change"}, "needs responder_by", id="half a rule"
        ),
        pytest.param({"nonsense": 1}, "Unknown field", id="a misspelt field"),
        pytest.param(
            {"direction": "neither", "percent": "possible"},
            "needs a better end",
            id="possible improvement towards nothing",
        ),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(changes, sentence):
    from clinic.rules import book

    table = book.read_tables(book.read_files())["scales"]
    values = table["scales"][0] | changes
    row = sourced.Row(file="scales.toml", values=values, sources=load_book().sources)
    with pytest.raises(sourced.KnowledgeError, match=sentence):
        scales.load([row], {})
