"""Reading `knowledge/screening.toml` into rules, and refusing what cannot be."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from clinic.rules.facts import FactKind, Shape
from clinic.rules.findings import Finding, Scope, Verdict, View
from clinic.rules.screening.rows import (
    Case,
    Circumstance,
    Outcome,
    Part,
    Rule,
    Trigger,
    Window,
    grave_ways,
)
from clinic.rules.sourced import Row

Unknown = tuple[str, str]  # a title and a sentence
OF_PERSON = {Trigger.AGE, Trigger.PHOTOTYPE}
WINDOWED = {Trigger.STOPPED, Trigger.LAST}
SHAPES = {
    Trigger.NOW: {Shape.STATE},
    Trigger.STOPPED: {Shape.STATE},
    Trigger.LAST: {Shape.STATE, Shape.EVENT},
    Trigger.EVER: set(Shape),
}


def load(rows: tuple[Row, ...], facts: Mapping[str, FactKind]) -> tuple[Rule, ...]:
    """Every rule, in the order of the file."""
    return tuple(_rule(row, facts) for row in rows)


def _rule(row: Row, facts: Mapping[str, FactKind]) -> Rule:
    where = row.provenance()
    title = row.text("title")
    info, overridable = row.flag("info"), row.flag("overridable", default=True)
    row.text("fact", "")
    cases = [_case(inner, row, facts) for inner in row.rows("cases")]
    if not cases:
        row.fail("A rule without a case says nothing.")
    _check_info(row, cases, info=info)
    unknown = _unknown(row, cases)
    rule = Rule(
        code=row.key,
        title=title,
        overridable=overridable,
        info=info,
        parts=_parts(row.key, title, cases, unknown),
        views=_views(row),
        sources=where.sources,
        tier=where.tier,
        status=where.status,
    )
    row.finish()
    return rule


def _views(row: Row) -> tuple[View, ...]:
    views = []
    for inner in row.rows("views"):
        sources = inner.provenance().sources
        views.append(View(sentence=inner.text("sentence"), sources=sources))
        inner.finish()
    if len(views) == 1:
        row.fail("One view alone is no conflict.")
    return tuple(views)


def _case(row: Row, rule: Row, facts: Mapping[str, FactKind]) -> Case:
    trigger = row.choice("when", Trigger)
    kind = _kind(row, rule, trigger, facts)
    default = _outcomes(row, "default", trigger)
    strict = default if row.flag("strict_same") else _outcomes(row, "strict", trigger)
    case = Case(
        trigger=trigger,
        kind=kind,
        sentence=row.text("sentence"),
        scope=row.choice("scope", Scope) if "scope" in row else Scope.NEEDLING,
        choices=frozenset(row.texts("choices")),
        phototypes=_phototypes(row),
        given=frozenset(row.choices("given", Circumstance)),
        age_from=_years(row, "age_from"),
        age_below=_years(row, "age_below"),
        default=default,
        strict=strict,
    )
    row.finish()
    _check_case(row, case)
    return case


def _kind(
    row: Row, rule: Row, trigger: Trigger, facts: Mapping[str, FactKind]
) -> FactKind | None:
    key = row.text("fact", rule.text("fact", ""))
    if trigger in OF_PERSON:
        return None
    if key not in facts:
        row.fail(f"Fact {key!r} is not in facts.toml.")
    if facts[key].shape not in SHAPES[trigger]:
        row.fail(f"A fact that is {facts[key].shape} cannot be {trigger}.")
    return facts[key]


def _outcomes(row: Row, mode: str, trigger: Trigger) -> tuple[Outcome, ...]:
    bands = tuple(_outcome(inner) for inner in row.rows(mode))
    if trigger in WINDOWED and any(band.window is None for band in bands):
        row.fail(f"{mode} needs a window.")
    if trigger not in WINDOWED and (len(bands) > 1 or any(b.window for b in bands)):
        row.fail(f"{mode} has bands, but no day to count from.")
    for graver, milder in pairwise(bands):
        if graver.verdict.rank <= milder.verdict.rank:
            row.fail(f"{mode} does not run from grave to mild.")
        if not _ends_earlier(graver.window, milder.window):
            row.fail(f"{mode} does not run from short to long.")
    return bands


def _ends_earlier(shorter: Window | None, longer: Window | None) -> bool:
    some_day = date(2001, 1, 1)
    return bool(shorter and longer and shorter.end(some_day) < longer.end(some_day))


def _outcome(row: Row) -> Outcome:
    name, where = row.text("verdict"), row.provenance()
    if name not in Verdict.__members__ or name == "ASK":
        row.fail(f"Verdict {name!r} is not one of BLOCK, DEFER, SIGNOFF, WARN, OK.")
    within = row.measure_or_none("within")
    window = None
    if within is not None:
        count = int(within.value)
        lengths = {
            "days": Window(days=count),
            "weeks": Window(days=7 * count),
            "months": Window(months=count),
        }
        if within.unit not in lengths or not count:
            row.fail("A window is counted in days, weeks or months, from 1.")
        window = lengths[within.unit]
    row.finish()
    return Outcome(
        verdict=Verdict[name],
        window=window,
        sources=where.sources,
        status=where.status,
    )


def _phototypes(row: Row) -> frozenset[int]:
    phototypes = row.get("phototypes", [])
    if not set(phototypes) <= set(range(1, 7)):
        row.fail("Phototypes run from 1 to 6.")
    return frozenset(phototypes)


def _years(row: Row, name: str) -> int:
    years = row.measure_or_none(name)
    if years is None:
        return 0
    if years.unit != "years":
        row.fail(f"{name} is counted in years.")
    return int(years.value)


def _check_case(row: Row, case: Case) -> None:
    if not case.default and not case.strict:
        row.fail("Neither mode leads to anything.")
    if case.kind and not case.choices <= case.kind.choice_keys:
        row.fail("A choice is not one of the fact's.")
    if (case.trigger is Trigger.AGE) != (case.age_below > case.age_from):
        row.fail("An age case, and only that, has age_from and a greater age_below.")
    if case.trigger is Trigger.PHOTOTYPE and not case.phototypes:
        row.fail("A phototype case names its phototypes.")
    outcomes = (*case.default, *case.strict)
    deferring = any(o.verdict is Verdict.DEFER for o in outcomes)
    if deferring and case.trigger not in WINDOWED | {Trigger.NOW}:
        row.fail("What never passes cannot be deferred.")


def _check_info(row: Row, cases: list[Case], *, info: bool) -> None:
    verdicts = {o.verdict for case in cases for o in (*case.default, *case.strict)}
    if info != (Verdict.OK in verdicts) or (info and verdicts != {Verdict.OK}):
        row.fail("Information, and only that, has the verdict OK.")


def _unknown(row: Row, cases: list[Case]) -> Unknown | None:
    """What a rule on the person says while that is not recorded."""
    if not any(case.trigger in OF_PERSON for case in cases):
        return None
    return row.text("unknown_title"), row.text("unknown")


def _parts(
    code: str, title: str, cases: list[Case], unknown: Unknown | None
) -> tuple[Part, ...]:
    by_kind: dict[str, list[Case]] = {}
    for case in cases:
        by_kind.setdefault(case.kind.key if case.kind else "", []).append(case)
    return tuple(
        _part(code, title, tuple(group), unknown) for group in by_kind.values()
    )


def _which(kind: FactKind | None) -> str:
    """What is still to be said of a fact: which of its choices it is."""
    if kind is None or not kind.choices:
        return "It is not recorded since when."
    words = [_inside(choice.label) for choice in kind.choices]
    return f"It is not recorded which: {', '.join(words[:-1])} or {words[-1]}."


def _inside(label: str) -> str:
    """A label within a sentence; an abbreviation such as HIV keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _part(
    code: str, title: str, cases: tuple[Case, ...], unknown: Unknown | None
) -> Part:
    kind = cases[0].kind
    label = kind.label if kind else title
    needling = any(case.scope is Scope.NEEDLING for case in cases)
    scope = Scope.NEEDLING if needling else Scope.ANAESTHETIC

    def asking(sentence: str, titled: str = title) -> Finding:
        return Finding(
            code=code,
            verdict=Verdict.ASK,
            title=titled,
            sentence=sentence,
            sources=("policy",),
            status="P",
            scope=scope,
        )

    titled, sentence = title, f"Not asked yet: {label}."
    if unknown is not None and cases[0].trigger in OF_PERSON:
        titled, sentence = unknown
    return Part(
        kind=kind,
        cases=cases,
        grave=(grave_ways(cases, strict=False), grave_ways(cases, strict=True)),
        ask=asking(sentence, titled),
        unclear=asking(_which(kind)),
        denied=asking(
            f"The answer and the history differ: {label}. Settle which holds."
        ),
        needs_phototype=asking(f"The skin type is not recorded: {label}."),
    )
