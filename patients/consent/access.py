"""Which consents a person may open: the object, or 404."""

from datetime import datetime

from django.http import Http404

from clinic.audit import actions as audit
from clinic.staff import policy
from clinic.staff.models import User
from clinic.staff.policy import Action, Grant
from patients.consent import queries
from patients.consent.models import CONSENT_KINDS, Consent, ConsentText
from patients.records import access as records
from patients.records.models import Patient


def patient_for(user: User, ref: str, now: datetime) -> Patient:
    """The patient whose consents are looked at; the look is in the log.

    Who may read the chart opens it; the desk sees whether consents stand.
    """
    if policy.grant(user, Action.CHART_READ) is not Grant.NO:
        return records.chart_for(user, ref, now)
    patient = records.patient_for(user, ref)
    audit.record(by=user, now=now, action="consent.seen", patient_id=patient.pk)
    return patient


def consent_for(
    user: User, ref: str, key: int, now: datetime
) -> tuple[Patient, Consent]:
    """A consent of that very patient, with the patient."""
    patient = patient_for(user, ref, now)
    consent = queries.consents_of(patient).filter(pk=key).first()
    if consent is None:
        raise Http404
    return patient, consent


def text_for(
    user: User, ref: str, kind: str, now: datetime
) -> tuple[Patient, ConsentText]:
    """The text to read to that patient, in their language when there is one."""
    patient = patient_for(user, ref, now)
    text = queries.text_for(require_kind(kind), language=patient.language)
    if text is None:
        raise Http404
    return patient, text


def require_kind(kind: str) -> str:
    """The kind when there is such a form, else 404."""
    if kind not in dict(CONSENT_KINDS):
        raise Http404
    return kind
