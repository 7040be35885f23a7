"""The book as a whole: refused when it contradicts itself, changed by data alone."""

import copy
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal

import pytest

from clinic.rules import depth
from clinic.rules.book import (
    compose,
    load_book,
    read_files,
    read_tables,
    revision_of,
)
from clinic.rules.devices import Kind
from clinic.rules.sourced import (
    PSEUDO_SOURCES,
    UNITS,
    KnowledgeError,
    Measure,
    Provenance,
    Span,
)

BOOK = load_book()
TABLES = read_tables(read_files())


def changed(topic, key, /, **values):
    """The shipped tables with some values of one row changed; None takes one away."""
    tables = copy.deepcopy(TABLES)
    (row,) = [row for row in tables[topic][topic] if row["key"] == key]
    for name, value in values.items():
        row.pop(name, None)
        if value is not None:
            row[name] = value
    return tables


def mm(value):
    return {"value": Decimal(value), "unit": "mm"}


def test_a_changed_value_is_another_book_and_the_shipped_one_stays():
    amended = compose(
        tables=changed("zones", "CHEEK", soft_max=mm("1.25")), revision="amended"
    )
    pen = BOOK.devices["DERMAPEN_4"]
    asked = depth.Setting(zone="CHEEK", kind=Kind.PEN, mm=Decimal("1.3"), device=pen)
    codes = [finding.code for finding in depth.check(amended, asked)]
    assert "depth-soft-max" in codes
    assert "depth-soft-max" not in [f.code for f in depth.check(BOOK, asked)]
    assert amended.revision != BOOK.revision


def test_the_revision_follows_every_file():
    files = read_files()
    shipped = revision_of(files)
    for topic in files:
        assert revision_of(files | {topic: files[topic] + b"#"}) != shipped


def test_a_book_cannot_be_changed_in_place():
    with pytest.raises(TypeError):
        BOOK.zones["CHEEK"] = None
    with pytest.raises(AttributeError):
        BOOK.revision = "other"


@pytest.mark.parametrize(
    ("topic", "key", "values", "sentence"),
    [
        pytest.param(
            "zones",
            "CHEEK",
            {"hard_max": mm("1.4")},
            "soft maximum lies above",
            id="soft above hard",
        ),
        pytest.param(
            "zones",
            "ABDOMEN_THIGH",
            {"hard_max": mm("2.25")},
            "reaches above the hard maximum",
            id="typical above hard",
        ),
        pytest.param("zones", "CHEEK", {"group": "foot"}, "none of", id="group"),
        pytest.param("zones", "CHEEK", {"soft_max": None}, "soft_max", id="no limit"),
        pytest.param("areas", "FH", {"zone": "NOWHERE"}, "NOWHERE", id="zone of area"),
        pytest.param("areas", "FH", {"zone": "EYELID"}, "never", id="area on the lid"),
        pytest.param("devices", "DERMAPEN_4", {"kind": "laser"}, "none of", id="kind"),
        pytest.param(
            "devices", "EXCEED", {"us_status": "unknown"}, "go together", id="clearance"
        ),
        pytest.param("scar_ranges", "SCAR_FACE", {"group": "x"}, "none of", id="scar"),
        pytest.param(
            "entry", "pen", {"pass_chips": [41]}, "outside the passes", id="chip"
        ),
        pytest.param(
            "conditions", "DULL", {"evidence": 5}, "1, 2, 3, 4", id="evidence"
        ),
        pytest.param(
            "conditions",
            "NECK",
            {"sessions_usual": {"value": 5, "unit": "sessions"}},
            "outside their range",
            id="usual sessions",
        ),
        pytest.param(
            "conditions",
            "ACNE_ROLLING",
            {"gap_preferred": {"value": 7, "unit": "weeks"}},
            "outside the default gaps",
            id="preferred gap",
        ),
        pytest.param(
            "conditions", "DULL", {"instruments": ["XX"]}, "XX is described", id="scale"
        ),
        pytest.param(
            "intervals",
            "DEEP",
            {"warn_below": {"value": 10, "unit": "days"}},
            "ascend",
            id="limits that descend",
        ),
        pytest.param(
            "intervals",
            "DEEP",
            {"block_below": {"value": 2, "unit": "weeks"}},
            "counted in days",
            id="gap in weeks",
        ),
        pytest.param(
            "intervals",
            "DEEP",
            {"block_below": {"value": -1, "unit": "days"}},
            "negative",
            id="negative window",
        ),
        pytest.param(
            "intervals", "SCALP", {"scalp": False}, "missing", id="no row for scalp"
        ),
        pytest.param(
            "protocols", "DULL_PEN", {"zones": ["EYELID"]}, "EYELID", id="lid protocol"
        ),
        pytest.param(
            "protocols", "DULL_PEN", {"condition": "X"}, "X is", id="no such condition"
        ),
        pytest.param(
            "protocols", "PIH_PEN", {"kind": "roller"}, "roller", id="kind not studied"
        ),
        pytest.param(
            "aftercare", "MINOXIDIL", {"only_with": "X"}, "X is", id="no such topical"
        ),
        pytest.param(
            "healing", "INFLAMMATION", {"starts": None}, "when it starts", id="phase"
        ),
        pytest.param("topicals", "PRP", {"stance": "no"}, "none of", id="stance"),
        pytest.param("events", "PAIN", {"at_once": True}, "one of the two", id="event"),
        pytest.param("events", "PAIN", {"grade_floor": 6}, "1 to 5", id="grade floor"),
        pytest.param("grades", "1", {"key": "6"}, "1 to 5", id="grade"),
        pytest.param(
            "sources", "S01", {"urls": []}, "needs an address", id="no address"
        ),
        pytest.param("sources", "S01", {"tier": "E"}, "A, B, C, D", id="source tier"),
    ],
)
def test_a_book_that_contradicts_itself_is_refused(topic, key, values, sentence):
    with pytest.raises(KnowledgeError, match=sentence) as caught:
        compose(tables=changed(topic, key, **values), revision="x")
    assert caught.value.file == f"{topic}.toml"


