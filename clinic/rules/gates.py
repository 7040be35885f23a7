"""What findings stop: the table of DESIGN 6, for every rule of the book.

A gate stands before each step of the work. It does not decide who acts: it says
what is refused, what waits for a person, and which person may let it pass.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clinic.rules import dates
from clinic.rules.findings import Finding, Scope, Verdict


class Step(StrEnum):
    """A step of the work that a finding can stop."""

    BOOK = "book"
    PLAN = "plan"
    MOVE = "move"
    START = "start"
    RECORD = "record"
    SIGN = "sign"


class Pass(StrEnum):
    """What a gate does with a finding, from nothing to everything."""

    FREE = "free"
    MARKED = "marked"
    CONFIRM = "confirm"
    SIGN_OFF = "sign_off"
    REFUSED = "refused"


class Authority(StrEnum):
    """Who may let a finding pass with a written reason."""

    PRESCRIBER = "prescriber"
    MEDICAL_LEAD = "medical_lead"


AHEAD = frozenset({Step.BOOK, Step.PLAN, Step.MOVE})
NOBODY: frozenset[Authority] = frozenset()
PRESCRIBER = frozenset({Authority.PRESCRIBER})
EITHER = frozenset(Authority)

Row = dict[Verdict, tuple[Pass, frozenset[Authority]]]

# DESIGN 6, "What a finding does": first column, then second.
BEFORE_THE_DAY: Row = {
    Verdict.BLOCK: (Pass.REFUSED, PRESCRIBER),
    Verdict.DEFER: (Pass.REFUSED, NOBODY),
    Verdict.SIGNOFF: (Pass.MARKED, NOBODY),
    Verdict.ASK: (Pass.MARKED, NOBODY),
    Verdict.WARN: (Pass.CONFIRM, NOBODY),
    Verdict.OK: (Pass.FREE, NOBODY),
}
AT_THE_CHAIR: Row = {
    Verdict.BLOCK: (Pass.REFUSED, EITHER),
    Verdict.DEFER: (Pass.REFUSED, EITHER),
    Verdict.SIGNOFF: (Pass.SIGN_OFF, PRESCRIBER),
    Verdict.ASK: (Pass.REFUSED, NOBODY),
    Verdict.WARN: (Pass.MARKED, NOBODY),
    Verdict.OK: (Pass.FREE, NOBODY),
}

REFUSED_AHEAD = frozenset(
    verdict for verdict, (does, _who) in BEFORE_THE_DAY.items() if does is Pass.REFUSED
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A named person's written reason against the findings of one rule.

    It counts for one scope: a reason to needle is none to apply an anaesthetic.
    Raises ValueError when the reason is blank.
    """

    code: str
    reason: str
    by_prescriber: bool = False
    by_medical_lead: bool = False
    scope: Scope = Scope.NEEDLING

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("An override needs a written reason.")

    @property
    def authorities(self) -> frozenset[Authority]:
        """In what capacity the person acted."""
        held = {
            Authority.PRESCRIBER: self.by_prescriber,
            Authority.MEDICAL_LEAD: self.by_medical_lead,
        }
        return frozenset(authority for authority, has in held.items() if has)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the gate does with one finding, and why.

    `may_pass` are those who may let it pass with a written reason; empty when
    nobody may. `override` is the reason that let it pass.
    """

    finding: Finding
    does: Pass
    may_pass: frozenset[Authority]
    override: Override | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What all findings together do to a step.

    `first_allowed_on` is the first day on which nothing that refuses now holds,
    None when nothing refuses or no day can be promised.
    """

    step: Step
    does: Pass
    rulings: tuple[Ruling, ...]
    first_allowed_on: date | None

    @property
    def is_open(self) -> bool:
        """Whether the step may go ahead without another word from anybody."""
        return self.does in {Pass.FREE, Pass.MARKED}

    def that(self, does: Pass) -> tuple[Finding, ...]:
        """The findings with which the gate does this, worst first."""
        return tuple(r.finding for r in self.rulings if r.does is does)

    @property
    def refusing(self) -> tuple[Finding, ...]:
        """The findings that refuse the step."""
        return self.that(Pass.REFUSED)

    @property
    def may_pass(self) -> frozenset[Authority]:
        """Who may let everything pass that waits; empty when nobody may."""
        waiting = [r for r in self.rulings if r.does in {Pass.REFUSED, Pass.SIGN_OFF}]
        if not waiting:
            return NOBODY
        return frozenset.intersection(*(ruling.may_pass for ruling in waiting))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What every finding of one gate is held against."""

    table: Row
    overrides: tuple[Override, ...]
    confirmed: frozenset[str]
    fixed: frozenset[str]
    scope: Scope


def gate(
    *,
    findings: Iterable[Finding],
    step: Step,
    overrides: Iterable[Override] = (),
    confirmed: frozenset[str] = frozenset(),
    fixed: frozenset[str] = frozenset(),
    scope: Scope = Scope.NEEDLING,
) -> Gate:
    """What the findings do to a step, given the overrides and confirmations.

    `confirmed` are the codes whose WARN a person has confirmed, `fixed` those
    that nobody overrides in this clinic. `scope` is what the step does: findings
    on the anaesthetic do not stop the needling, they are marked; asked for the
    anaesthetic, only they count.
    """
    case = Case(
        table=BEFORE_THE_DAY if step in AHEAD else AT_THE_CHAIR,
        overrides=tuple(overrides),
        confirmed=confirmed,
        fixed=fixed,
        scope=scope,
    )
    rulings = tuple(_ruling(finding, case) for finding in findings)
    order = list(Pass)
    does = max((ruling.does for ruling in rulings), key=order.index, default=Pass.FREE)
    refusing = [r.finding for r in rulings if r.does is Pass.REFUSED]
    return Gate(
        step=step,
        does=does,
        rulings=rulings,
        first_allowed_on=first_allowed_on(refusing),
    )


def _ruling(finding: Finding, case: Case) -> Ruling:
    if finding.scope is not case.scope:
        elsewhere = Pass.FREE if finding.verdict is Verdict.OK else Pass.MARKED
        return Ruling(finding=finding, does=elsewhere, may_pass=NOBODY)
    does, may_pass = case.table[finding.verdict]
    if does is Pass.REFUSED and (finding.absolute or finding.code in case.fixed):
        may_pass = NOBODY
    if does is Pass.CONFIRM and finding.code in case.confirmed:
        does = Pass.MARKED
    for override in case.overrides:
        named = (override.code, override.scope) == (finding.code, finding.scope)
        if named and may_pass & override.authorities:
            return Ruling(
                finding=finding, does=Pass.MARKED, may_pass=may_pass, override=override
            )
    return Ruling(finding=finding, does=does, may_pass=may_pass)


def first_allowed_on(refusing: Collection[Finding]) -> date | None:
    """The latest end of all that refuses, None when nothing does or one has no end."""
    ends = [finding.until for finding in refusing if finding.until is not None]
    return dates.latest(ends) if len(ends) == len(refusing) else None
