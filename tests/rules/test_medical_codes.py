"""Imported codes become history facts, code by code, and the screening reads them."""

import csv
from datetime import date

import pytest

from clinic.rules.screening import Answer, Fact
from clinic.rules.sourced import KnowledgeError
from patients.records import codes
from patients.records.codes import CodeSystem, Dated, RecordList
from tests.rules.screening_room import BOOK, TODAY, ruling
from tests.shared import SHARED

SAMPLE = SHARED / "data" / "synthea-uk"
SNOMED, RXNORM = CodeSystem.SNOMED, CodeSystem.RXNORM
CONDITIONS, MEDICATIONS = RecordList.CONDITIONS, RecordList.MEDICATIONS
ALLERGIES = RecordList.ALLERGIES
GOOD = {
    "list": "conditions",
    "system": "SNOMED-CT",
    "code": "72892002",
    "display": "Normal pregnancy",
    "kind": "pregnancy",
    "dated": "state",
    "status": "V",
}


def facts(where, system, code, *, started_on=None, stopped_on=None):
    """The facts of one record; the import does the same in one statement of SQL."""
    return [
        fact_of(meaning, started_on=started_on, stopped_on=stopped_on)
        for meaning in codes.medical_codes().get((where, system, code), ())
    ]


def fact_of(meaning, *, started_on, stopped_on):
    ends = {Dated.STATE: stopped_on, Dated.ONCE: started_on, Dated.EVER: None}
    return Fact(
        kind=meaning.kind,
        started_on=started_on,
        stopped_on=ends[meaning.dated],
        choice=meaning.choice or None,
        certain=meaning.certain,
        ended=meaning.dated is Dated.ONCE,
    )


def screened(code, kind, found, **more):
    """The worst of one rule when the facts are known and nobody has asked yet."""
    return ruling(code, answers={kind: Answer(value=None)}, facts=found, **more)


@pytest.mark.parametrize(
    ("where", "system", "code", "rule", "kind", "said"),
    [
        (MEDICATIONS, RXNORM, "855332", "C12", "anticoagulant", "SIGNOFF"),
        (MEDICATIONS, RXNORM, "309362", "C12", "anticoagulant", "SIGNOFF"),
        (MEDICATIONS, RXNORM, "854235", "C12", "anticoagulant", "SIGNOFF"),
        (MEDICATIONS, RXNORM, "197843", "C01", "isotretinoin", "BLOCK"),
        (MEDICATIONS, RXNORM, "1736776", "C17", "chemo_radio", "BLOCK"),
        (MEDICATIONS, RXNORM, "310965", "C40", "nsaid", "WARN"),
        (MEDICATIONS, RXNORM, "308192", "C38", "photosensitiser", "WARN"),
        (CONDITIONS, SNOMED, "72892002", "C03", "pregnancy", "BLOCK"),
        (CONDITIONS, SNOMED, "234466008", "C11", "bleeding_disorder", "BLOCK"),
        (CONDITIONS, SNOMED, "44054006", "C18", "diabetes", "ASK"),
        (CONDITIONS, SNOMED, "69896004", "C19", "autoimmune", "SIGNOFF"),
        (CONDITIONS, SNOMED, "200936003", "C19", "autoimmune", "SIGNOFF"),
        (CONDITIONS, SNOMED, "86406008", "C16", "immunosuppression", "SIGNOFF"),
        (CONDITIONS, SNOMED, "49436004", "C36", "cardiac", "WARN"),
        (CONDITIONS, SNOMED, "370247008", "C10", "open_wound", "DEFER"),
    ],
)
def test_a_record_that_goes_on_is_read_by_its_rule(
    where, system, code, rule, kind, said
):
    found = facts(where, system, code, started_on=date(2026, 1, 1))
    assert screened(rule, kind, found) == said


@pytest.mark.parametrize(
    ("where", "system", "code", "rule", "kind"),
    [
        (CONDITIONS, SNOMED, "72892002", "C03", "pregnancy"),
        (CONDITIONS, SNOMED, "234466008", "C11", "bleeding_disorder"),
        (MEDICATIONS, RXNORM, "855332", "C12", "anticoagulant"),
    ],
)
def test_a_record_that_ended_says_nothing_any_more(where, system, code, rule, kind):
    found = facts(
        where, system, code, started_on=date(2025, 1, 1), stopped_on=date(2025, 9, 1)
    )
    assert ruling(rule, facts=found) == "OK"
    assert screened(rule, kind, found) == "ASK"


def test_isotretinoin_that_was_stopped_opens_its_window():
    found = facts(
        MEDICATIONS,
        RXNORM,
        "197844",
        started_on=date(2025, 6, 1),
        stopped_on=date(2026, 3, 31),
    )
    assert screened("C02", "isotretinoin", found) == "SIGNOFF until 2026-09-30"


def test_an_infusion_is_over_on_its_day():
    (vancomycin,) = facts(MEDICATIONS, RXNORM, "1807513", started_on=date(2020, 3, 13))
    assert vancomycin.stopped_on == date(2020, 3, 13)
    assert ruling("C38", facts=[vancomycin]) == "OK"


