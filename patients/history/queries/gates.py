"""What the latest screening and the history stop, on any day that is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.rulebook.queries import EffectiveBook, effective_book
from clinic.rules import screening as rules
from clinic.rules.book import RuleBook
from clinic.rules.facts import FactKind, Purpose
from clinic.rules.findings import Finding, Scope, Verdict, worst_first
from clinic.rules.gates import AHEAD, Gate, Override, Step
from clinic.rules.screening import Answer, Fact, Person, Setting
from patients.history.models import (
    HistoryFact,
    RuleOverride,
    Screening,
    ScreeningAnswer,
)
from patients.history.queries import known, screenings
from patients.records.models import Patient

DUE = "screening"
USUAL = Setting()
NOTHING_CONFIRMED: frozenset[str] = frozenset()
STALE_AFTER = timedelta(days=182)  # policy: an older screening is due again


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """All that a decision about a patient rests on, read once.

    The plan builder asks for many days: it reads once and decides as often as
    it likes, without a query.
    """

    effective: EffectiveBook
    person: Person
    facts: tuple[Fact, ...]
    screening: Screening | None
    answers: dict[str, Answer]
    overrides: tuple[RuleOverride, ...]
    screened_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The findings for one step on one day, and what they stop."""

    gate: Gate
    findings: tuple[Finding, ...]
    screening: Screening | None
    overrides: tuple[RuleOverride, ...]
    revision: str


def gate_for(
    patient: Patient,
    *,
    step: Step,
    on: date,
    today: date,
    zones: Iterable[str] | None = None,
    setting: Setting | None = None,
    confirmed: frozenset[str] = NOTHING_CONFIRMED,
    scope: Scope = Scope.NEEDLING,
) -> Decision:
    """What stands against a step of the work on a day; about five queries.

    Booking, planning and moving rest on the latest completed screening, judged
    again for the day with what the history says now. Starting, recording and
    signing rest on the session screening of that very day. Without `zones` those
    of the screening count.
    """
    basis = read_basis(patient, today=today, for_session_on=_chair_day(step, on))
    return decide(
        basis,
        step=step,
        on=on,
        today=today,
        zones=zones,
        setting=setting,
        confirmed=confirmed,
        scope=scope,
    )


def _chair_day(step: Step, on: date) -> date | None:
    return None if step in AHEAD else on


def read_basis(
    patient: Patient, *, today: date, for_session_on: date | None = None
) -> Basis:
    """Read what decisions about a patient rest on.

    With a day, only the session screening of that day counts; without, the
    latest of any kind.
    """
    rows = screenings.of_patient(patient)
    if for_session_on is not None:
        rows = rows.filter(purpose=Purpose.SESSION.value, for_date=for_session_on)
    return basis_on(patient, rows.first(), effective=effective_book(), today=today)


def basis_on(
    patient: Patient,
    screening: Screening | None,
    *,
    effective: EffectiveBook,
    today: date,
) -> Basis:
    """The basis with one screening, completed or still open, or with none."""
    facts = known.known_kinds(patient, effective.book)
    answers = [] if screening is None else _believed(screening, facts)
    screened_on = None
    if screening is not None:
        at = screening.completed_at or screening.started_at
        screened_on = timezone.localdate(at)
    return Basis(
        effective=effective,
        person=known.person_of(patient, today=today),
        facts=tuple(known.rules_fact(fact, book=effective.book) for fact in facts),
        screening=screening,
        answers=known.rules_answers(
            answers, kinds=effective.book.facts, unknown_on=screened_on
        ),
        overrides=tuple(screenings.overrides_of(screening) if screening else ()),
        screened_on=screened_on,
    )


def _believed(
    screening: Screening, facts: list[HistoryFact]
) -> Iterable[ScreeningAnswer]:
    """The answers that the history has not overtaken since.

    What an answer became is now read from the history: when that fact was ended
    or withdrawn, the answer is silent. When the history has something newer than
    a "no", the "no" is silent.
    """
    live = {fact.pk: fact for fact in facts}
    done_at = screening.completed_at
    newer = {f.kind for f in facts if done_at is not None and f.recorded_at > done_at}
    for row in screenings.answers_of(screening).values():
        if row.value is False and row.question in newer:
            continue
        if row.value and row.recorded_as is not None:
            fact = live.get(row.recorded_as.pk)
            if fact is None or _differs(fact, row):
                continue
        yield row


