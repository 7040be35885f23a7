"""The search as one person may use it, with its row in the log."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.staff.models import User
from clinic.staff.policy import Action, Grant, grant, may
from clinic.web.find import Group, Hit
from patients.records import queries, tabs
from patients.records.models import Patient


def find(*, user: User, text: str, now: datetime, limit: int) -> queries.Found:
    """People whom the text fits; an owner who does not treat finds references only.

    The log says who was shown and by what kind of text, never the text.
    """
    if grant(user, Action.PATIENT_LIST) is Grant.NO or not text.strip():
        return queries.Found(patients=[], has_more=False, by=())
    if may(user, Action.PATIENT_IDENTITY):
        today = timezone.localdate(now)
        found = queries.search(text=text, limit=limit, today=today)
    else:
        found = queries.by_reference(text=text)
    audit.record(
        by=user,
        now=now,
        action="patients.searched",
        by_what=list(found.by),
        shown=[patient.reference for patient in found.patients],
    )
    return found


def finder(user: AbstractBaseUser, text: str, now: datetime, limit: int) -> Group:
    """Patients for the find box."""
    assert isinstance(user, User)  # noqa: S101  LoginRequired let nobody else in
    found = find(user=user, text=text, now=now, limit=limit)
    sees_names = may(user, Action.PATIENT_IDENTITY)
    hits = [_hit(patient, sees_names=sees_names) for patient in found.patients]
    return Group(heading=_("Patients"), hits=hits)


def _hit(patient: Patient, *, sees_names: bool) -> Hit:
    born = dateformat.format(patient.born_on, "j M Y") if patient.born_on else ""
    about = " · ".join(filter(None, [born, patient.reference]))
    return Hit(
        title=patient.name if sees_names else patient.reference,
        detail=about if sees_names else "",
        url=tabs.home_of(patient),
        icon="user-round",
    )
