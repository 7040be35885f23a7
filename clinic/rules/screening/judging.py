"""What the screening rules say about one patient on one day (CLINICAL 4)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from clinic.rules import dates
from clinic.rules.facts import FactKind
from clinic.rules.findings import Finding, Scope, Verdict, severity, worst_first
from clinic.rules.screening.answers import (
    Answer,
    Fact,
    Known,
    Occurrence,
    Person,
    Setting,
    gather,
)
from clinic.rules.screening.rows import (
    Case,
    Circumstance,
    Outcome,
    Part,
    Rule,
    Trigger,
    circumstances,
    reach,
)
from clinic.rules.zones import Area

if TYPE_CHECKING:
    from clinic.rules.book import RuleBook

USUAL = Setting()
NOTHING = Known()
EVERYWHERE: frozenset[str] = frozenset()
REFUSING = frozenset({Verdict.BLOCK, Verdict.DEFER})

Held = tuple[Outcome, date | None]  # what holds, and the first day it does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the cases are held against: the day, the person, the place, the way."""

    on: date
    today: date
    person: Person
    zones: frozenset[str]
    circumstances: frozenset[Circumstance]
    covers: Mapping[str, tuple[Area, ...]]

    def areas(self, code: str) -> frozenset[str]:
        """The drawn areas of a zone or area; itself when it cannot be drawn."""
        return frozenset(area.key for area in self.covers[code]) or frozenset({code})


def judge(
    *,
    book: "RuleBook",
    person: Person,
    answers: Mapping[str, Answer],
    facts: Iterable[Fact],
    on: date,
    zones: frozenset[str],
    strict: frozenset[str] = frozenset(),
    today: date | None = None,
    setting: Setting = USUAL,
) -> tuple[Finding, ...]:
    """Every finding for a treatment of `zones` on a day, worst first.

    `answers` are today's, by kind of fact; `strict` are the codes of the rules
    that the clinic runs in their strict form; an exposure on an unknown day
    counts as `today` (the judged day when not given). Zones are zone keys or
    area codes of the book, in any mixture. Raises LookupError for a kind of
    fact or a zone that the book does not have.
    """
    known = gather(kinds=book.facts, answers=answers, facts=facts, on=on)
    scene = set_scene(
        book=book, person=person, on=on, zones=zones, today=today, setting=setting
    )
    findings: list[Finding] = []
    for rule in book.screening:
        strictly = rule.code in strict
        for part in rule.parts:
            if part.kind is None:
                findings += _of_person(rule, part, scene, strict=strictly)
            else:
                entry = known.get(part.kind.key, NOTHING)
                findings += _of_kind(rule, part, entry, scene, strict=strictly)
    return worst_first(findings)


def set_scene(
    *,
    book: "RuleBook",
    person: Person,
    on: date,
    zones: frozenset[str],
    today: date | None = None,
    setting: Setting = USUAL,
) -> Scene:
    """The day, person, place and way, ready for the cases."""
    return Scene(
        on=on,
        today=on if today is None else today,
        person=person,
        zones=zones,
        circumstances=circumstances(
            anaesthetic=setting.anaesthetic is not False,
            radiofrequency=setting.radiofrequency,
            guardian_consent=person.guardian_consent is True,
        ),
        covers=book.covers,
    )


def _of_person(
    rule: Rule, part: Part, scene: Scene, *, strict: bool
) -> Iterator[Finding]:
    """Findings on age or phototype; what is not recorded counts as the worst."""
    for case in part.cases:
        known: object = scene.person.phototype
        if case.trigger is Trigger.AGE:
            known = scene.person.born_on
        if known is None:
            yield _not_recorded(part, scene, strict=strict)
            return
        held = _held_of_person(case, scene, strict=strict)
        if held and case.given <= scene.circumstances:
            yield _finding(rule, case, held, EVERYWHERE)


def _not_recorded(part: Part, scene: Scene, *, strict: bool) -> Finding:
    if part.is_grave(scene.circumstances, strict=strict):
        return part.ask
    worst_case = reach(part.cases, strict=strict, given=scene.circumstances)
    return replace(part.ask, verdict=worst_case)


def _held_of_person(case: Case, scene: Scene, *, strict: bool) -> Held | None:
    outcomes = case.outcomes(strict=strict)
    if not outcomes:
        return None
    if case.trigger is Trigger.PHOTOTYPE:
        return (outcomes[0], None) if _has_phototype(case, scene) else None
    age, born_on = scene.person.age_on(scene.on), scene.person.born_on
    if age is None or born_on is None or not case.age_from <= age < case.age_below:
        return None
    return outcomes[0], dates.reaches_age_on(born_on=born_on, years=case.age_below)