def test_an_infusion_on_an_unknown_day_is_over_all_the_same():
    (vancomycin,) = facts(MEDICATIONS, RXNORM, "1807513")
    assert vancomycin.ended


def test_latex_is_information_from_either_list():
    listed = facts(ALLERGIES, SNOMED, "111088007", started_on=date(1994, 12, 23))
    found = facts(CONDITIONS, SNOMED, "300916003", stopped_on=date(2000, 1, 1))
    for fact in (*listed, *found):
        assert (fact.kind, fact.stopped_on) == ("latex_allergy", None)


def test_a_sulphonamide_allergy_stops_the_anaesthetic():
    (fact,) = facts(ALLERGIES, RXNORM, "10831")
    assert (fact.kind, fact.choice) == ("anaesthetic_risk", "sulphonamide_allergy")


def test_a_substance_means_another_thing_among_the_allergies():
    (allergy,) = facts(ALLERGIES, RXNORM, "1191")
    assert allergy.kind == "medicine_allergy"
    assert facts(MEDICATIONS, RXNORM, "1191") == []


@pytest.mark.parametrize(
    ("where", "system", "code", "rule", "kind"),
    [
        (CONDITIONS, SNOMED, "24079001", "C20", "eczema_psoriasis_rosacea"),
        (CONDITIONS, SNOMED, "79586000", "C03", "pregnancy"),
        (MEDICATIONS, RXNORM, "312617", "C16", "immunosuppression"),
        (MEDICATIONS, RXNORM, "860975", "C18", "diabetes"),
    ],
)
def test_what_a_code_only_hints_at_has_to_be_asked(where, system, code, rule, kind):
    found = facts(where, system, code, started_on=date(2026, 1, 1))
    assert screened(rule, kind, found) == "ASK"
    assert ruling(rule, facts=found) == "OK"


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("19169002", "a miscarriage"),
        ("35999006", "a blighted ovum"),
        ("840539006", "COVID-19"),
        ("160903007", "full-time employment"),
    ],
)
def test_what_no_rule_asks_about_is_not_taken_over(code, what):
    assert facts(CONDITIONS, SNOMED, code, started_on=TODAY) == [], what


def test_a_code_may_mean_two_things():
    found = facts(MEDICATIONS, RXNORM, "834357", started_on=TODAY)
    assert {fact.kind for fact in found} == {"anaesthetic_risk", "photosensitiser"}


def test_every_meaning_makes_a_fact_the_book_knows():
    for meanings in codes.medical_codes().values():
        for meaning in meanings:
            fact = fact_of(meaning, started_on=TODAY, stopped_on=None)
            kind = BOOK.facts[fact.kind]
            assert fact.choice is None or fact.choice in kind.choice_keys
            assert meaning.dated in set(Dated)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not beside the project")
@pytest.mark.parametrize("where", list(RecordList))
def test_the_table_names_the_codes_as_the_sample_does(where):
    with (SAMPLE / f"{where}.csv").open(newline="") as file:
        sample = {
            (r["CODE"], r["DESCRIPTION"].casefold()) for r in csv.DictReader(file)
        }
    listed = {code for code, _display in sample}
    for (record_list, _system, code), meanings in codes.medical_codes().items():
        if record_list is where and code in listed:
            for meaning in meanings:
                assert (code, meaning.display.casefold()) in sample


def table(**changes):
    values = GOOD | changes
    lines = [f"{name} = {_toml(value)}" for name, value in values.items()]
    return "[[codes]]\n" + "\n".join(lines) + "\n"


def _toml(value):
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def test_a_row_is_enough_to_add_a_code():
    read = codes.read(text=table(), kinds=BOOK.facts)
    assert (CONDITIONS, SNOMED, "72892002") in read


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"kind": "hay_fever"}, "not in facts.toml", id="kind"),
        pytest.param({"choice": "twins"}, "is not one of pregnancy", id="choice"),
        pytest.param({"system": "ICD-10"}, "none of the known words", id="system"),
        pytest.param({"list": "letters"}, "none of the known words", id="list"),
        pytest.param({"dated": "soon"}, "none of the known words", id="dated"),
        pytest.param({"status": "X"}, "not one of V, P, M", id="status"),
        pytest.param({"code": "72892002x"}, "is a number", id="code"),
        pytest.param({"kind": "latex_allergy"}, "dated ever", id="allergies last"),
        pytest.param({"colour": "red"}, "Unknown field", id="unknown field"),
    ],
)
def test_a_row_that_cannot_be_is_refused(changes, sentence):
    with pytest.raises(KnowledgeError, match=sentence) as caught:
        codes.read(text=table(**changes), kinds=BOOK.facts)
    assert caught.value.file == "medical_codes.toml"


def test_the_same_meaning_twice_is_refused():
    with pytest.raises(KnowledgeError, match="twice"):
        codes.read(text=table() * 2, kinds=BOOK.facts)
