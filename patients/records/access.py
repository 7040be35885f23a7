"""Who may see which patient: the object, or the reason why not.

A closed role gets 403 before anything is looked up; an absent patient is 404.
"""

from contextvars import ContextVar
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from clinic.audit import actions as audit
from clinic.audit import context
from clinic.staff import policy
from clinic.staff.models import User
from clinic.staff.policy import Action, Grant
from clinic.web import refs
from patients.records.models import BreakGlass, Patient

# Every clinical page begins with it: written out, it takes half as long.
WHOLE = "SELECT * FROM patients_patient WHERE id = %s"
# The charts opened in the request of that id: each is logged once.
_opened: ContextVar[tuple[str, frozenset[int]]] = ContextVar(
    "charts_opened", default=("", frozenset())
)


class NeedsBreakGlass(PermissionDenied):
    """An owner asked for a person: only a stated reason opens her (DESIGN 6)."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


def patient_for(user: User, ref: str, now: datetime | None = None) -> Patient:
    """The patient's identity and contact. The clinical note stays unread.

    The opening is logged once per request; who reads the chart logs that instead.
    Raises 404 when absent, PermissionDenied for a closed role, NeedsBreakGlass
    for an owner without a live one; without `now` none counts as live.
    """
    allowed = _grant(user, Action.PATIENT_IDENTITY)
    patient = _patient(ref, with_note=False)
    if allowed is Grant.BREAK_GLASS:
        _require_glass(user, patient, now)
    if now is not None:
        _log_opening(user, patient, now, action="patient.opened")
    return patient


def chart_for(user: User, ref: str, now: datetime) -> Patient:
    """The patient for a clinical page; the opening is logged once per request.

    Raises like `patient_for`; the front desk is a closed role here.
    """
    _grant(user, Action.CHART_READ)
    patient = _patient(ref, with_note=True)
    open_chart(user, patient, now)
    return patient


def open_chart(user: User, patient: Patient, now: datetime) -> None:
    """The chart of a patient who was read with something else; raises likewise."""
    refuse_closed(user, patient, now)
    _log_opening(user, patient, now, action="chart.opened")


def refuse_closed(user: User, patient: Patient, now: datetime) -> None:
    """Raises unless the chart may be opened; for a change that logs itself."""
    if _grant(user, Action.CHART_READ) is Grant.BREAK_GLASS:
        _require_glass(user, patient, now)


def glass_for(user: User, ref: str) -> Patient:
    """The patient an owner wants to open, of whom only the reference is shown."""
    if _grant(user, Action.BREAK_GLASS) is not Grant.YES:
        raise PermissionDenied
    return _patient(ref, with_note=False)


def has_live_glass(user: User, patient: Patient, now: datetime) -> bool:
    """Whether the user's stated reason still opens this patient."""
    return BreakGlass.objects.filter(
        user=user, patient=patient, opened_at__lte=now, until__gt=now
    ).exists()


def _grant(user: User, action: Action) -> Grant:
    allowed = policy.grant(user, action)
    if allowed is Grant.NO:
        raise PermissionDenied
    return allowed


def _patient(ref: str, *, with_note: bool) -> Patient:
    key = refs.parse_number(Patient.PREFIX, ref)
    if not with_note:
        return get_object_or_404(Patient.objects.defer("clinical_note"), pk=key)
    patient: Patient | None = next(iter(Patient.objects.raw(WHOLE, [key])), None)
    if patient is None:
        raise Http404
    return patient


def _require_glass(user: User, patient: Patient, now: datetime | None) -> None:
    if now is None or not has_live_glass(user, patient, now):
        raise NeedsBreakGlass(patient.reference)


def _log_opening(user: User, patient: Patient, now: datetime, *, action: str) -> None:
    request_id = context.current().request_id
    known_id, known = _opened.get()
    seen = known if request_id and known_id == request_id else frozenset()
    if patient.pk in seen:
        return
    audit.record(by=user, now=now, action=action, patient_id=patient.pk)
    _opened.set((request_id, seen | {patient.pk}))
