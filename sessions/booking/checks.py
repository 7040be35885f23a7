"""The rules where a date is set: booking, planning, moving (DESIGN 6).

The gap to every other session of the same skin, done or booked, what the safety
questions say for that day, and how deep its practitioner is qualified to go.
`refuse_unwise` runs inside the booking transaction, after the locks; pages ask
`judge` for the same answer beforehand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.rules import gates, interval, scope
from clinic.rules.book import RuleBook
from clinic.rules.findings import Finding, Scope, Verdict
from clinic.rules.gates import Gate, Override, Pass, Step
from clinic.rules.interval import Planned, Treated
from clinic.staff import queries as staff
from clinic.staff.queries import Permits
from patients.history import queries as history
from patients.history.queries import Basis
from patients.records.models import Patient
from sessions.booking import earlier
from sessions.booking.earlier import Other

SESSION = "session"
SCREENING = "screening-warn"
DECEASED = "deceased"
SKIN_TYPE = "C35"  # warns of a dark skin, and of one that nobody has looked at yet
LONG_WAIT = "interval-long"
SEARCH_DAYS = 400
NOTHING: frozenset[str] = frozenset()


class RefusedError(Exception):
    """A rule stands against a date. Carries the first gate and every judgement."""

    def __init__(self, judged: Sequence["Judgement"]) -> None:
        super().__init__("A rule stands against the date.")
        self.judged = tuple(judged)
        self.gate = self.judged[0].gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A visit on a day; `planned` are its zones with the depth meant for them.

    Without a practitioner nobody's qualification is asked for. `plan_id` is the
    course it belongs to, 0 for one that is not written yet. `past` are the written
    reasons against the gap rule (`past.reason_of`).
    """

    kind: str
    on: date
    practitioner_id: int | None = None
    plan_id: int | None = None
    planned: tuple[Planned, ...] = ()
    number: int | None = None
    past: tuple[Override, ...] = ()

    @property
    def is_session(self) -> bool:
        """Whether skin is needled; a talk needs no gap and no clear answers."""
        return self.kind == SESSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the rules do with one wanted visit.

    `first_allowed_on` is the first later day that nothing refuses, None when
    nothing refuses now or no such day is in sight.
    """

    wanted: Wanted
    gate: Gate
    first_allowed_on: date | None = None

    @property
    def confirmed_rules(self) -> tuple[str, ...]:
        """Codes of the warnings that were confirmed, to be kept on the visit."""
        codes = (
            ruling.finding.code
            for ruling in self.gate.rulings
            if ruling.finding.verdict is Verdict.WARN
            and ruling.finding.scope is Scope.NEEDLING
            and ruling.does is Pass.MARKED
        )
        return tuple(dict.fromkeys(codes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What decisions about one patient's dates rest on, read once."""

    patient: Patient
    basis: Basis
    others: tuple[Other, ...]
    permits: Permits

    @property
    def book(self) -> RuleBook:
        """The rule book in force."""
        return self.basis.effective.book


def read_facts(
    patient: Patient,
    *,
    today: date,
    practitioners: Iterable[int],
    leaving_out: Sequence[int] = (),
) -> Facts:
    """Read the patient's other sessions and safety answers; about ten queries.

    `practitioners` are the ids of those who may be asked about, `leaving_out`
    those of visits about to be moved.
    """
    return Facts(
        patient=patient,
        basis=history.read_basis(patient, today=today),
        others=earlier.sessions_of(patient_id=patient.pk, leaving_out=leaving_out),
        permits=staff.permits_of(practitioners),
    )


def refuse_unwise(
    *,
    patient_id: int,
    wanted: Sequence[Wanted],
    step: Step,
    today: date,
    confirmed: frozenset[str] = NOTHING,
    leaving_out: Sequence[int] = (),
) -> tuple[Judgement, ...]:
    """Judge all visits of a patient together; raises RefusedError.

    Call inside the booking transaction, after the patient's row is locked.
    """
    patient = Patient.objects.get(pk=patient_id)
    refuse_the_dead(patient, wanted=wanted, step=step)
    sessions = [one for one in wanted if one.is_session]
    if not sessions:
        return tuple(_talk(one, step) for one in wanted)
    facts = read_facts(
        patient,
        today=today,
        practitioners=[one.practitioner_id for one in sessions if one.practitioner_id],
        leaving_out=leaving_out,
    )
    judged = judge(facts, wanted=wanted, step=step, today=today, confirmed=confirmed)
    closed = [one for one in judged if not one.gate.is_open]
    if closed:
        raise RefusedError(sorted(closed, key=_gravest_first))
    return judged


