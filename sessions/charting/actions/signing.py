"""Signing: everything there, nothing against it, then the database locks it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.rulebook import kept
from clinic.rulebook.queries import effective_book
from clinic.rules.book import RuleBook
from clinic.rules.findings import Finding, worst_first
from clinic.rules.gates import Step
from clinic.rules.settings import InvalidSetting
from clinic.staff.models import User
from clinic.staff.roles import Capability
from sessions.booking import stepping
from sessions.booking.actions import VisitChangedError
from sessions.booking.models import Visit
from sessions.booking.statuses import Status
from sessions.charting import printed
from sessions.charting.actions.safety import refuse_unsafe
from sessions.charting.actions.starting import TRIES, refuse_unqualified
from sessions.charting.actions.taps import lock, refuse_stale
from sessions.charting.digest import LATEST, digest_of
from sessions.charting.errors import SheetRefusedError
from sessions.charting.models import TreatmentSession
from sessions.charting.queries import completeness, safety
from sessions.charting.queries.completeness import Missing
from sessions.charting.queries.limits import depth_gate, limits_of
from sessions.charting.queries.parts import SheetParts
from sessions.charting.queries.printing import (
    next_visit_at,
    printed_of,
    sessions_to_print,
)
from sessions.charting.queries.safety import Safety
from sessions.plans import actions as plans
from sessions.plans.models import Plan, PlannedSession
from sessions.plans.statuses import OPEN, PlanStatus

SEALED = (
    "signed_at",
    "signed_by",
    "signed_printed",
    "digest_version",
    "signed_digest",
)


class IncompleteError(SheetRefusedError):
    """Something is missing; each item leads to its place."""

    def __init__(self, items: Iterable[Missing]) -> None:
        self.items = tuple(items)
        super().__init__(" ".join(item.sentence for item in self.items))


@transaction.atomic
def sign(
    *, session: TreatmentSession, version: int, by: User, now: datetime
) -> TreatmentSession:
    """Sign and lock the record; the visit is done and the plan moves on.

    Raises IncompleteError with what is missing, SheetRefusedError for what stands
    against it, SheetChangedError when the sheet was changed since it was shown.
    """
    locked = lock(session)
    refuse_stale(locked, version)
    _refuse_signer(locked, by)
    effective = effective_book()
    lacking = completeness.missing(SheetParts(locked), book=effective.book)
    if lacking:
        raise IncompleteError(lacking)
    found = safety.safety_of(locked, step=Step.SIGN)
    refuse_unsafe(found)
    locked.book_revision = effective.revision
    _keep_reasons(locked, found)
    _seal(locked, book=effective.book, by=by, now=now)
    _finish_visit(locked, by=by, now=now)
    _move_plan_on(locked, by=by, now=now)
    audit.record(
        by=by,
        now=now,
        action="session.signed",
        patient_id=locked.patient_id,
        object_kind="session",
        object_id=locked.pk,
        digest=locked.signed_digest,
    )
    return locked


def _keep_reasons(session: TreatmentSession, found: Safety) -> None:
    """What the record rests on: screening, consent, findings and their book."""
    session.screening, session.consent = found.screening, found.consent.consent
    said = [*found.findings, *depth_findings(session), *_of_topicals(session)]
    session.signed_findings = kept.keep(worst_first(said))
    session.version += 1
    session.save(
        update_fields=[
            "screening",
            "consent",
            "signed_findings",
            "book_revision",
            "version",
        ]
    )


def _refuse_signer(session: TreatmentSession, by: User) -> None:
    refuse_unqualified(by, session.performed_on)
    if by.pk != session.practitioner_id and not by.can(Capability.MEDICAL_LEAD):
        raise SheetRefusedError(
            _("%(name)s treated and signs; the medical lead may sign instead.")
            % {"name": session.practitioner.full_name}
        )


def depth_findings(session: TreatmentSession) -> list[Finding]:
    """What the rules say of every depth, judged once more at the signature."""
    limits, overrides = limits_of(session), list(session.depth_overrides.all())
    found: list[Finding] = []
    for row in session.zones.filter(is_left_out=False).order_by("id"):
        if row.mm is None or limits.device is None:
            raise SheetRefusedError(_("Choose the device."))
        try:
            said = limits.check(zone=row.zone, mm=row.mm, scar=row.is_scar)
        except InvalidSetting as error:
            raise SheetRefusedError(str(error), field="mm") from error
        gate = depth_gate(
            findings=said,
            zone=row.zone,
            mm=row.mm,
            overrides=overrides,
            fixed=limits.effective.fixed,
        )
        if not gate.is_open:
            raise SheetRefusedError(
                gate.rulings[0].finding.sentence,
                findings=said,
                may_pass=gate.may_pass,
                field="mm",
            )
        found += said
    return found


def _of_topicals(session: TreatmentSession) -> list[Finding]:
    return [f for row in session.topicals.all() for f in kept.kept(row.findings)]


def _seal(
    session: TreatmentSession, *, book: RuleBook, by: User, now: datetime
) -> None:
    """The fingerprint is taken from the rows as the database holds them."""
    whole = sessions_to_print().get(pk=session.pk)
    whole.signed_at, whole.signed_by = now, by
    next_at = next_visit_at(session, now=now)
    shown = printed_of(whole, book=book, next_at=next_at, now=now)
    whole.signed_printed = printed.plain(shown)
    whole.digest_version, whole.signed_digest = LATEST, digest_of(whole)
    for field in SEALED:
        setattr(session, field, getattr(whole, field))
    session.save(update_fields=SEALED)


def _finish_visit(session: TreatmentSession, *, by: User, now: datetime) -> None:
    visit = Visit.objects.get(pk=session.visit_id)
    for _try in range(TRIES):
        if Status(visit.status) is not Status.IN_ROOM:
            return
        try:
            stepping.set_status(
                visit=visit, version=visit.version, status=Status.DONE, by=by, now=now
            )
        except VisitChangedError as error:
            visit = error.visit
        else:
            return


def _move_plan_on(session: TreatmentSession, *, by: User, now: datetime) -> None:
    """A plan that is carried out runs; after its last session its review is due."""
    if session.plan_id is None:
        return
    plan = Plan.objects.get(pk=session.plan_id)
    wanted = [PlanStatus.RUNNING]
    left = PlannedSession.objects.filter(plan=plan, is_dropped=False)
    if not left.exclude(session__signed_at__isnull=False).exists():
        wanted.append(PlanStatus.REVIEW_DUE)
    for status in wanted:
        plan = _become(plan, status, session=session, by=by, now=now)


def _become(
    plan: Plan,
    status: PlanStatus,
    *,
    session: TreatmentSession,
    by: User,
    now: datetime,
) -> Plan:
    """One step of an open plan, where it exists; who was faster is read again."""
    for _try in range(TRIES):
        if plan.status == status or PlanStatus(plan.status) not in OPEN:
            return plan
        try:
            return plans.set_status(
                plan=plan,
                version=plan.version,
                status=status,
                by=by,
                now=now,
                today=session.performed_on,
            )
        except plans.PlanWayClosedError:
            return plan
        except plans.PlanChangedError as error:
            plan = error.plan
    return plan
