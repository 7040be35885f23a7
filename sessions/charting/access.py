"""Who may open which session or event: the object, or 404."""

from datetime import datetime

from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404

from clinic.staff.models import User
from clinic.web import refs
from patients.records import access as records
from sessions.booking.models import Visit
from sessions.charting.models import AdverseEvent, TreatmentSession


def session_for(user: User, ref: str, now: datetime) -> TreatmentSession:
    """The session behind `S0912`; opening it opens the patient's chart.

    Raises 404 when absent, PermissionDenied for a closed role, NeedsBreakGlass
    for an owner who has not broken the glass for this patient.
    """
    session = _session(user, ref)
    records.open_chart(user, session.patient, now)
    return session


def session_to_tap(user: User, ref: str, now: datetime) -> TreatmentSession:
    """The same for a tap, which is logged as the change it makes.

    Only what is needed to read the tap: the rest is read under its lock.
    """
    key = refs.parse_number(TreatmentSession.PREFIX, ref)
    rows = TreatmentSession.objects.select_related("site", "patient").only(
        "performed_on", "practitioner", "patient__id", "site__time_zone"
    )
    session = get_object_or_404(rows, pk=key)
    records.refuse_closed(user, session.patient, now)
    if session.practitioner_id == user.pk:
        session.practitioner = user
    return session


def _session(user: User, ref: str) -> TreatmentSession:
    key = refs.parse_number(TreatmentSession.PREFIX, ref)
    rows = TreatmentSession.objects.select_related(
        "patient", "plan", "planned_session", "condition"
    )
    session = get_object_or_404(rows, pk=key)
    if session.practitioner_id == user.pk:
        session.practitioner = user
    # By key, one after the other: one statement of nine tables takes twice as long.
    prefetch_related_objects([session], "practitioner", "site", "device")
    return session


def visit_for(user: User, ref: str, now: datetime) -> Visit:
    """The visit behind `V7KQ2X` of a patient whose chart the person may open."""
    key = refs.parse_scrambled(Visit.PREFIX, ref)
    rows = Visit.objects.select_related(
        "patient", "plan__protocol", "plan__condition", "planned_session"
    )
    visit = get_object_or_404(rows, pk=key)
    records.open_chart(user, visit.patient, now)
    prefetch_related_objects([visit], "site", "device", "room")
    return visit


def event_for(user: User, ref: str, now: datetime) -> AdverseEvent:
    """The adverse event behind `E118`, with its session and patient."""
    key = refs.parse_number(AdverseEvent.PREFIX, ref)
    rows = AdverseEvent.objects.select_related(
        "patient", "session__practitioner", "session__device", "recorded_by"
    )
    event = get_object_or_404(rows, pk=key)
    records.open_chart(user, event.patient, now)
    return event
