"""The decision to treat: skin clear, and written reasons against findings."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.rules.findings import Scope, Verdict
from clinic.rules.gates import Authority, Step
from clinic.staff.models import User
from patients.history.actions import overrides
from patients.history.actions.overrides import OverrideEntry
from patients.history.authority import authorities_of
from patients.history.errors import HistoryRefusedError
from patients.history.models import RuleOverride
from sessions.charting.actions.starting import refuse_unqualified
from sessions.charting.actions.taps import lock, refuse_stale
from sessions.charting.errors import NotTreatingError, SheetRefusedError
from sessions.charting.models import TreatmentSession
from sessions.charting.queries import safety
from sessions.charting.queries.safety import Safety


@transaction.atomic
def clear_skin(
    *, session: TreatmentSession, version: int, by: User, now: datetime
) -> TreatmentSession:
    """ "Skin clear, treat": who looked, when, on which screening and consent.

    Raises SheetRefusedError with the rule, its date and who may override.
    """
    locked = lock(session)
    if locked.skin_clear_at is not None and not locked.is_signed:
        return locked
    refuse_stale(locked, version)
    refuse_unqualified(by, locked.performed_on)
    if by.pk != locked.practitioner_id:
        raise NotTreatingError(locked.practitioner)
    found = safety.safety_of(locked, step=Step.START)
    refuse_unsafe(found)
    locked.screening, locked.consent = found.screening, found.consent.consent
    locked.skin_clear_at, locked.skin_clear_by = now, by
    locked.version += 1
    locked.save(
        update_fields=[
            "screening",
            "consent",
            "skin_clear_at",
            "skin_clear_by",
            "version",
        ]
    )
    _audit(locked, "session.skin_clear", by=by, now=now)
    return locked


def refuse_unsafe(found: Safety) -> None:
    """Raises SheetRefusedError for what stands against the session now."""
    if found.screening is None:
        raise SheetRefusedError(
            _("Ask today's safety questions first."), field="screening"
        )
    if not found.consent.stands:
        raise SheetRefusedError(
            _("Treatment consent: %(state)s.")
            % {"state": found.consent.sentence.lower()},
            field="consent",
        )
    if found.waiting:
        first = found.waiting[0]
        raise SheetRefusedError(
            f"{first.finding.title}: {first.finding.sentence} {first.who}",
            findings=[waiting.finding for waiting in found.waiting],
            may_pass=first.may_pass,
            field="findings",
        )


@transaction.atomic
def override(
    *,
    session: TreatmentSession,
    code: str,
    reason: str,
    by: User,
    now: datetime,
    scope: Scope = Scope.NEEDLING,
) -> RuleOverride:
    """A named person's written reason against one finding of this session.

    What the screening found is kept by the history; a gap that is too short is
    kept beside it, with the same screening. A reason counts for one scope: to
    needle, or to numb. Raises SheetRefusedError.
    """
    locked = lock(session)
    if locked.is_signed:
        refuse_stale(locked, locked.version)
    found = safety.safety_of(locked, step=Step.START)
    if found.screening is None:
        raise SheetRefusedError(_("Ask today's safety questions first."))
    stopping = (*found.waiting, *found.before_numbing)
    named = [w for w in stopping if (w.finding.code, w.finding.scope) == (code, scope)]
    if not named:
        raise SheetRefusedError(_("This does not stop the session any more."))
    waiting = named[0]
    if waiting.screen_again:
        raise SheetRefusedError(waiting.who)
    if code not in {r.finding.code for r in found.intervals.rulings}:
        entry = OverrideEntry(code=code, scope=waiting.finding.scope, reason=reason)
        try:
            return overrides.override(
                screening=found.screening, entry=entry, by=by, now=now
            )
        except HistoryRefusedError as error:
            raise SheetRefusedError(error.sentence, field="reason") from error
    return _override_interval(locked, found, waiting, reason=reason, by=by, now=now)


def _override_interval(
    session: TreatmentSession,
    found: Safety,
    waiting: safety.Waiting,
    *,
    reason: str,
    by: User,
    now: datetime,
) -> RuleOverride:
    acting = waiting.may_pass & authorities_of(by)
    if not acting or found.screening is None:
        raise SheetRefusedError(waiting.who)
    if not reason.strip():
        raise SheetRefusedError(_("Write down why."), field="reason")
    finding = waiting.finding
    try:
        with transaction.atomic():
            made = RuleOverride.objects.create(
                screening=found.screening,
                code=finding.code,
                scope=Scope.NEEDLING.value,
                kind=overrides.SIGNOFF
                if finding.verdict is Verdict.SIGNOFF
                else overrides.OVERRIDE,
                verdict=finding.verdict.value,
                sentence=finding.sentence,
                reason=reason.strip(),
                by_prescriber=Authority.PRESCRIBER in acting,
                by_medical_lead=Authority.MEDICAL_LEAD in acting,
                by=by,
                at=now,
            )
    except IntegrityError as error:
        raise SheetRefusedError(
            _("Somebody has already written a reason for this.")
        ) from error
    _audit(session, "rule override", by=by, now=now, code=finding.code)
    return made


def _audit(
    session: TreatmentSession,
    action: str,
    *,
    by: User,
    now: datetime,
    **details: audit.Detail,
) -> None:
    audit.record(
        by=by,
        now=now,
        action=action,
        patient_id=session.patient_id,
        object_kind="session",
        object_id=session.pk,
        **details,
    )
