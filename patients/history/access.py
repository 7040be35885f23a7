"""Which conditions, facts and screenings a person may open: the object, or 404."""

from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404

from clinic.staff.models import User
from clinic.web import refs
from patients.history.models import HistoryFact, PatientCondition, Screening
from patients.records import access as records
from patients.records.models import Patient


def condition_for(
    user: User, ref: str, key: int, now: datetime
) -> tuple[Patient, PatientCondition]:
    """A condition of that very patient, with the patient."""
    patient = records.chart_for(user, ref, now)
    condition = PatientCondition.objects.filter(pk=key, patient=patient).first()
    if condition is None:
        raise Http404
    return patient, condition


def fact_for(
    user: User, ref: str, key: int, now: datetime
) -> tuple[Patient, HistoryFact]:
    """A fact of that very patient that was not withdrawn, with the patient."""
    patient = records.chart_for(user, ref, now)
    facts = HistoryFact.objects.filter(pk=key, patient=patient)
    fact = facts.filter(withdrawn_at__isnull=True).first()
    if fact is None:
        raise Http404
    return patient, fact


def screening_for(user: User, ref: str, now: datetime) -> Screening:
    """A screening whose patient's chart the person may open."""
    key = refs.parse_number(Screening.PREFIX, ref)
    rows = Screening.objects.select_related("patient", "started_by", "completed_by")
    screening = get_object_or_404(rows, pk=key)
    records.chart_for(user, screening.patient.reference, now)
    return screening