def _has_phototype(case: Case, scene: Scene) -> bool:
    return scene.person.phototype in case.phototypes


def _of_kind(
    rule: Rule, part: Part, known: Known, scene: Scene, *, strict: bool
) -> Sequence[Finding]:
    """Findings on one kind of fact, with what is owed when it was not asked."""
    found: Sequence[Finding] = ()
    if known.occurrences:
        found = worst(rule, part, known.occurrences, scene, strict=strict)
    if not part.is_grave(scene.circumstances, strict=strict) or _reaches_ask(found):
        return found
    owed = _owed(rule, part, known, scene, strict=strict)
    return found if owed is None else (*found, owed)


def _reaches_ask(findings: Iterable[Finding]) -> bool:
    return any(f.verdict.rank >= Verdict.ASK.rank for f in findings)


def _owed(
    rule: Rule, part: Part, known: Known, scene: Scene, *, strict: bool
) -> Finding | None:
    """The ASK finding that is due: history and answer differ, or nobody asked."""
    if known.denied and _reaches_ask(
        worst(rule, part, known.denied, scene, strict=strict)
    ):
        return part.denied
    kind = part.kind
    asked_of = kind is None or kind.is_asked_of(scene.person.sex)
    return part.ask if known.answered is None and asked_of else None


def worst(
    rule: Rule,
    part: Part,
    occurrences: Iterable[Occurrence],
    scene: Scene,
    *,
    strict: bool,
) -> Sequence[Finding]:
    """The gravest finding for each scope and place."""
    gravest: dict[tuple[Scope, frozenset[str]], Finding] = {}
    for occurrence in occurrences:
        zones = _where(part.kind, occurrence, scene)
        if zones is None:
            continue
        for case in part.cases:
            held = _held(case, occurrence, scene, strict=strict)
            if held is None:
                continue
            doubt = _doubted(part, case, occurrence, held, scene)
            if doubt is None:
                finding = _finding(rule, case, held, zones)
            else:
                finding = replace(doubt, zones=zones, scope=case.scope)
            place = (case.scope, zones)
            if place in gravest and severity(finding) <= severity(gravest[place]):
                continue
            gravest[place] = finding
    return tuple(gravest.values())


def _where(
    kind: FactKind | None, occurrence: Occurrence, scene: Scene
) -> frozenset[str] | None:
    """The zones it touches, empty for the whole treatment, None for none of them."""
    if kind is None or not kind.per_zone or not occurrence.zones:
        return EVERYWHERE
    if not scene.zones:
        return occurrence.zones
    areas = frozenset[str]().union(*(scene.areas(z) for z in occurrence.zones))
    return frozenset(z for z in scene.zones if scene.areas(z) & areas) or None


def _held(
    case: Case, occurrence: Occurrence, scene: Scene, *, strict: bool
) -> Held | None:
    """The outcome that holds on the day and when it ends; None when none does."""
    if not case.given <= scene.circumstances or _excluded(case, occurrence, scene):
        return None
    outcomes = case.outcomes(strict=strict)
    if case.trigger is Trigger.NOW and not occurrence.ongoing:
        return None
    if case.trigger is Trigger.STOPPED and occurrence.ongoing:
        return None
    start = scene.today if occurrence.day is None else occurrence.day
    for outcome in outcomes:
        if outcome.window is None:
            return outcome, None
        end = outcome.window.end(start)
        if scene.on < end:
            return outcome, end
    return None


def _excluded(case: Case, occurrence: Occurrence, scene: Scene) -> bool:
    """Whether another choice or phototype than the case's is known."""
    if case.choices and occurrence.choice and occurrence.choice not in case.choices:
        return True
    phototype = scene.person.phototype
    return bool(case.phototypes) and phototype not in case.phototypes | {None}


def _doubted(
    part: Part,
    case: Case,
    occurrence: Occurrence,
    held: Held,
    scene: Scene,
) -> Finding | None:
    """An ASK when a grave outcome hangs on a choice or phototype nobody recorded."""
    if held[0].verdict.rank < Verdict.SIGNOFF.rank:
        return None
    if case.choices and not occurrence.choice:
        return part.unclear
    if case.phototypes and scene.person.phototype is None:
        return part.needs_phototype
    return None


def _finding(
    rule: Rule,
    case: Case,
    held: Held,
    zones: frozenset[str],
) -> Finding:
    outcome, until = held
    return Finding(
        code=rule.code,
        verdict=outcome.verdict,
        title=rule.title,
        sentence=case.sentence,
        sources=outcome.sources,
        status=outcome.status,
        until=until,
        absolute=not rule.overridable and outcome.verdict in REFUSING,
        scope=case.scope,
        zones=zones,
        views=rule.views,
        info=rule.info,
    )