def test_a_file_that_nobody_reads_is_refused():
    with pytest.raises(KnowledgeError, match=r"zonse\.toml: .*Nobody reads"):
        compose(tables=TABLES | {"zonse": {"zonse": []}}, revision="x")


def test_a_missing_file_is_refused():
    tables = {topic: table for topic, table in TABLES.items() if topic != "zones"}
    with pytest.raises(KnowledgeError, match=r"zones\.toml"):
        compose(tables=tables, revision="x")


def test_a_file_that_is_no_toml_is_refused_by_name():
    with pytest.raises(KnowledgeError, match=r"zones\.toml"):
        read_tables({"zones": b"[[zones"})


def values_in(thing, path="book"):
    """Every value with an origin, wherever in the book it stands."""
    if isinstance(thing, Provenance):
        yield path, thing
    if is_dataclass(thing):
        for field in fields(thing):
            yield from values_in(getattr(thing, field.name), f"{path}.{field.name}")
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from values_in(value, f"{path}[{key}]")
    elif isinstance(thing, tuple):
        for number, value in enumerate(thing):
            yield from values_in(value, f"{path}[{number}]")


def test_every_value_of_the_book_names_its_sources_tier_and_status():
    found = list(values_in(BOOK))
    assert len(found) > 500
    for path, value in found:
        assert value.sources, path
        assert set(value.sources) <= set(BOOK.sources), path
        assert value.status in set("VMDP"), path
        published = set(value.sources) - set(PSEUDO_SOURCES)
        assert bool(published) == (value.tier in set("ABCD")), path
        for pseudo, status in PSEUDO_SOURCES.items():
            assert (pseudo in value.sources) == (value.status == status), path
        if isinstance(value, Measure | Span):
            assert value.unit in UNITS, path


def test_no_tier_is_better_than_the_sources_it_names():
    for path, value in values_in(BOOK):
        tiers = [BOOK.sources[s].tier for s in value.sources if BOOK.sources[s].tier]
        if tiers:
            assert value.tier >= min(tiers), path
