"""A knowledge file with a mistake is refused with file, key and a sentence."""

from decimal import Decimal

import pytest

from clinic.rules import sourced
from clinic.rules.book import load_book, read_files, revision_of

SOURCES = {
    key: sourced.Source(key=key, title=key) for key in ("S01", "policy", "memory")
}
GOOD = {"key": "NOSE", "sources": ["S01"], "tier": "B", "status": "V"}


def row(**changes):
    return sourced.Row(file="zones.toml", values=GOOD | changes, sources=SOURCES)


def mm(value):
    return {"value": Decimal(value), "unit": "mm"}


def test_a_measure_inherits_the_sources_of_its_row():
    measure = row(soft=mm("0.75")).measure("soft")
    assert (measure.value, measure.unit) == (Decimal("0.75"), "mm")
    assert (measure.sources, measure.tier, measure.status) == (("S01",), "B", "V")


def test_a_measure_may_state_its_own_sources():
    own = mm("0.75") | {"sources": ["policy"], "tier": "", "status": "P"}
    assert row(soft=own).measure("soft").sources == ("policy",)


def test_a_value_from_memory_is_to_be_confirmed():
    own = mm("0.75") | {"sources": ["memory"], "tier": "", "status": "M"}
    assert row(soft=own).measure("soft").to_confirm


def test_a_span_holds_both_its_ends():
    values = {"low": Decimal("0.25"), "high": Decimal("0.5"), "unit": "mm"}
    span = row(typical=values).span("typical")
    assert Decimal("0.25") in span
    assert Decimal("0.5") in span
    assert Decimal("0.51") not in span
    assert Decimal("0.24") not in span


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"sources": ["S99"]}, "not in sources.toml", id="unknown source"),
        pytest.param({"sources": []}, "No source is named", id="no source"),
        pytest.param({"status": "X"}, "not one of V, M, D, P", id="unknown status"),
        pytest.param({"tier": "E"}, "A, B, C or D", id="unknown tier"),
        pytest.param({"tier": ""}, "A, B, C or D", id="published without a tier"),
        pytest.param(
            {"sources": ["policy"], "status": "V"}, "go together", id="seen policy"
        ),
        pytest.param({"status": "P"}, "go together", id="policy that names no policy"),
        pytest.param(
            {"sources": ["policy"], "status": "P"},
            "A, B, C or D",
            id="policy with a tier",
        ),
        pytest.param({"status": "M"}, "go together", id="memory that names no memory"),
    ],
)
def test_a_row_with_a_wrong_origin_is_refused(changes, sentence):
    with pytest.raises(sourced.KnowledgeError, match=sentence) as caught:
        row(**changes).provenance()
    assert (caught.value.file, caught.value.key) == ("zones.toml", "NOSE")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        pytest.param({"value": 1, "unit": "inch"}, "unknown unit", id="unknown unit"),
        pytest.param({"value": -1, "unit": "mm"}, "negative", id="negative"),
        pytest.param({"value": "1", "unit": "mm"}, "no number", id="a text"),
        pytest.param({"value": True, "unit": "mm"}, "no number", id="a yes"),
        pytest.param({"unit": "mm"}, "no number", id="nothing"),
        pytest.param(1, "not a value with a unit", id="a bare number"),
    ],
)
def test_a_wrong_number_is_refused(value, sentence):
    with pytest.raises(sourced.KnowledgeError, match=sentence):
        row(soft=value).measure("soft")


def test_a_span_that_runs_down_is_refused():
    values = {"low": 2, "high": 1, "unit": "mm"}
    with pytest.raises(sourced.KnowledgeError, match="runs from 2 down to 1"):
        row(typical=values).span("typical")


def test_a_misspelt_field_is_refused():
    wrong = row(sofft=mm("1"))
    with pytest.raises(sourced.KnowledgeError, match="Unknown field: sofft"):
        wrong.finish()


def test_a_key_that_comes_twice_is_refused():
    with pytest.raises(sourced.KnowledgeError, match="taken"):
        sourced.read_rows(topic="zones", table={"zones": [GOOD, GOOD]}, sources=SOURCES)


def test_a_row_without_a_key_is_refused():
    with pytest.raises(sourced.KnowledgeError, match="no key"):
        sourced.read_rows(topic="zones", table={"zones": [{}]}, sources=SOURCES)


def test_a_file_with_other_tables_is_refused():
    with pytest.raises(sourced.KnowledgeError, match="nothing else"):
        sourced.read_rows(topic="zones", table={"zone": [GOOD]}, sources=SOURCES)


def test_every_source_of_the_clinical_page_is_there():
    book = load_book()
    assert {"S01", "S05b", "S12b", "S46b", "S69b", "S159"} <= set(book.sources)
    assert len(book.sources) == 160
    assert all(s.title for s in book.sources.values())


def test_the_revision_is_twelve_hex_digits_and_follows_every_byte():
    files = read_files()
    revision = revision_of(files)
    assert load_book().revision == revision
    assert len(revision) == 12
    assert int(revision, 16) >= 0
    assert revision_of(files | {"sources": files["sources"] + b"\n"}) != revision


def test_the_book_is_read_once():
    assert load_book() is load_book()
