"""Arguments of the addresses of a patient's overview and readings."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from sessions.models import Score, TreatmentSession
from tests import factories
from tests.web.routes import World, maker


@maker("progress:patient")
@maker("progress:scores")
@maker("progress:glance")
def patient(world: World) -> dict[str, Any]:
    return {"ref": world.patient.reference}


@maker("progress:score-new")
def condition(world: World) -> dict[str, Any]:
    row = factories.make_condition(patient=world.patient)
    return {"ref": world.patient.reference, "key": row.pk}


@maker("progress:score-withdraw")
def score(world: World) -> dict[str, Any]:
    row = Score.objects.create(
        patient=world.patient,
        condition=factories.make_condition(patient=world.patient),
        scale="gbq",
        variant="every row",
        value=8,
        rater="clinician",
        rated_on=factories.TODAY,
        rated_by=world.practitioner,
        recorded_at=factories.NOW,
    )
    return {"ref": world.patient.reference, "key": row.pk}


@maker("progress:calm")
def signed_session(world: World) -> dict[str, Any]:
    visit = factories.make_visit(
        patient=world.patient,
        practitioner=factories.make_practitioner(site=world.site),
        room=factories.make_room(site=world.site),
        by=world.desk,
        status="done",
        starts_at=factories.NOW - timedelta(days=28),
    )
    session = factories.make_session(visit=visit)
    consent = world.patient.consents.first() or factories.make_consent(
        patient=world.patient, taken_by=world.practitioner
    )
    TreatmentSession.objects.filter(pk=session.pk).update(
        screening=factories.make_screening(
            patient=world.patient, by=world.practitioner
        ),
        consent=consent,
        skin_clear_at=timezone.now(),
        signed_at=timezone.now(),
        signed_by=world.practitioner,
        signed_digest="0" * 64,
    )
    return {"ref": world.patient.reference, "session_ref": session.reference}
