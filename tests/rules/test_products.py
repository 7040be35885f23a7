"""What goes on the skin: anaesthetic before, products during and after."""

from decimal import Decimal

import pytest

from clinic.rules import anaesthetic, topicals
from clinic.rules.book import load_book
from clinic.rules.findings import Scope, Verdict

BOOK = load_book()


@pytest.mark.parametrize(
    ("grams", "percent", "mg"),
    [
        pytest.param("10", "4", "400", id="ten grams of four percent"),
        pytest.param("0", "4", "0", id="nothing"),
        pytest.param("10", "0", "0", id="a product without the drug"),
        pytest.param("1", "100", "1000", id="the pure drug"),
        pytest.param("2.5", "23", "575", id="half grams of a strong one"),
    ],
)
def test_milligrams_are_grams_times_percent_times_ten(grams, percent, mg):
    dose = anaesthetic.dose_mg(grams=Decimal(grams), percent=Decimal(percent))
    assert dose == Decimal(mg)


@pytest.mark.parametrize(
    ("grams", "percent"),
    [
        pytest.param("-1", "4", id="negative grams"),
        pytest.param("1", "-1", id="negative strength"),
        pytest.param("1", "101", id="more than pure"),
    ],
)
def test_an_impossible_dose_is_refused(grams, percent):
    with pytest.raises(ValueError, match=r"negative|between 0 and 100"):
        anaesthetic.dose_mg(grams=Decimal(grams), percent=Decimal(percent))


@pytest.mark.parametrize(
    ("product", "minutes", "occluded", "expected"),
    [
        pytest.param("LIPOSOMAL_LIDOCAINE", 30, False, [], id="its time"),
        pytest.param(
            "LIPOSOMAL_LIDOCAINE", 31, False, ["anaesthetic-long"], id="a minute longer"
        ),
        pytest.param(
            "LIPOSOMAL_LIDOCAINE", 20, True, ["anaesthetic-occluded"], id="covered"
        ),
        pytest.param("LIDOCAINE_PRILOCAINE", 60, True, [], id="meant to be covered"),
        pytest.param("COMPOUNDED_23_7", 30, False, [], id="end of its range"),
        pytest.param("COMPOUNDED_23_7", None, False, [], id="time not known yet"),
    ],
)
def test_too_long_or_covered_is_warned_of(product, minutes, occluded, expected):
    found = anaesthetic.check(BOOK, product=product, minutes=minutes, occluded=occluded)
    assert [finding.code for finding in found] == expected
    assert all(finding.scope is Scope.ANAESTHETIC for finding in found)


@pytest.mark.parametrize(
    ("topical", "verdict"),
    [
        pytest.param("VITAMIN_C", Verdict.SIGNOFF, id="vitamin C"),
        pytest.param("TRANEXAMIC_ACID", Verdict.SIGNOFF, id="tranexamic acid"),
        pytest.param("COSMETICS", Verdict.WARN, id="cosmetics"),
        pytest.param("EXOSOMES", Verdict.WARN, id="exosomes"),
        pytest.param("PRP", Verdict.OK, id="PRP, for information"),
    ],
)
def test_the_book_has_a_stance_on_a_topical(topical, verdict):
    (finding,) = topicals.check(BOOK, used=[topical])
    assert finding.verdict is verdict
    assert finding.info is (verdict is Verdict.OK)


@pytest.mark.parametrize("topical", ["HYALURONIC_ACID", "MINOXIDIL"])
def test_nothing_is_said_of_an_allowed_topical(topical):
    assert topicals.check(BOOK, used=[topical]) == ()


def test_the_worst_comes_first_and_none_twice():
    found = topicals.check(BOOK, used=["PRP", "COSMETICS", "VITAMIN_C", "COSMETICS"])
    assert [f.code for f in found] == [
        "topical-vitamin-c",
        "topical-cosmetics",
        "topical-prp",
    ]


def test_an_unknown_topical_is_refused():
    with pytest.raises(KeyError):
        topicals.check(BOOK, used=["WATER"])


def test_the_checklist_starts_with_consent_and_ends_with_aftercare():
    keys = [step.key for step in BOOK.checklist]
    assert len(keys) == 12
    assert (keys[0], keys[-1]) == ("CONSENT", "AFTER")
    assert (
        keys.index("ANAESTHETIC") < keys.index("ANTISEPTIC") < keys.index("TECHNIQUE")
    )
