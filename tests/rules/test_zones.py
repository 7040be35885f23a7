"""The chart of the face and body, and what each area may be needled to."""

from decimal import Decimal

import pytest

from clinic.rules.book import load_book

BOOK = load_book()


@pytest.mark.parametrize(
    ("code", "zone", "name"),
    [
        pytest.param("FH", "FOREHEAD", "Forehead", id="unpaired area"),
        pytest.param("CM-R", "CHEEK", "Right medial cheek", id="right of a pair"),
        pytest.param("CL-L", "CHEEK", "Left lateral cheek", id="left of a pair"),
        pytest.param("JW-R", "CHIN_JAW", "Right jawline", id="jaw"),
        pytest.param("CH", "CHIN_JAW", "Chin", id="chin"),
        pytest.param("CB-R", "CHEEKBONE", "Right cheekbone", id="cheekbone"),
        pytest.param("PO-L", "PERIORBITAL", "Left periorbital", id="periorbital"),
        pytest.param("SC", "SCALP", "Scalp", id="scalp"),
        pytest.param("AB", "ABDOMEN_THIGH", "Abdomen and thighs", id="abdomen"),
    ],
)
def test_an_area_lies_in_its_zone_and_has_its_name(code, zone, name):
    assert BOOK.areas[code].name == name
    assert BOOK.zone(code).key == zone


def test_exactly_the_paired_areas_have_two_sides():
    paired = {area.code for area in BOOK.areas.values() if area.side}
    assert paired == {"TE", "PO", "CB", "CM", "CL", "JW"}
    assert len(BOOK.areas) == 17 + 6


@pytest.mark.parametrize(
    ("code", "areas"),
    [
        pytest.param("CHEEK", {"CM-R", "CM-L", "CL-R", "CL-L"}, id="a zone"),
        pytest.param("CM", {"CM-R", "CM-L"}, id="a pair"),
        pytest.param("CM-R", {"CM-R"}, id="one side"),
        pytest.param("EYELID", set(), id="the eyelid, which nobody may choose"),
    ],
)
def test_a_code_covers_its_areas(code, areas):
    assert {area.key for area in BOOK.areas_of(code)} == areas


def test_an_unknown_code_is_refused():
    with pytest.raises(KeyError):
        BOOK.zone("XX")


def test_every_zone_but_the_eyelid_can_be_chosen():
    drawn = {area.zone for area in BOOK.areas.values()}
    assert set(BOOK.zones) - drawn == {"EYELID"}
    assert [zone.key for zone in BOOK.zones.values() if zone.never] == ["EYELID"]


# CLINICAL 2, line by line: pen from, to, roller from, to, soft, hard.
LIMITS = {
    "FOREHEAD": ("0.25", "0.75", "0.5", "1.0", "1.0", "1.5"),
    "GLABELLA": ("0.25", "1.0", "0.5", "1.0", "1.0", "1.5"),
    "TEMPLE": ("0.25", "0.75", "0.5", "1.0", "1.0", "1.5"),
    "PERIORBITAL": ("0.25", "0.5", None, None, "0.5", "1.0"),
    "EYELID": (None, None, None, None, "0", "0"),
    "NOSE": ("0.25", "0.5", "0", "0.5", "0.75", "1.0"),
    "CHEEKBONE": ("0.5", "1.0", "0.5", "1.0", "1.0", "1.5"),
    "CHEEK": ("0.5", "1.5", "1.0", "1.5", "1.5", "2.5"),
    "UPPER_LIP": ("0.25", "0.75", "0.5", "0.5", "1.0", "1.5"),
    "CHIN_JAW": ("0.5", "1.0", "1.0", "1.0", "1.5", "2.0"),
    "NECK": ("0.25", "1.0", "0.5", "0.5", "1.0", "2.5"),
    "DECOLLETE": ("0.5", "1.0", "0.5", "1.0", "1.0", "1.5"),
    "SCALP": ("0.6", "1.5", "1.5", "1.5", "1.5", "2.0"),
    "HAND": ("0.25", "1.0", "0.5", "0.5", "1.0", "1.5"),
    "TRUNK": ("0.25", "2.0", "1.5", "1.5", "2.0", "2.5"),
    "ABDOMEN_THIGH": ("1.5", "2.5", "1.5", "2.0", "2.0", "2.5"),
}


@pytest.mark.parametrize("key", LIMITS)
def test_a_zone_has_the_limits_of_the_clinical_page(key):
    zone = BOOK.zones[key]
    pen, roller = zone.typical_pen, zone.typical_roller
    found = (
        pen and pen.low,
        pen and pen.high,
        roller and roller.low,
        roller and roller.high,
        zone.soft_max.value,
        zone.hard_max.value,
    )
    assert found == tuple(Decimal(v) if v else None for v in LIMITS[key])


def test_the_limits_cover_every_zone():
    assert set(LIMITS) == set(BOOK.zones)


@pytest.mark.parametrize("zone", BOOK.zones.values(), ids=lambda zone: zone.key)
def test_limits_are_policy_and_say_so(zone):
    assert zone.soft_max.status == zone.hard_max.status == "P"
    assert zone.soft_max.sources == ("policy",)
