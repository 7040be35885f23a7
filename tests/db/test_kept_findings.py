"""Findings kept beside a decision come back as they were; a text becomes blocks."""

import json
from datetime import date

from clinic.rulebook.kept import keep, kept
from clinic.rulebook.queries import in_modes
from clinic.rules.findings import Finding, Scope, Verdict, View
from patients.consent.wording import blocks
from patients.history.zones import zone_names

FULL = Finding(
    code="C02",
    verdict=Verdict.DEFER,
    title="Isotretinoin",
    sentence="Wait.",
    sources=("S69", "S71"),
    status="V",
    until=date(2026, 8, 31),
    absolute=True,
    scope=Scope.ANAESTHETIC,
    zones=frozenset({"CM-R", "CM-L"}),
    views=(View(sentence="No delay.", sources=("S69",)),),
    info=True,
)
BARE = Finding(code="C", verdict=Verdict.OK, title="T", sentence="S")


def test_what_is_kept_as_json_comes_back_whole_and_in_order() -> None:
    assert kept(json.loads(json.dumps(keep([FULL, BARE])))) == (FULL, BARE)


def test_zones_are_named_once_for_both_sides() -> None:
    book = in_modes().book
    assert zone_names(book, []) == ""
    assert zone_names(book, ["CH"]) == "Chin"
    assert zone_names(book, ["CM-R", "CH"]) == "Right medial cheek, Chin"
    words = zone_names(book, ["CM-R", "CM-L", "FH"])
    assert words == "Forehead; medial cheek, both sides"


def test_a_text_becomes_headings_paragraphs_and_lists() -> None:
    body = "## One\nfirst\nline\n\nsecond\n- a\n- b\n## Two\n## Three\nlast"
    found = [(block.kind, block.lines) for block in blocks(body)]
    assert found == [
        ("heading", ("One",)),
        ("paragraph", ("first", "line")),
        ("paragraph", ("second",)),
        ("list", ("a", "b")),
        ("heading", ("Two",)),
        ("heading", ("Three",)),
        ("paragraph", ("last",)),
    ]
