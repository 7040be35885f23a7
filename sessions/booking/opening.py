"""Opening a patient for a page of plans or visits, as far as the role goes."""

from datetime import datetime

from clinic.staff.models import User
from clinic.staff.policy import Action, Grant, grant
from patients.records import access
from patients.records.models import Patient


def is_clinical(user: User) -> bool:
    """Whether depths and the like may stand on the page; the desk sees none."""
    return grant(user, Action.CHART_READ) is not Grant.NO


def opened(user: User, ref: str, now: datetime) -> Patient:
    """The patient; for those who read charts the opening is logged.

    Raises like `patients.records.access`.
    """
    if is_clinical(user):
        return access.chart_for(user, ref, now)
    return access.patient_for(user, ref, now)