def refuse_the_dead(patient: Patient, *, wanted: Sequence[Wanted], step: Step) -> None:
    """Raise RefusedError when the patient has died."""
    if patient.is_deceased:
        raise RefusedError([_of_the_dead(one, step) for one in wanted])


def _gravest_first(one: Judgement) -> int:
    return -list(Pass).index(one.gate.does)


def judge(
    facts: Facts,
    *,
    wanted: Sequence[Wanted],
    step: Step,
    today: date,
    confirmed: frozenset[str] = NOTHING,
) -> tuple[Judgement, ...]:
    """What the rules do with each visit, the others counting as booked."""
    if facts.patient.is_deceased:
        return tuple(_of_the_dead(one, step) for one in wanted)
    return tuple(
        _judged(
            facts,
            one,
            beside=[other for other in wanted if other is not one],
            step=step,
            today=today,
            confirmed=confirmed,
        )
        for one in wanted
    )


def first_allowed(
    facts: Facts,
    *,
    planned: tuple[Planned, ...],
    start: date,
    today: date,
    past: tuple[Override, ...] = (),
) -> date | None:
    """The first day from `start` on which nothing refuses a session."""
    wanted = Wanted(kind=SESSION, on=start, planned=planned, past=past)
    gate = _gate(facts, wanted, [], Step.PLAN, today, NOTHING)
    if gate.does is not Pass.REFUSED:
        return start
    return _first_allowed(facts, wanted, beside=[], step=Step.PLAN, today=today)


def _judged(
    facts: Facts,
    wanted: Wanted,
    *,
    beside: Sequence[Wanted],
    step: Step,
    today: date,
    confirmed: frozenset[str],
) -> Judgement:
    if not wanted.is_session:
        return _talk(wanted, step)
    gate = _gate(facts, wanted, beside, step, today, confirmed)
    offered = None
    if gate.does is Pass.REFUSED:
        offered = _first_allowed(facts, wanted, beside=beside, step=step, today=today)
    return Judgement(wanted=wanted, gate=gate, first_allowed_on=offered)


def _gate(  # noqa: PLR0917  one decision, named once by each caller
    facts: Facts,
    wanted: Wanted,
    beside: Sequence[Wanted],
    step: Step,
    today: date,
    confirmed: frozenset[str],
) -> Gate:
    """The interval rule and the safety questions for one day, as one gate."""
    if facts.patient.phototype is None:  # not asked yet: due with the screening
        confirmed |= {SKIN_TYPE}
    gaps = _gap_gate(facts, wanted, beside, step, confirmed)

    def screened(confirmed: frozenset[str]) -> Gate:
        return history.decide(
            facts.basis,
            step=step,
            on=wanted.on,
            today=today,
            zones=[zone.zone for zone in wanted.planned] or None,
            confirmed=confirmed,
        ).gate

    asked = screened(confirmed)
    if SCREENING in confirmed:
        waiting = {finding.code for finding in asked.that(Pass.CONFIRM)}
        asked = screened(confirmed | waiting) if waiting else asked
    return _joined(step, gaps, asked)


def _gap_gate(
    facts: Facts,
    wanted: Wanted,
    beside: Sequence[Wanted],
    step: Step,
    confirmed: frozenset[str],
) -> Gate:
    """The gaps to other sessions, and how deep the practitioner may go."""
    planned = wanted.planned or _anywhere(facts)
    found = interval.check(
        facts.book,
        previous=_previous(facts, planned, beside),
        planned=planned,
        on=wanted.on,
    )
    return gates.gate(
        findings=_of_this_course(facts, wanted, found) + _operator(facts, wanted),
        step=step,
        overrides=wanted.past,
        confirmed=confirmed,
        fixed=facts.basis.effective.fixed,
    )


