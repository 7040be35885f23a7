"""Who may open a patient, and what that leaves in the log."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from clinic.audit import context
from clinic.audit.models import AuditEvent
from clinic.staff.models import User
from clinic.staff.roles import Role
from patients.models import BreakGlass, Patient
from patients.records import access
from tests.factories import (
    NOW,
    make_desk,
    make_owner,
    make_patient,
    make_practitioner,
    make_user,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def break_glass(user: User, patient: Patient) -> BreakGlass:
    return BreakGlass.objects.create(
        user=user,
        patient=patient,
        reason="Complaint of 4 March",
        opened_at=NOW,
        until=NOW + 60 * MINUTE,
    )


def test_the_desk_sees_who_a_patient_is_but_no_chart() -> None:
    patient, desk = make_patient(), make_desk()
    assert access.patient_for(desk, patient.reference).pk == patient.pk
    with pytest.raises(PermissionDenied):
        access.chart_for(desk, patient.reference, NOW)
    with pytest.raises(PermissionDenied):
        access.chart_for(desk, "P99999", NOW)


def test_a_practitioner_opens_the_chart() -> None:
    patient, practitioner = make_patient(), make_practitioner()
    assert access.patient_for(practitioner, patient.reference).pk == patient.pk
    assert access.chart_for(practitioner, patient.reference, NOW).pk == patient.pk


@pytest.mark.parametrize("ref", ["P99999", "", "P", "Px1", "X00001", "P" + "0" * 16])
def test_an_absent_patient_is_not_found(ref: str) -> None:
    with pytest.raises(Http404):
        access.patient_for(make_desk(), ref)
    with pytest.raises(Http404):
        access.chart_for(make_practitioner(), ref, NOW)


def test_somebody_without_a_role_sees_nobody() -> None:
    patient = make_patient()
    with pytest.raises(PermissionDenied):
        access.patient_for(make_user(), patient.reference)


def test_an_owner_needs_a_live_reason_of_her_own_for_this_patient() -> None:
    patient, other, owner = make_patient(), make_patient(), make_owner()
    with pytest.raises(access.NeedsBreakGlass):
        access.patient_for(owner, patient.reference, NOW)
    break_glass(make_owner(), patient)
    break_glass(owner, other)
    with pytest.raises(access.NeedsBreakGlass):
        access.chart_for(owner, patient.reference, NOW)
    break_glass(owner, patient)
    assert access.patient_for(owner, patient.reference, NOW).pk == patient.pk
    assert access.chart_for(owner, patient.reference, NOW).pk == patient.pk


def test_a_reason_opens_for_sixty_minutes_and_not_longer() -> None:
    patient, owner = make_patient(), make_owner()
    break_glass(owner, patient)
    last = NOW + 60 * MINUTE - timedelta(seconds=1)
    assert access.chart_for(owner, patient.reference, last)
    for outside in (NOW + 60 * MINUTE, NOW - timedelta(seconds=1)):
        with pytest.raises(access.NeedsBreakGlass):
            access.chart_for(owner, patient.reference, outside)


def test_without_a_time_no_reason_counts_as_live() -> None:
    patient, owner = make_patient(), make_owner()
    break_glass(owner, patient)
    with pytest.raises(access.NeedsBreakGlass):
        access.patient_for(owner, patient.reference)


def test_an_owner_who_treats_needs_no_reason() -> None:
    patient = make_patient()
    both = make_user(Role.OWNER, Role.PRACTITIONER)
    assert access.chart_for(both, patient.reference, NOW).pk == patient.pk


def test_opening_a_chart_is_logged_once_per_request() -> None:
    patient, practitioner = make_patient(), make_practitioner()
    for request_id in ("one", "two"):
        with context.acting_from(context.Origin(source="web", request_id=request_id)):
            access.chart_for(practitioner, patient.reference, NOW)
            access.chart_for(practitioner, patient.reference, NOW)
    events = AuditEvent.objects.filter(action="chart.opened", patient_id=patient.pk)
    assert sorted(events.values_list("request_id", flat=True)) == ["one", "two"]


def test_a_refused_opening_is_not_logged_as_one() -> None:
    patient = make_patient()
    with pytest.raises(access.NeedsBreakGlass):
        access.chart_for(make_owner(), patient.reference, NOW)
    assert not AuditEvent.objects.filter(action="chart.opened").exists()


def test_identity_comes_without_the_clinical_note() -> None:
    patient = make_patient(clinical_note="canary")
    seen = access.patient_for(make_desk(), patient.reference)
    assert "clinical_note" in seen.get_deferred_fields()
