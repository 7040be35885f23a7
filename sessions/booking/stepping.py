"""One visit, step by step: arrived, in the room, done, missed, cancelled, and back."""

from datetime import datetime, timedelta

from django.db import transaction

from clinic.audit.actions import record
from clinic.staff.models import User
from sessions.booking import taking
from sessions.booking.actions import VisitChangedError, claim_of
from sessions.booking.models import Visit
from sessions.booking.statuses import FREE, Status, may_become


class WayClosedError(Exception):
    """The visit cannot go from where it stands to where it should."""

    def __init__(self, visit: Visit, wanted: Status) -> None:
        super().__init__(f"A visit that is {visit.status} cannot become {wanted}.")
        self.visit = visit
        self.wanted = wanted


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
) -> Visit:
    """Take a visit one step on, or one step back.

    A visit that was missed or cancelled takes its time again only when it is
    still free (TimeTakenError) and its session was not booked again
    (SessionTakenError). Raises VisitChangedError when it was changed since it was
    shown, WayClosedError when the step does not exist.
    """
    taking.lock([claim_of(visit)])
    fresh = Visit.objects.select_for_update().get(pk=visit.pk)
    if fresh.version != version:
        raise VisitChangedError(fresh)
    if not may_become(Status(fresh.status), status):
        raise WayClosedError(fresh, status)
    if Status(fresh.status) in FREE and status not in FREE:
        _take_again(fresh)
    _stamp(fresh, status, now=now, numbing_minutes=numbing_minutes, reason=reason)
    with taking.guarded():
        fresh.save()
    record(
        by=by,
        now=now,
        action="visit.status",
        patient_id=fresh.patient_id,
        object_kind="visit",
        object_id=fresh.pk,
        status=status.value,
    )
    return fresh


def _take_again(visit: Visit) -> None:
    """Its time and its session of the plan must be as free as for a new booking."""
    taking.refuse_booked_sessions([visit.planned_session_id])
    taking.refuse_taken([claim_of(visit)], moving=[visit.pk])


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