def _of_this_course(
    facts: Facts, wanted: Wanted, found: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """The findings but a long wait since another plan: that course is over.

    How far apart sessions were studied is a matter of one course.
    """
    if wanted.plan_id is None:
        return found
    elsewhere = {o.on for o in facts.others if o.plan_id != wanted.plan_id}
    return tuple(
        finding
        for finding in found
        if finding.code != LONG_WAIT or finding.values["other"] not in elsewhere
    )


def _operator(facts: Facts, wanted: Wanted) -> tuple[Finding, ...]:
    """Whether the practitioner may go so deep on that day, as when recording."""
    if wanted.practitioner_id is None:
        return ()
    return scope.operator(
        planned=[(zone.zone, zone.mm) for zone in wanted.planned],
        operator_max_mm=facts.permits.qualified_mm(wanted.practitioner_id, wanted.on),
        scope_max_mm=facts.permits.scope_mm(wanted.practitioner_id, wanted.on),
    )


def refuse_unqualified(
    *, practitioner_id: int | None, depths_mm: Sequence[Decimal | None], on: date
) -> None:
    """A plan may name nobody who may not carry it out today; raises RefusedError."""
    if practitioner_id is None:
        return
    permits = staff.permits_of([practitioner_id])
    found = scope.operator(
        planned=[("", mm) for mm in depths_mm],
        operator_max_mm=permits.qualified_mm(practitioner_id, on),
        scope_max_mm=permits.scope_mm(practitioner_id, on),
    )
    gate = gates.gate(findings=found, step=Step.PLAN)
    if not gate.is_open:
        wanted = Wanted(kind=SESSION, on=on, practitioner_id=practitioner_id)
        raise RefusedError([Judgement(wanted=wanted, gate=gate)])


def _anywhere(facts: Facts) -> tuple[Planned, ...]:
    """All zones the other sessions know: where it will be, nobody has said."""
    zones = {zone.zone for other in facts.others for zone in other.zones or ()}
    return tuple(Planned(zone=zone) for zone in sorted(zones))


def _joined(step: Step, *several: Gate) -> Gate:
    order = list(Pass)
    refusing = [finding for gate in several for finding in gate.refusing]
    return Gate(
        step=step,
        does=max((gate.does for gate in several), key=order.index),
        rulings=tuple(ruling for gate in several for ruling in gate.rulings),
        first_allowed_on=gates.first_allowed_on(refusing),
    )


def _previous(
    facts: Facts, planned: Iterable[Planned], beside: Iterable[Wanted]
) -> tuple[Treated, ...]:
    """Every other session; one of unknown zones counts in all that are asked for."""
    codes = [zone.zone for zone in planned]
    known = [treated for other in facts.others for treated in other.treated(codes)]
    known += [
        Treated(zone=zone.zone, on=one.on, mm=zone.mm, condition=zone.condition)
        for one in beside
        if one.is_session
        for zone in one.planned
    ]
    return tuple(known)


def _first_allowed(
    facts: Facts,
    wanted: Wanted,
    *,
    beside: Sequence[Wanted],
    step: Step,
    today: date,
) -> date | None:
    """Step from refusal to refusal; None when one has no end."""
    day, last = wanted.on, wanted.on + timedelta(days=SEARCH_DAYS)
    while day <= last:
        one = replace(wanted, on=day)
        gate = _gate(facts, one, beside, step, today, NOTHING)
        if gate.does is not Pass.REFUSED:
            return day
        if any(_has_no_end(finding) for finding in gate.refusing):
            return None
        day = max(gate.first_allowed_on or day, day + timedelta(days=1))
    return None


def _has_no_end(finding: Finding) -> bool:
    """A refusal that waiting does not lift; the gap to a later visit does end."""
    return finding.until is None and finding.code != "interval-block"


def _of_the_dead(wanted: Wanted, step: Step) -> Judgement:
    finding = Finding(
        code=DECEASED,
        verdict=Verdict.BLOCK,
        title=_("Has died"),
        sentence=_("Nothing is booked for a person who has died."),
        absolute=True,
    )
    return Judgement(wanted=wanted, gate=gates.gate(findings=[finding], step=step))


def _talk(wanted: Wanted, step: Step) -> Judgement:
    return Judgement(wanted=wanted, gate=gates.gate(findings=[], step=step))
