"""One visit, step by step: arrived, in the room, done, missed, cancelled, and back."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from clinic.audit.actions import Entry, record_many
from clinic.rules.gates import Step
from clinic.staff.models import User
from sessions.booking import (
    checks,
    earlier,
    going_on,
    hours,
    marks,
    numbing,
    past,
    queries,
    taking,
)
from sessions.booking.actions import VisitChangedError, claim_of
from sessions.booking.checks import Judgement, RefusedError, Wanted
from sessions.booking.models import Visit
from sessions.booking.statuses import ENDS, FREE, Status, may_become


class WayClosedError(Exception):
    """The visit cannot go from where it stands to where it should."""

    def __init__(self, visit: Visit, wanted: Status) -> None:
        super().__init__(f"A visit that is {visit.status} cannot become {wanted}.")
        self.visit = visit
        self.wanted = wanted


class TreatedError(WayClosedError):
    """Something was recorded at the visit: it was neither missed nor cancelled."""


@transaction.atomic
def set_status(
    *,
    visit: Visit,
    version: int,
    status: Status,
    by: User,
    now: datetime,
    numbing_minutes: int | None = None,
    reason: str = "",
    confirmed: frozenset[str] = checks.NOTHING,
    past_reason: str = "",
) -> Visit:
    """Take a visit one step on, or one step back.

    A visit that was missed or cancelled is taken up again like a new booking: raises
    TimeTakenError, SessionTakenError and RefusedError as `actions.book` does, ShutError
    where nothing can be booked by now; `confirmed` are the warnings that were
    confirmed, `past_reason` is a prescriber's to go past the gap rule. Raises
    VisitChangedError when it was changed since it was shown, WayClosedError when the
    step does not exist, TreatedError when what was treated would be missed or
    cancelled, NumbingStoppedError, and RefusedError for a visit of the dead.
    """
    taking.lock([claim_of(visit)])
    rows = Visit.objects.select_related("patient", "site")
    fresh = rows.select_for_update(of=("self",)).get(pk=visit.pk)
    _refuse(fresh, version=version, status=status)
    logged: list[Entry] = []
    if Status(fresh.status) in FREE and status not in FREE:
        judgement = _take_again(
            fresh, confirmed=confirmed, past_reason=past_reason, by=by, now=now
        )
        fresh.confirmed_rules = list(judgement.confirmed_rules)
        if past_reason.strip():
            both = [(fresh, judgement)]
            logged = past.keep(both, reason=past_reason, by=by, now=now)
    _stamp(fresh, status, now=now, numbing_minutes=numbing_minutes, reason=reason)
    with taking.guarded():
        fresh.save()
    record_many(by=by, now=now, entries=[_event(fresh), *logged])
    return fresh


def _refuse(fresh: Visit, *, version: int, status: Status) -> None:
    """Raise for a step that this visit cannot take, whatever the rules say."""
    if fresh.version != version:
        raise VisitChangedError(fresh)
    if not may_become(Status(fresh.status), status):
        raise WayClosedError(fresh, status)
    if status in FREE and queries.was_treated(fresh):
        raise TreatedError(fresh, status)
    if status not in ENDS:
        wanted = Wanted(kind=fresh.kind, on=fresh.day)
        checks.refuse_the_dead(fresh.patient, wanted=[wanted], step=Step.BOOK)
    if status is Status.NUMBING:
        numbing.refuse_unasked(fresh)


def cancel_locked(*, visit: Visit, reason: str, by: User | None, now: datetime) -> None:
    """Cancel a visit whose row and patient are locked; it may be cancelled now."""
    _stamp(visit, Status.CANCELLED, now=now, numbing_minutes=None, reason=reason)
    visit.save()
    record_many(by=by, now=now, entries=[_event(visit)])


def _event(visit: Visit) -> Entry:
    return Entry(
        action="visit.status",
        patient_id=visit.patient_id,
        object_kind="visit",
        object_id=visit.pk,
        details={"status": visit.status},
    )


def _take_again(
    visit: Visit,
    *,
    confirmed: frozenset[str],
    past_reason: str,
    by: User,
    now: datetime,
) -> Judgement:
    """Ask all that a new booking is asked.

    A warning about the patient that was confirmed when the visit was booked stays
    so, one about a gap does not: other sessions may have come since. A prescriber's
    reason holds as long as the rule says the very same as when it was written.
    """
    key = visit.planned_session_id
    taking.refuse_booked_sessions([key])
    taking.refuse_taken([claim_of(visit)], moving=[visit.pk])
    rows = going_on.locked([key])
    wanted = Wanted(
        kind=visit.kind,
        on=visit.day,
        practitioner_id=visit.practitioner_id,
        plan_id=visit.plan_id,
        planned=earlier.meant_by(rows).get(key or 0, ()),
        past=past.reason_of(by, past_reason),
    )
    going_on.refuse_closed(rows, {key: wanted}, step=Step.BOOK)

    confirmed |= frozenset(visit.confirmed_rules) - marks.GAP_CODES
    try:
        judgement = _judged(visit, wanted, confirmed=confirmed, now=now)
    except RefusedError as error:
        written = past.kept(visit)
        said = {one.sentence for one in error.gate.refusing}
        if not written or not said <= written.keys():
            raise
        wanted = replace(wanted, past=past.written_before(written))
        judgement = _judged(visit, wanted, confirmed=confirmed, now=now)
    hours.refuse_shut(visit)
    return judgement


def _judged(
    visit: Visit, wanted: Wanted, *, confirmed: frozenset[str], now: datetime
) -> Judgement:
    [judgement] = checks.refuse_unwise(
        patient_id=visit.patient_id,
        wanted=[wanted],
        step=Step.BOOK,
        today=now.astimezone(visit.site.zone).date(),
        confirmed=confirmed,
    )
    return judgement


def _stamp(
    visit: Visit,
    status: Status,
    *,
    now: datetime,
    numbing_minutes: int | None,
    reason: str,
) -> None:
    back = Status(visit.status)
    visit.status = status
    visit.version += 1
    if status is Status.ARRIVED and back is not Status.NUMBING:
        visit.arrived_at = now
    if status is Status.NUMBING:
        visit.numbing_since = now
        visit.numbing_until = now + timedelta(minutes=numbing_minutes or 0)
    if status is Status.IN_ROOM and back is not Status.DONE:
        visit.in_room_at = now
    if status is Status.DONE:
        visit.done_at = now
    if status is Status.CANCELLED:
        visit.cancelled_at, visit.cancel_reason = now, reason
