"""Signing off and overriding: a named person's written reason against a finding."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.rulebook.queries import effective_book
from clinic.rules.findings import Finding, Scope, Verdict
from clinic.rules.gates import Authority
from clinic.staff.models import User
from patients.history.authority import authorities_of, who_may_pass
from patients.history.errors import HistoryRefusedError
from patients.history.models import RuleOverride, Screening
from patients.history.queries import bases, gates, screenings

SIGNOFF, OVERRIDE = "signoff", "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideEntry:
    """Against which rule, for which scope, and why."""

    code: str
    scope: Scope
    reason: str


@transaction.atomic
def override(
    *, screening: Screening, entry: OverrideEntry, by: User, now: datetime
) -> RuleOverride:
    """Keep a reason against the findings of one rule of the latest screening.

    A SIGNOFF is signed off by a prescriber; a BLOCK or DEFER is overridden by a
    prescriber or the medical lead, unless it is absolute or overriding the rule
    is switched off here. Raises HistoryRefusedError for everything else.
    """
    locked = Screening.objects.select_for_update(of=("self",), no_key=True).get(
        pk=screening.pk
    )
    finding = _finding(locked, entry, now=now)
    allowed = who_may_pass(finding)
    acting = allowed & authorities_of(by)
    if not acting:
        raise HistoryRefusedError(_refusal(finding, allowed))
    if not entry.reason.strip():
        raise HistoryRefusedError(_("Write down why."), field="reason")
    made = _kept(locked, finding, acting, reason=entry.reason.strip(), by=by, now=now)
    audit.record(
        by=by,
        now=now,
        action=f"rule {made.kind}",
        patient_id=locked.patient_id,
        object_kind="screening",
        object_id=locked.pk,
        code=made.code,
        verdict=made.verdict,
    )
    return made


def _kept(
    screening: Screening,
    finding: Finding,
    acting: frozenset[Authority],
    *,
    reason: str,
    by: User,
    now: datetime,
) -> RuleOverride:
    override = RuleOverride(
        screening=screening,
        code=finding.code,
        scope=finding.scope.value,
        kind=SIGNOFF if finding.verdict is Verdict.SIGNOFF else OVERRIDE,
        verdict=finding.verdict.value,
        sentence=finding.sentence,
        reason=reason,
        by_prescriber=Authority.PRESCRIBER in acting,
        by_medical_lead=Authority.MEDICAL_LEAD in acting,
        by=by,
        at=now,
    )
    try:
        with transaction.atomic():
            override.save(force_insert=True)
    except IntegrityError as error:
        sentence = _("Somebody has already written a reason for this.")
        raise HistoryRefusedError(sentence) from error
    return override


def _finding(screening: Screening, entry: OverrideEntry, *, now: datetime) -> Finding:
    """The gravest finding of the rule as it stands now."""
    if screening.completed_at is None:
        raise HistoryRefusedError(_("Finish the screening first."))
    latest = screenings.latest_screening(screening.patient)
    if latest is None or latest.pk != screening.pk:
        raise HistoryRefusedError(_("There is a newer screening of this patient."))
    basis = bases.basis_on(
        screening.patient,
        screening,
        effective=effective_book(),
        today=timezone.localdate(now),
    )
    found = gates.judge(basis, on=screening.for_date, today=screening.for_date)
    for finding in found:  # worst first
        if (finding.code, finding.scope) == (entry.code, entry.scope):
            return finding
    raise HistoryRefusedError(_("This was not found at the screening."))


def _refusal(finding: Finding, allowed: frozenset[Authority]) -> str:
    if finding.absolute:
        return _("Nobody can override this.")
    if allowed == {Authority.PRESCRIBER}:
        return _("Only a prescriber can sign this off.")
    if allowed:
        return _("Only a prescriber or the medical lead can override this.")
    return _("There is nothing to sign off here.")
