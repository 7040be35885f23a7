"""Writing plans: made from a protocol, paused, finished, stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from clinic.audit.actions import record
from clinic.staff.models import User
from patients.records.models import Patient
from sessions.plans.models import Away, Plan, PlannedSession
from sessions.plans.statuses import OPEN, PlanStatus, may_become

EDITABLE = frozenset({PlanStatus.DRAFT, PlanStatus.TO_BOOK})
CHANGEABLE = (
    "condition_id",
    "protocol_id",
    "site_id",
    "practitioner_id",
    "gap_days",
    "goal_scale",
    "goal_value",
    "ready_before",
    "ready_label",
    "book_revision",
)


class PlanChangedError(Exception):
    """Somebody changed the plan since it was shown; carries it as it is now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("The plan was changed meanwhile.")
        self.plan = plan


class PlanWayClosedError(Exception):
    """The plan cannot go from where it stands to where it should."""

    def __init__(self, plan: Plan, wanted: PlanStatus) -> None:
        super().__init__(f"A plan that is {plan.status} cannot become {wanted}.")
        self.plan = plan
        self.wanted = wanted


class SecondOpenPlanError(PlanWayClosedError):
    """The condition has another open plan: this one cannot be taken up beside it."""


class PlanOfTheDeadError(PlanWayClosedError):
    """The patient has died: nothing goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayEntry:
    """Days on which the patient travels; both days count."""

    first_day: date
    last_day: date
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEntry:
    """A plan to be made; `depths_mm` has one planned setting per session."""

    patient_id: int
    condition_id: int
    protocol_id: int
    site_id: int
    gap_days: int
    depths_mm: Sequence[Decimal | None]
    practitioner_id: int | None = None
    screening_id: int | None = None
    goal_scale: str = ""
    goal_value: Decimal | None = None
    ready_before: date | None = None
    ready_label: str = ""
    aways: Sequence[AwayEntry] = ()
    book_revision: str = ""


@transaction.atomic
def create(*, entry: PlanEntry, status: PlanStatus, by: User, now: datetime) -> Plan:
    """Make the plan with its planned sessions and the patient's journeys.

    Raises IntegrityError `plan_one_open_for_a_condition` when the condition
    already has an open plan.
    """
    plan = Plan.objects.create(
        patient_id=entry.patient_id,
        condition_id=entry.condition_id,
        protocol_id=entry.protocol_id,
        site_id=entry.site_id,
        practitioner_id=entry.practitioner_id,
        screening_id=entry.screening_id,
        status=status,
        gap_days=entry.gap_days,
        goal_scale=entry.goal_scale,
        goal_value=entry.goal_value,
        ready_before=entry.ready_before,
        ready_label=entry.ready_label,
        book_revision=entry.book_revision,
        created_at=now,
        created_by=by,
    )
    PlannedSession.objects.bulk_create(
        PlannedSession(plan=plan, number=number, planned_mm=depth)
        for number, depth in enumerate(entry.depths_mm, start=1)
    )
    _keep_aways(entry)
    _record(plan, "plan.created", by=by, now=now)
    return plan


def _keep_aways(entry: PlanEntry) -> None:
    """Note new journeys of the patient; the same one is kept once."""
    if not entry.aways:
        return
    known = set(
        Away.objects.filter(patient_id=entry.patient_id).values_list(
            "first_day", "last_day"
        )
    )
    Away.objects.bulk_create(
        Away(
            patient_id=entry.patient_id,
            first_day=away.first_day,
            last_day=away.last_day,
            label=away.label,
        )
        for away in entry.aways
        if (away.first_day, away.last_day) not in known
    )


@transaction.atomic
def change(
    *,
    plan: Plan,
    version: int,
    entry: PlanEntry,
    kept: int,
    status: PlanStatus,
    by: User,
    now: datetime,
) -> Plan:
    """Plan anew what is still to be booked; the first `kept` sessions stay.

    Raises PlanChangedError when it was changed since it was shown and
    PlanWayClosedError when it is no longer a draft or to be booked.
    """
    fresh = Plan.objects.select_for_update().get(pk=plan.pk)
    if fresh.version != version:
        raise PlanChangedError(fresh)
    before = PlanStatus(fresh.status)
    if before not in EDITABLE or (
        status is not before and not may_become(before, status)
    ):
        raise PlanWayClosedError(fresh, status)
    for name in CHANGEABLE:
        setattr(fresh, name, getattr(entry, name))
    fresh.status = status
    fresh.version += 1
    fresh.save()
    _plan_anew(fresh, entry.depths_mm, kept=kept)
    _keep_aways(entry)
    _record(fresh, "plan.changed", by=by, now=now)
    return fresh


def _plan_anew(plan: Plan, depths_mm: Sequence[Decimal | None], *, kept: int) -> None:
    """Sessions after the kept ones become those that are meant now."""
    later = plan.planned_sessions.filter(number__gt=kept)
    last = kept + len(depths_mm)
    later.filter(number__gt=last, visits__isnull=True).delete()
    later.filter(number__gt=last).update(is_dropped=True)
    for number, depth in enumerate(depths_mm, start=kept + 1):
        PlannedSession.objects.update_or_create(
            plan=plan,
            number=number,
            defaults={"planned_mm": depth, "is_dropped": False},
        )


@transaction.atomic
def set_status(
    *,
    plan: Plan,
    version: int,
    status: PlanStatus,
    by: User,
    now: datetime,
    today: date,
    reason: str = "",
) -> Plan:
    """Take a plan from one state to another; stopping needs a reason.

    Raises PlanChangedError when it was changed since it was shown,
    PlanWayClosedError when the step does not exist, SecondOpenPlanError when the
    condition has another open plan by now, PlanOfTheDeadError when the patient has
    died, ValueError without reason.
    """
    patients = Patient.objects.select_for_update(no_key=True).only("is_deceased")
    patient = patients.get(pk=plan.patient_id)
    fresh = Plan.objects.select_for_update().get(pk=plan.pk)
    if fresh.version != version:
        raise PlanChangedError(fresh)
    if not may_become(PlanStatus(fresh.status), status):
        raise PlanWayClosedError(fresh, status)
    if status is PlanStatus.STOPPED and not reason.strip():
        raise ValueError("Write down why the plan stopped.")
    if status in OPEN and patient.is_deceased:
        raise PlanOfTheDeadError(fresh, status)
    try:
        with transaction.atomic():
            _put(fresh, status, reason=reason, today=today)
    except IntegrityError as error:
        fresh.refresh_from_db()
        raise SecondOpenPlanError(fresh, status) from error
    _record(fresh, f"plan.{status.value}", by=by, now=now)
    return fresh


def stop_locked(
    *, plan: Plan, reason: str, by: User | None, now: datetime, today: date
) -> None:
    """Stop an open plan whose row is locked and whose visits ahead are cancelled."""
    _put(plan, PlanStatus.STOPPED, reason=reason, today=today)
    _record(plan, f"plan.{PlanStatus.STOPPED.value}", by=by, now=now)


def _put(plan: Plan, status: PlanStatus, *, reason: str, today: date) -> None:
    plan.status = status
    plan.version += 1
    plan.stop_reason = reason.strip() if status is PlanStatus.STOPPED else ""
    plan.ended_on = None if status in OPEN else today
    plan.save(update_fields=["status", "version", "stop_reason", "ended_on"])


def _record(plan: Plan, action: str, *, by: User | None, now: datetime) -> None:
    record(
        by=by,
        now=now,
        action=action,
        patient_id=plan.patient_id,
        object_kind="plan",
        object_id=plan.pk,
    )
