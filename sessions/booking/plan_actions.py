"""Booking a whole plan: the plan and all its visits in one transaction, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from clinic.places.models import Site
from clinic.rules.gates import Step
from clinic.staff.models import User
from patients.history.actions import conditions
from patients.history.actions.conditions import ConditionEntry
from patients.records.models import Patient
from sessions.booking import actions, checks, queries, stepping, taking
from sessions.booking.actions import VisitEntry
from sessions.booking.checks import Wanted
from sessions.booking.statuses import Status
from sessions.booking.taking import Claim
from sessions.plans import actions as plans
from sessions.plans.actions import PlanChangedError, PlanEntry
from sessions.plans.models import Plan
from sessions.plans.statuses import PlanStatus

TAKES_THE_CONDITION = ("to_book", "running", "paused", "review_due")


class SecondPlanError(Exception):
    """The condition already has an open plan; carries it."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("The condition already has an open plan.")
        self.plan = plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVisit:
    """One visit of a plan; `number` is that of its planned session."""

    number: int
    practitioner_id: int
    room_id: int
    device_id: int | None
    starts_at: datetime
    ends_at: datetime
    day: date
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBooking:
    """A plan to be written, new or over `plan` as its `version` was shown.

    `new_condition` is added first where the entry names none (id 0). The first
    `kept` sessions of an existing plan were booked before and stay. `past_reason` is
    a prescriber's to plan past the gap rule.
    """

    entry: PlanEntry
    visits: Sequence[PlanVisit] = ()
    new_condition: ConditionEntry | None = None
    plan: Plan | None = None
    version: int = 0
    kept: int = 0
    confirmed: frozenset[str] = frozenset()
    past_reason: str = ""


@transaction.atomic
def book_plan(*, booking: PlanBooking, by: User, now: datetime) -> Plan:
    """Write the plan and book every visit of it, all or nothing.

    Raises TimeTakenError, RefusedError, SecondPlanError, PlanChangedError,
    PlanWayClosedError.
    """
    claims = [_claim(booking.entry.patient_id, visit) for visit in booking.visits]
    taking.lock(claims)
    taking.refuse_taken(claims)
    plan = _write(booking, PlanStatus.RUNNING, by=by, now=now)
    planned = dict(plan.planned_sessions.values_list("number", "pk"))
    if booking.plan is not None:  # of a new one nothing can be booked yet
        taking.refuse_booked_sessions(planned[one.number] for one in booking.visits)
    entries = [
        VisitEntry(
            kind="session",
            patient_id=plan.patient_id,
            practitioner_id=visit.practitioner_id,
            site_id=plan.site_id,
            room_id=visit.room_id,
            device_id=visit.device_id,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            day=visit.day,
            plan_id=plan.pk,
            planned_session_id=planned[visit.number],
            why=visit.why[:200],
            confirmed_rules=tuple(sorted(booking.confirmed)),
        )
        for visit in booking.visits
    ]
    actions.book_locked(
        entries, step=Step.PLAN, by=by, now=now, past_reason=booking.past_reason
    )
    return plan


@transaction.atomic
def save_plan(
    *, booking: PlanBooking, status: PlanStatus, by: User, now: datetime
) -> Plan:
    """Keep a plan without visits, as a draft or to be booked later.

    Raises RefusedError for a practitioner who is not qualified for it today and for
    somebody who has died, SecondPlanError, PlanChangedError, PlanWayClosedError.
    """
    today = now.astimezone(Site.objects.get(pk=booking.entry.site_id).zone).date()
    checks.refuse_unqualified(
        practitioner_id=booking.entry.practitioner_id,
        depths_mm=booking.entry.depths_mm,
        on=today,
    )
    rows = Patient.objects.select_for_update(no_key=True)
    patient = rows.get(pk=booking.entry.patient_id)
    wanted = [Wanted(kind=checks.SESSION, on=today)]
    checks.refuse_the_dead(patient, wanted=wanted, step=Step.PLAN)
    return _write(booking, status, by=by, now=now)


def _claim(patient_id: int, visit: PlanVisit) -> Claim:
    return Claim(
        patient_id=patient_id,
        practitioner_id=visit.practitioner_id,
        room_id=visit.room_id,
        device_id=visit.device_id,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
    )


def _write(
    booking: PlanBooking, status: PlanStatus, *, by: User, now: datetime
) -> Plan:
    """The plan row and its planned sessions; the patient's row is locked."""
    entry = booking.entry
    if booking.new_condition is not None:
        condition = conditions.add(
            patient=Patient.objects.get(pk=entry.patient_id),
            entry=booking.new_condition,
            by=by,
            now=now,
        )
        entry = replace(entry, condition_id=condition.pk)
    elif status is not PlanStatus.DRAFT:
        _refuse_second(entry.condition_id, but=booking.plan)
    if booking.plan is None:
        return plans.create(entry=entry, status=status, by=by, now=now)
    return plans.change(
        plan=booking.plan,
        version=booking.version,
        entry=entry,
        kept=booking.kept,
        status=status,
        by=by,
        now=now,
    )


def _refuse_second(condition_id: int, *, but: Plan | None) -> None:
    others = Plan.objects.filter(
        condition_id=condition_id, status__in=TAKES_THE_CONDITION
    )
    other = others.exclude(pk=but.pk if but else 0).first()
    if other is not None:
        raise SecondPlanError(other)


@transaction.atomic
def set_plan_status(
    *,
    plan: Plan,
    version: int,
    status: PlanStatus,
    by: User,
    now: datetime,
    today: date,
    reason: str = "",
) -> Plan:
    """Take a plan to another state; stopping it cancels the visits still ahead.

    Raises like `sessions.plans.actions.set_status`; PlanChangedError also when a
    visit was booked while it was being stopped.
    """
    if status is PlanStatus.STOPPED:
        ahead = list(queries.open_visits_of_plan(plan_id=plan.pk))
        taking.lock([actions.claim_of(visit) for visit in ahead])
        for visit in ahead:
            stepping.set_status(
                visit=visit,
                version=visit.version,
                status=Status.CANCELLED,
                by=by,
                now=now,
                reason=reason,
            )
    changed = plans.set_status(
        plan=plan,
        version=version,
        status=status,
        by=by,
        now=now,
        today=today,
        reason=reason,
    )
    # From here on nobody books more of it: the plan is locked, and it is over.
    if status is PlanStatus.STOPPED and queries.open_visits_of_plan(plan_id=plan.pk):
        raise PlanChangedError(changed)
    return changed
