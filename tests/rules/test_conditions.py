"""What is treated, line by line as the clinical page has it."""

from decimal import Decimal

import pytest

from clinic.rules.book import load_book
from clinic.rules.conditions import EVIDENCE

BOOK = load_book()

# CLINICAL 1: depth from, to, its status, sessions from, to, evidence.
ROWS = {
    "ACNE_ROLLING": ("1.0", "2.5", "P", 3, 6, 1),
    "ACNE_BOXCAR": ("1.5", "2.5", "V", 3, 6, 1),
    "ACNE_ICEPICK": ("1.5", "2.5", "P", 4, 6, 2),
    "SCAR_SURG": ("1.0", "2.5", "P", 1, 6, 2),
    "SCAR_HYPERTROPHIC": ("0", "2.5", "V", 3, 3, 2),
    "SCAR_BURN": ("3.0", "3.0", "M", 1, 4, 3),
    "RHYTID": ("0.5", "1.5", "P", 2, 4, 2),
    "NECK": ("0.25", "1.0", "P", 4, 4, 2),
    "LAXITY": ("1.0", "1.5", "M", 1, 4, 2),
    "TEXTURE_PORES": ("0.5", "1.0", "M", 3, 4, 3),
    "DULL": ("0.25", "0.5", "M", 1, 3, 4),
    "STRIAE": ("1.5", "2.5", "P", 4, 6, 1),
    "MELASMA": ("0.5", "1.0", "P", 2, 6, 1),
    "PIH": ("0.25", "0.5", "M", 3, 6, 4),
    "PERIORBITAL_DARK": ("0", "0.5", "P", None, None, 4),
    "AGA": ("0.5", "1.5", "P", 3, 12, 1),
}


@pytest.mark.parametrize("key", ROWS)
def test_a_condition_is_as_the_clinical_page_has_it(key):
    condition = BOOK.conditions[key]
    sessions = condition.sessions
    found = (
        condition.depth.low,
        condition.depth.high,
        condition.depth.status,
        sessions and sessions.low,
        sessions and sessions.high,
        condition.evidence,
    )
    low, high, *rest = ROWS[key]
    assert found == (Decimal(low), Decimal(high), *rest)


def test_the_rows_cover_every_condition():
    assert set(ROWS) == set(BOOK.conditions)


@pytest.mark.parametrize(
    ("key", "gap", "preferred"),
    [
        pytest.param("ACNE_ROLLING", (28, 42), 28, id="weeks become days"),
        pytest.param("RHYTID", (28, 42), 30, id="days stay days"),
        pytest.param("NECK", None, 30, id="only the usual gap is stated"),
        pytest.param("SCAR_BURN", None, None, id="months are no number of days"),
        pytest.param("AGA", (7, 28), 14, id="hair"),
        pytest.param("PERIORBITAL_DARK", (14, 28), None, id="no usual gap"),
    ],
)
def test_gaps_are_given_in_days(key, gap, preferred):
    condition = BOOK.conditions[key]
    assert condition.gap_days == gap
    assert condition.gap_preferred_days == preferred


def test_evidence_is_said_in_words():
    assert EVIDENCE[BOOK.conditions["DULL"].evidence] == "practice only"


def test_no_snomed_code_is_shipped_unconfirmed():
    assert not any(condition.snomed_code for condition in BOOK.conditions.values())


def test_deeper_than_an_ordinary_clinic_is_for_the_hospital():
    deep = {c.key for c in BOOK.conditions.values() if c.depth.low > Decimal("2.5")}
    hospital = {c.key for c in BOOK.conditions.values() if c.hospital_only}
    assert deep == hospital == {"SCAR_BURN"}
