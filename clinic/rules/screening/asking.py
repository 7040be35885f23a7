"""Which questions matter for a patient, and what the history already suggests.

A suggestion is shown, never taken for an answer: screening is repeated at every
session (CLINICAL 4), and not asked is not no (DESIGN 3.5).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from clinic.rules import dates
from clinic.rules.facts import FactKind, Purpose, QuestionGroup, Shape
from clinic.rules.findings import Finding, Verdict, severity
from clinic.rules.screening import judging
from clinic.rules.screening.answers import (
    Answer,
    Fact,
    Occurrence,
    Person,
    Setting,
    of_fact,
)
from clinic.rules.screening.rows import Part, Rule, reach

if TYPE_CHECKING:
    from clinic.rules.book import RuleBook

NO_ANSWERS: Mapping[str, "Earlier"] = {}


class Origin(StrEnum):
    """Where a suggested answer comes from."""

    HISTORY = "history"
    UNCERTAIN = "uncertain"
    EARLIER = "earlier"


class Detail(StrEnum):
    """What a "yes" still has to say."""

    WHEN = "when"
    WHICH = "which"
    WHERE = "where"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The answer of an earlier round, and its day."""

    answer: Answer
    given_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An answer to offer, where it comes from and of which day that is.

    `detail` is the history's own wording, such as the name of a medicine.
    """

    answer: Answer
    origin: Origin
    on: date | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question for one patient.

    `codes` are the rules it serves, `worst` the gravest verdict a "yes" can lead
    to, `owed` whether leaving it out yields an ASK finding.
    """

    kind: FactKind
    codes: tuple[str, ...]
    worst: Verdict
    owed: bool
    suggested: Suggestion | None

    @property
    def key(self) -> str:
        """The key of the kind of fact, and so of the answer."""
        return self.kind.key

    @property
    def group(self) -> QuestionGroup:
        """The group in which it is asked."""
        return self.kind.group

    def missing(self, answer: Answer) -> frozenset[Detail]:
        """What a "yes" leaves open; nothing for any other answer."""
        if not answer.value:
            return frozenset()
        open_ended = answer.ended and answer.stopped_on is None
        no_day = self.kind.shape is Shape.EVENT and answer.on is None
        details = {
            Detail.WHEN: open_ended or no_day,
            Detail.WHICH: bool(self.kind.choices) and not answer.choice,
            Detail.WHERE: self.kind.per_zone and not answer.zones,
        }
        return frozenset(detail for detail, is_open in details.items() if is_open)


@dataclass(slots=True, kw_only=True)
class Use:
    """The rules that hang on one kind of fact."""

    kind: FactKind
    parts: list[tuple[Rule, Part]]


def questions(
    *,
    book: "RuleBook",
    person: Person,
    facts: Iterable[Fact],
    today: date,
    zones: frozenset[str],
    purpose: Purpose,
    strict: frozenset[str] = frozenset(),
    earlier: Mapping[str, Earlier] = NO_ANSWERS,
    setting: Setting = judging.USUAL,
) -> tuple[Question, ...]:
    """The questions that matter, by group, the gravest group and question first.

    A question that is not asked of this person, or not for this purpose, comes
    all the same when the history has something to ask about.
    """
    recorded: dict[str, list[Fact]] = {}
    for fact in facts:
        recorded.setdefault(fact.kind, []).append(fact)
    scene = judging.set_scene(
        book=book, person=person, on=today, zones=zones, setting=setting
    )
    asked = []
    for use in _uses(book):
        kind = use.kind
        suggested = _from_history(use, recorded.get(kind.key, ()), scene)
        matters = purpose in kind.purposes and kind.is_asked_of(person.sex)
        if matters or suggested:
            suggested = suggested or _from_earlier(use, earlier, scene)
            asked.append(_question(use, suggested, scene, strict))
    return _in_order(asked)


