"""Whether this patient may be needled here and now: screening, gaps, consent.

And whether the skin may be numbed: an anaesthetic has findings of its own, and
some on the needling are graver with one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.rules import gates, interval
from clinic.rules.book import RuleBook
from clinic.rules.devices import Kind
from clinic.rules.findings import Finding, Scope, Verdict, worst_first
from clinic.rules.gates import Authority, Gate, Pass, Step
from clinic.rules.screening import Setting
from clinic.rules.waiting import Planned, Treated
from patients.consent import queries as consents
from patients.consent.queries import Standing
from patients.history.models import RuleOverride, Screening
from patients.history.queries import Basis, Decision, decide, read_basis
from sessions.charting.models import SessionTopical, TreatmentSession, ZoneTreatment
from sessions.charting.queries.parts import numbs

NEED_A_PERSON = frozenset({Verdict.BLOCK, Verdict.DEFER, Verdict.SIGNOFF})


class Turn(StrEnum):
    """The one thing that is to be done next before anybody treats."""

    ASK = "ask"
    STOPPED = "stopped"
    DECIDE = "decide"
    CONSENT = "consent"
    TREAT = "treat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One finding that stops the session or the numbing, and who may let it pass.

    `screen_again`: today's screening says that nothing numbs the skin, and this
    only holds with an anaesthetic. No reason is written against it there.
    """

    finding: Finding
    may_pass: frozenset[Authority]
    screen_again: bool = False

    @property
    def key(self) -> str:
        """The rule and what it is about: one rule may stop both."""
        return f"{self.finding.code}-{self.finding.scope.value}"

    @property
    def who(self) -> str:
        """Who may override or sign off, in words."""
        if self.screen_again:
            return _("Today's screening says no numbing. Screen again to use any.")
        if not self.may_pass:
            if self.finding.verdict is Verdict.ASK:
                return _("Ask, then go on.")
            return _("Nobody can override this.")
        if self.may_pass == {Authority.PRESCRIBER}:
            return _("A prescriber signs off.")
        return _("A prescriber or the medical lead can override this.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbing:
    """What stands against an anaesthetic: what stops only that, and what stops
    the needling once there is one."""

    decision: Decision
    anaesthetic: Gate
    without: Decision

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """What refuses an anaesthetic or waits for a person."""
        said = {_words(finding) for finding in self.without.findings}
        screening = self.without.screening
        is_denied = screening is not None and screening.anaesthetic is False
        return tuple(
            replace(
                one,
                screen_again=is_denied
                and (
                    one.finding.scope is Scope.ANAESTHETIC
                    or _words(one.finding) not in said
                ),
            )
            for one in (*_stopping(self.anaesthetic), *_stopping(self.decision.gate))
        )


def _words(finding: Finding) -> tuple[str, Verdict, Scope]:
    return finding.code, finding.verdict, finding.scope


def _stopping(gate: Gate) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(finding=ruling.finding, may_pass=ruling.may_pass)
        for ruling in gate.rulings
        if ruling.does in {Pass.REFUSED, Pass.SIGN_OFF}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One finding that a named person let pass with a written reason."""

    finding: Finding
    override: RuleOverride


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """All that stands for and against this session, read together.

    `is_numbed`: an anaesthetic is on the sheet, so what stands against one
    stands against the session.
    """

    decision: Decision
    intervals: Gate
    numbing: Numbing
    consent: Standing
    overrides: tuple[RuleOverride, ...]
    is_numbed: bool

    @property
    def screening(self) -> Screening | None:
        """The session screening of the day, once complete."""
        return self.decision.screening

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, worst first."""
        found = (r.finding for r in self.intervals.rulings)
        return worst_first((*self.decision.findings, *found))

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """What refuses or waits for a person."""
        gate = self.decision.gate
        found = self.numbing.waiting if self.is_numbed else _stopping(gate)
        return (*found, *_stopping(self.intervals))

    @property
    def before_numbing(self) -> tuple[Waiting, ...]:
        """What stops an anaesthetic and not the session as it stands."""
        said = {_words(waiting.finding) for waiting in self.waiting}
        return tuple(
            waiting
            for waiting in self.numbing.waiting
            if _words(waiting.finding) not in said
        )

    @property
    def settled(self) -> tuple[Settled, ...]:
        """What somebody overrode or signed off, with their reason."""
        written = {(one.code, one.scope): one for one in self.overrides}
        return tuple(
            Settled(finding=finding, override=written[finding.code, finding.scope])
            for finding in self._passing
            if (finding.code, finding.scope) in written
            and finding.verdict in NEED_A_PERSON
        )

    @property
    def others(self) -> tuple[Finding, ...]:
        """What is said besides, and stops nothing."""
        settled = {id(one.finding) for one in self.settled}
        return tuple(one for one in self._passing if id(one) not in settled)

    @property
    def _passing(self) -> tuple[Finding, ...]:
        held = (*self.waiting, *self.before_numbing)
        stopping = {(w.finding.code, w.finding.sentence) for w in held}
        return tuple(
            finding
            for finding in self.findings
            if (finding.code, finding.sentence) not in stopping
        )

    @property
    def is_open(self) -> bool:
        """Whether the session may go ahead."""
        return not self.waiting and self.consent.stands and self.screening is not None

    @property
    def stops(self) -> tuple[Waiting, ...]:
        """What somebody has to decide; not what only waits for an answer."""
        return tuple(w for w in self.waiting if w.finding.verdict in NEED_A_PERSON)

    def turn(self, mine: frozenset[Authority]) -> Turn:
        """What this person does next. Questions first: they may decide the rest."""
        asked = len(self.stops) == len(self.waiting)
        again = any(waiting.screen_again for waiting in self.stops)
        if self.screening is None or not asked or again:
            return Turn.ASK
        if any(not waiting.may_pass & mine for waiting in self.stops):
            return Turn.STOPPED
        if self.stops:
            return Turn.DECIDE
        return Turn.TREAT if self.consent.stands else Turn.CONSENT


def safety_of(
    session: TreatmentSession,
    *,
    step: Step,
    zones: Iterable[str] | None = None,
    is_numbed: bool | None = None,
) -> Safety:
    """What stands against a step of this session on its day; about ten queries.

    `zones` are those to be treated, without them the ones on the sheet;
    `is_numbed` says whether an anaesthetic is on it or to come, without it the
    sheet is asked.
    """
    day = session.performed_on
    chosen = tuple(zones) if zones is not None else zones_in(session)
    basis = read_basis(session.patient, today=day, for_session_on=day)
    book = basis.effective.book
    numbed = has_anaesthetic(session, book=book) if is_numbed is None else is_numbed
    numbing = _numbing(basis, step=step, on=day, zones=chosen)
    decision = numbing.decision if numbed else numbing.without
    found = interval_findings(session, zones=chosen, book=book)
    return Safety(
        decision=decision,
        intervals=_interval_gate(found, decision, step=step),
        numbing=numbing,
        consent=consents.treatment_consent(session.patient, today=day),
        overrides=decision.overrides,
        is_numbed=numbed,
    )


def _numbing(basis: Basis, *, step: Step, on: date, zones: tuple[str, ...]) -> Numbing:
    """Judged with an anaesthetic, for needling and anaesthetic, and as screened."""
    judge = partial(decide, basis, step=step, on=on, today=on, zones=zones or None)
    used = Setting(anaesthetic=True)
    return Numbing(
        decision=judge(setting=used),
        anaesthetic=judge(setting=used, scope=Scope.ANAESTHETIC).gate,
        without=judge(),
    )


def has_anaesthetic(session: TreatmentSession, *, book: RuleBook) -> bool:
    """Whether something on the sheet numbs the skin; one query."""
    rows = SessionTopical.objects.filter(session=session).select_related("lot")
    return any(numbs(row, book=book) for row in rows)


def zones_in(session: TreatmentSession) -> tuple[str, ...]:
    """The zones that are to be treated, as the sheet stands."""
    rows = ZoneTreatment.objects.filter(session=session, is_left_out=False)
    return tuple(rows.order_by("id").values_list("zone", flat=True))


def interval_findings(
    session: TreatmentSession, *, zones: Iterable[str], book: RuleBook
) -> tuple[Finding, ...]:
    """What the gap rule says of this day, against the patient's other sessions."""
    found = interval.check(
        book,
        previous=other_sessions(session, book=book),
        planned=[
            Planned(
                zone=zone,
                condition=session.condition.kind if session.condition else None,
            )
            for zone in zones
        ],
        on=session.performed_on,
    )
    return merged(found)


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same words for several zones are said once, for all of them."""
    said: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.code, finding.sentence)
        held = said.get(key, finding)
        said[key] = replace(held, zones=held.zones | finding.zones)
    return tuple(said.values())


def other_sessions(session: TreatmentSession, *, book: RuleBook) -> list[Treated]:
    """Every zone treated at another session of the patient; one query."""
    rows = (
        ZoneTreatment.objects.filter(
            session__patient_id=session.patient_id, is_left_out=False
        )
        .filter(Q(session__signed_at__isnull=False) | ~Q(endpoint=""))
        .exclude(session=session)
        .select_related("session__condition")
    )
    return [
        Treated(
            zone=row.zone,
            on=row.session.performed_on,
            mm=row.mm,
            kind=Kind(row.session.device_kind),
            condition=_condition(row.session, book.conditions),
        )
        for row in rows
        if row.zone in book.areas
    ]


def _condition(session: TreatmentSession, known: Iterable[str]) -> str | None:
    condition = session.condition
    return condition.kind if condition and condition.kind in known else None


def _interval_gate(
    found: tuple[Finding, ...], decision: Decision, *, step: Step
) -> Gate:
    """The gap rule's own gate: its overrides are kept with the screening."""
    graver = {finding.code: finding.verdict.rank for finding in found}
    written = [
        gates.Override(
            code=row.code,
            reason=row.reason,
            by_prescriber=row.by_prescriber,
            by_medical_lead=row.by_medical_lead,
        )
        for row in decision.overrides
        if row.scope == Scope.NEEDLING.value
        and graver.get(row.code, 0) <= Verdict(row.verdict).rank
    ]
    return gates.gate(
        findings=found,
        step=step,
        overrides=written,
        fixed=decision.effective.fixed,
    )