def _differs(fact: HistoryFact, row: ScreeningAnswer) -> bool:
    return (fact.stopped_on, fact.ended) != (row.stopped_on, row.ended)


def decide(
    basis: Basis,
    *,
    step: Step,
    on: date,
    today: date,
    zones: Iterable[str] | None = None,
    setting: Setting | None = None,
    confirmed: frozenset[str] = NOTHING_CONFIRMED,
    scope: Scope = Scope.NEEDLING,
) -> Decision:
    """Decide about one step on one day; reads nothing."""
    findings = judge(basis, on=on, today=today, zones=zones, setting=setting)
    findings = _with_what_is_due(basis, findings, step=step, today=today)
    gate = rules.gate(
        findings=findings,
        step=step,
        overrides=_holding(basis.overrides, findings),
        confirmed=confirmed,
        scope=scope,
    )
    return Decision(
        gate=gate,
        findings=findings,
        screening=basis.screening,
        overrides=basis.overrides,
        revision=basis.effective.revision,
    )


def judge(
    basis: Basis,
    *,
    on: date,
    today: date,
    zones: Iterable[str] | None = None,
    setting: Setting | None = None,
) -> tuple[Finding, ...]:
    """Every finding for a day, worst first; those fixed here are absolute."""
    screening = basis.screening
    if zones is None:
        zones = screening.zones if screening else ()
    if setting is None:
        setting = Setting(anaesthetic=screening.anaesthetic) if screening else USUAL
    found = rules.judge(
        book=basis.effective.book,
        person=basis.person,
        answers=basis.answers,
        facts=basis.facts,
        on=on,
        zones=frozenset(zones),
        strict=basis.effective.strict,
        today=today,
        setting=setting,
    )
    return tuple(_fixed(finding, basis.effective.fixed) for finding in found)


def _fixed(finding: Finding, fixed: frozenset[str]) -> Finding:
    """Where the clinic forbids overriding a rule, nobody overrides its refusals."""
    refuses = finding.verdict in {Verdict.BLOCK, Verdict.DEFER}
    if refuses and finding.code in fixed:
        return replace(finding, absolute=True)
    return finding


def _with_what_is_due(
    basis: Basis, findings: tuple[Finding, ...], *, step: Step, today: date
) -> tuple[Finding, ...]:
    """Say "screening due" once, where many questions would say it one by one.

    Ahead of the day only what is asked before a plan can be due: the rest is
    asked at the session.
    """
    if step not in AHEAD and basis.screening is not None:
        return findings
    kinds = _unasked_kinds(basis.effective.book)
    said = tuple(finding for finding in findings if finding not in kinds)
    left_out = {
        kinds[finding].key
        for finding in findings
        if finding in kinds and Purpose.PLAN in kinds[finding].purposes
    }
    sentence = _why_due(basis, left_out=left_out, today=today)
    if not sentence:
        return said
    due = Finding(
        code=DUE,
        verdict=Verdict.ASK,
        title=_("Screening due"),
        sentence=sentence,
        sources=("policy",),
        status="P",
    )
    return worst_first((*said, due))


def _why_due(basis: Basis, *, left_out: set[str], today: date) -> str:
    if basis.screened_on is None:
        return _("The screening questions have not been answered yet.")
    if today - basis.screened_on > STALE_AFTER:
        return _("The last screening was more than six months ago.")
    if left_out:
        return _("Some screening questions have no answer.")
    return ""


def _unasked_kinds(book: RuleBook) -> dict[Finding, FactKind]:
    """The finding that each unasked question gives, and what it asks about."""
    return {
        part.ask: part.kind
        for rule in book.screening
        for part in rule.parts
        if part.kind is not None
    }


def _holding(
    overrides: Iterable[RuleOverride], findings: Iterable[Finding]
) -> list[Override]:
    """The overrides that still hold: none against something graver than it was for."""
    gravest: dict[tuple[str, str], int] = {}
    for finding in findings:
        place = (finding.code, finding.scope.value)
        gravest[place] = max(gravest.get(place, 0), finding.verdict.rank)
    return [
        Override(
            code=row.code,
            reason=row.reason,
            by_prescriber=row.by_prescriber,
            by_medical_lead=row.by_medical_lead,
            scope=Scope(row.scope),
        )
        for row in overrides
        if gravest.get((row.code, row.scope), 0) <= Verdict(row.verdict).rank
    ]
