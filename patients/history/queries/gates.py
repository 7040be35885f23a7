"""What the latest screening and the history stop, on any day that is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from clinic.rulebook.queries import EffectiveBook
from clinic.rules import screening as rules
from clinic.rules.facts import Purpose
from clinic.rules.findings import Finding, Scope, Verdict, worst_first
from clinic.rules.gates import AHEAD, REFUSED_AHEAD, Gate, Override, Step
from clinic.rules.screening import Setting
from patients.history.models import RuleOverride, Screening
from patients.history.queries.bases import Basis, read_basis
from patients.records.models import Patient

DUE = "screening"
USUAL = Setting()
NOTHING_CONFIRMED: frozenset[str] = frozenset()
STALE_AFTER = timedelta(days=182)  # policy: an older screening is due again


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The findings for one step on one day, what they stop, and the book asked."""

    gate: Gate
    findings: tuple[Finding, ...]
    screening: Screening | None
    overrides: tuple[RuleOverride, ...]
    effective: EffectiveBook


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
        effective=basis.effective,
    )


def refuses_booking(basis: Basis, *, on: date, today: date) -> bool:
    """Whether `decide` would refuse to book on a day; short where nothing is grave."""
    judged = judge(basis, on=on, today=today)
    if all(finding.verdict not in REFUSED_AHEAD for finding in judged):
        return False
    return bool(decide(basis, step=Step.BOOK, on=on, today=today).gate.refusing)


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
    kinds = basis.effective.book.unasked
    said, left_out = list[Finding](), set[str]()
    for finding in findings:
        kind = kinds.get(finding)
        if kind is None:
            said.append(finding)
        elif Purpose.PLAN in kind.purposes:
            left_out.add(kind.key)
    sentence = _why_due(basis, left_out=left_out, today=today)
    if not sentence:
        return tuple(said)
    due = Finding(
        code=DUE,
        verdict=Verdict.ASK,
        title=_("Screening due"),
        sentence=sentence,
        sources=("policy",),
        status="P",
    )
    return worst_first((*said, due))


def without_unasked(
    effective: EffectiveBook, findings: Iterable[Finding]
) -> tuple[Finding, ...]:
    """The findings but those that only say "not asked yet"."""
    unasked = effective.book.unasked
    return tuple(finding for finding in findings if finding not in unasked)


def asked_for(
    purpose: Purpose, effective: EffectiveBook, findings: Iterable[Finding]
) -> tuple[Finding, ...]:
    """The findings without "not asked yet" of what is asked another time.

    The skin of the day is looked at before a session; a screening before a plan
    is whole without it.
    """
    unasked = effective.book.unasked
    return tuple(
        finding
        for finding in findings
        if finding not in unasked or purpose in unasked[finding].purposes
    )


def _why_due(basis: Basis, *, left_out: set[str], today: date) -> str:
    if basis.screened_on is None:
        return _("The screening questions have not been answered yet.")
    if today - basis.screened_on > STALE_AFTER:
        return _("The last screening was more than six months ago.")
    if left_out:
        return _("Some screening questions have no answer.")
    return ""


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
