"""A rule that cannot be is refused when the book is read, and says why."""

from decimal import Decimal
from typing import Any

import pytest

from clinic.rules import facts, sourced
from clinic.rules.findings import Verdict
from clinic.rules.screening import loading
from tests.rules.screening_room import BOOK

SOURCES = {
    key: sourced.Source(key=key, title=key) for key in ("S01", "policy", "memory")
}
DAYS = {"value": Decimal(14), "unit": "days"}
WEEKS = {"value": Decimal(6), "unit": "weeks"}
MONTHS = {"value": Decimal(6), "unit": "months"}
CASE = {
    "when": "last",
    "sentence": "Toxin was given.",
    "default": [{"verdict": "DEFER", "within": DAYS}],
    "strict": [{"verdict": "DEFER", "within": MONTHS}],
}
RULE = {
    "key": "C99",
    "title": "A rule",
    "fact": "toxin",
    "sources": ["S01"],
    "tier": "D",
    "status": "V",
    "cases": [CASE],
}
KIND = {
    "key": "toxin",
    "label": "Toxin",
    "question": "Toxin?",
    "shape": "event",
    "group": "procedures",
    "when_label": "Last given on",
    "asked_for": ["plan"],
    "no_stands": {"value": Decimal(0), "unit": "days"},
    "sources": ["policy"],
    "status": "P",
}
GROUP = {"key": "procedures", "label": "Treatments"}


def row(file: str, values: dict[str, Any]) -> sourced.Row:
    return sourced.Row(file=file, values=values, sources=SOURCES)


def rule(case: dict[str, Any] | None = None, **changes: Any) -> Any:
    values = RULE | {"cases": [CASE | (case or {})]} | changes
    (loaded,) = loading.load((row("screening.toml", values),), BOOK.facts)
    return loaded


def kind(**changes: Any) -> Any:
    rows = (row("facts.toml", KIND | changes),)
    groups = (row("question_groups.toml", GROUP),)
    return facts.load(rows, groups)["toxin"]


def test_a_rule_is_added_by_a_row_alone():
    loaded = rule()
    (part,) = loaded.parts
    assert (loaded.code, part.kind.key) == ("C99", "toxin")
    assert part.cases[0].strict[0].verdict is Verdict.DEFER
    assert part.cases[0].strict[0].sources == ("S01",)


def test_bands_run_from_grave_to_mild():
    bands = [
        {"verdict": "BLOCK", "within": WEEKS},
        {"verdict": "SIGNOFF", "within": MONTHS},
    ]
    loaded = rule({"default": bands})
    verdicts = [band.verdict for band in loaded.parts[0].cases[0].default]
    assert verdicts == [Verdict.BLOCK, Verdict.SIGNOFF]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"when": "soon"}, "none of the known words", id="trigger"),
        pytest.param({"fact": "hay"}, "not in facts.toml", id="fact"),
        pytest.param({"when": "now"}, "cannot be now", id="an event is not now"),
        pytest.param(
            {"fact": "pregnancy", "when": "now"},
            "no day to count from",
            id="a state has no window",
        ),
        pytest.param({"default": [{"verdict": "DEFER"}]}, "a window", id="no window"),
        pytest.param({"default": [{"verdict": "ASK"}]}, "is not one of", id="ask"),
        pytest.param({"default": [{"verdict": "NO"}]}, "is not one of", id="verdict"),
        pytest.param(
            {"default": [{"verdict": "DEFER", "within": DAYS | {"unit": "years"}}]},
            "days, weeks or months",
            id="unit",
        ),
        pytest.param(
            {
                "default": [
                    {"verdict": "SIGNOFF", "within": DAYS},
                    {"verdict": "BLOCK", "within": MONTHS},
                ]
            },
            "grave to mild",
            id="bands from mild to grave",
        ),
        pytest.param(
            {
                "default": [
                    {"verdict": "BLOCK", "within": MONTHS},
                    {"verdict": "SIGNOFF", "within": DAYS},
                ]
            },
            "short to long",
            id="bands from long to short",
        ),
        pytest.param({"default": [], "strict": []}, "anything", id="no outcome"),
        pytest.param({"choices": ["botox"]}, "not one of the fact's", id="choice"),
        pytest.param({"phototypes": [7]}, "from 1 to 6", id="phototype"),
        pytest.param({"given": ["rain"]}, "none of the known words", id="given"),
        pytest.param({"scope": "sky"}, "none of the known words", id="scope"),
        pytest.param({"sentnce": "Oh"}, "Unknown field", id="misspelt field"),
        pytest.param(
            {"default": [{"verdict": "OK", "within": DAYS}]},
            "has the verdict OK",
            id="fine, yet no information",
        ),
        pytest.param({"when": "age"}, "needs|has bands|age_from", id="age"),
        pytest.param(
            {
                "when": "phototype",
                "default": [{"verdict": "WARN"}],
                "strict": [{"verdict": "WARN"}],
            },
            "names its phototypes",
            id="phototype case without phototypes",
        ),
        pytest.param(
            {
                "when": "ever",
                "default": [{"verdict": "DEFER"}],
                "strict": [{"verdict": "DEFER"}],
            },
            "never passes",
            id="deferred for ever",
        ),
    ],
)
def test_a_case_that_cannot_be_is_refused(changes, sentence):
    with pytest.raises(sourced.KnowledgeError, match=sentence) as caught:
        rule(changes)
    assert caught.value.file == "screening.toml"
    assert caught.value.key.startswith("C99")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"cases": []}, "without a case", id="no case"),
        pytest.param({"info": True}, "has the verdict OK", id="grave information"),
        pytest.param(
            {
                "views": [
                    {
                        "sentence": "Wait.",
                        "sources": ["S01"],
                        "tier": "D",
                        "status": "V",
                    }
                ]
            },
            "no conflict",
            id="one view",
        ),
        pytest.param({"sources": ["S99"]}, "not in sources.toml", id="source"),
        pytest.param({"colour": "red"}, "Unknown field", id="unknown field"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(changes, sentence):
    with pytest.raises(sourced.KnowledgeError, match=sentence):
        rule(**changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"shape": "wave"}, "none of the known words", id="shape"),
        pytest.param({"group": "none"}, "question_groups.toml", id="group"),
        pytest.param({"when_label": ""}, "the day must be asked", id="no when"),
        pytest.param({"end_label": "End"}, "Only a state ends", id="an event ends"),
        pytest.param({"asked_for": []}, "asked for nothing", id="never asked"),
        pytest.param({"skip_sexes": ["men"]}, "unknown sex", id="sex"),
        pytest.param(
            {"no_stands": {"value": Decimal(1), "unit": "years"}},
            "counted in days",
            id="no stands for years",
        ),
        pytest.param(
            {
                "choices": [
                    {"choice": "a", "label": "A"},
                    {"choice": "a", "label": "B"},
                ]
            },
            "comes twice",
            id="choice twice",
        ),
    ],
)
def test_a_kind_of_fact_that_cannot_be_is_refused(changes, sentence):
    with pytest.raises(sourced.KnowledgeError, match=sentence):
        kind(**changes)


def test_every_kind_of_fact_serves_a_rule():
    used = {p.kind.key for r in BOOK.screening for p in r.parts if p.kind}
    assert used == set(BOOK.facts)


def test_the_tier_of_a_rule_is_the_best_of_its_sources():
    for loaded in BOOK.screening:
        tiers = [BOOK.sources[source].tier for source in loaded.sources]
        assert loaded.tier == min((t for t in tiers if t), default=""), loaded.code