def none_of_these(asked: Iterable[Question], *, group: str) -> Mapping[str, Answer]:
    """The answers that one "none of these" gives for a group.

    A question to which the history suggests a "yes" is left open: that one has
    to be answered by itself.
    """
    no = Answer(value=False)
    return {
        question.key: no
        for question in asked
        if question.group.key == group
        and not (question.suggested and question.suggested.answer.value)
    }


def _uses(book: "RuleBook") -> Iterable[Use]:
    """Each kind that some rule hangs on, in the order of the rules."""
    uses: dict[str, Use] = {}
    for rule in book.screening:
        for part in rule.parts:
            if part.kind is not None:
                new = Use(kind=part.kind, parts=[])
                uses.setdefault(part.kind.key, new).parts.append((rule, part))
    return uses.values()


def _question(
    use: Use,
    suggested: Suggestion | None,
    scene: judging.Scene,
    strict: frozenset[str],
) -> Question:
    given = scene.circumstances
    verdicts = [
        reach(part.cases, strict=rule.code in strict, given=given)
        for rule, part in use.parts
    ]
    return Question(
        kind=use.kind,
        codes=tuple(rule.code for rule, _part in use.parts),
        worst=max(verdicts, key=lambda verdict: verdict.rank),
        owed=any(
            part.is_grave(given, strict=rule.code in strict) for rule, part in use.parts
        ),
        suggested=suggested,
    )


def _in_order(asked: Sequence[Question]) -> tuple[Question, ...]:
    gravest: dict[str, int] = {}
    for question in asked:
        group = question.group.key
        gravest[group] = max(gravest.get(group, 0), question.worst.rank)

    def place(question: Question) -> tuple[int, int, int, int]:
        group, rank = question.group, question.worst.rank
        return (-gravest[group.key], group.order, -rank, question.kind.order)

    return tuple(sorted(asked, key=place))


def _from_history(
    use: Use, facts: Iterable[Fact], scene: judging.Scene
) -> Suggestion | None:
    """The fact that matters most today; certain ones before uncertain ones."""
    best: tuple[tuple[bool, tuple[int, int, int]], Fact] | None = None
    for fact in facts:
        occurrence = of_fact(kind=use.kind, fact=fact, on=scene.on)
        finding = _gravest(use, occurrence, scene)
        if finding is None:
            continue
        weight = (fact.certain, severity(finding))
        if best is None or weight > best[0]:
            best = (weight, fact)
    return None if best is None else _of_fact(use.kind, best[1], scene.on)


def _gravest(use: Use, occurrence: Occurrence, scene: judging.Scene) -> Finding | None:
    """What it would lead to in either mode, wherever it is; None for nothing."""
    anywhere = replace(scene, zones=frozenset())
    findings = [
        finding
        for rule, part in use.parts
        for strict in (False, True)
        for finding in judging.worst(rule, part, [occurrence], anywhere, strict=strict)
    ]
    return max(findings, key=severity, default=None)


def _of_fact(kind: FactKind, fact: Fact, today: date) -> Suggestion:
    event = kind.shape is Shape.EVENT
    ended = fact.ended or (fact.stopped_on is not None and fact.stopped_on <= today)
    day = (fact.stopped_on or fact.started_on) if event else fact.started_on
    return Suggestion(
        answer=Answer(
            value=True,
            on=day,
            choice=fact.choice,
            zones=fact.zones,
            stopped_on=None if event else fact.stopped_on,
            ended=ended and not event,
        ),
        origin=Origin.HISTORY if fact.certain else Origin.UNCERTAIN,
        on=fact.stopped_on or fact.started_on,
        detail=fact.detail,
    )


def _from_earlier(
    use: Use, earlier: Mapping[str, Earlier], scene: judging.Scene
) -> Suggestion | None:
    """An earlier "no" while it stands; a "yes" is in the history by then."""
    found = earlier.get(use.kind.key)
    if found is None or found.answer.value is not False:
        return None
    age_days = dates.days_between(found.given_on, scene.on)
    if age_days >= use.kind.no_stands_days:
        return None
    return Suggestion(answer=found.answer, origin=Origin.EARLIER, on=found.given_on)
