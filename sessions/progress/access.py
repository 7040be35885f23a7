"""Conditions, readings and sessions of a patient's course: the object, or 404."""

from datetime import datetime

from django.http import Http404

from clinic.staff.models import User
from clinic.web import refs
from patients.models import PatientCondition
from patients.records.access import chart_for
from sessions.charting.models import TreatmentSession
from sessions.progress.models import Score

Condition = PatientCondition  # the type, for views


def condition_for(user: User, ref: str, key: int, now: datetime) -> PatientCondition:
    """A condition of a patient whose chart the user may open. Raises Http404."""
    patient = chart_for(user, ref, now)
    found = PatientCondition.objects.filter(patient=patient, pk=key)
    condition = found.select_related("patient").first()
    if condition is None:
        raise Http404
    return condition


def score_for(user: User, ref: str, key: int, now: datetime) -> Score:
    """A reading of a patient whose chart the user may open. Raises Http404."""
    patient = chart_for(user, ref, now)
    score = Score.objects.filter(patient=patient, pk=key).select_related("condition")
    found = score.first()
    if found is None:
        raise Http404
    return found


def session_of(
    user: User, ref: str, session_ref: str, now: datetime
) -> TreatmentSession:
    """A signed session of a patient whose chart the user may open. Raises Http404."""
    patient = chart_for(user, ref, now)
    key = refs.parse_number(TreatmentSession.PREFIX, session_ref) or 0
    session = TreatmentSession.objects.filter(
        patient=patient, pk=key, signed_at__isnull=False
    ).first()
    if session is None:
        raise Http404
    return session
