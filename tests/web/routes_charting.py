"""Arguments of the addresses of sessions, records and events."""

from typing import Any

from sessions.models import AdverseEvent
from tests.factories import NOW, TODAY
from tests.web.routes import World, maker


@maker("charting:start")
def visit(world: World) -> dict[str, Any]:
    return {"ref": world.visit.reference}


@maker("charting:safety")
@maker("charting:clear")
@maker("charting:override")
@maker("charting:take-over")
@maker("charting:treat")
@maker("charting:outcome")
@maker("charting:sign")
@maker("charting:tap")
@maker("charting:record")
@maker("charting:additions")
@maker("charting:event-new")
def session(world: World) -> dict[str, Any]:
    return {"ref": world.session.reference}


@maker("charting:event")
def event(world: World) -> dict[str, Any]:
    row = AdverseEvent.objects.create(
        patient=world.patient,
        session=world.session,
        kind="ERYTHEMA",
        onset_on=TODAY,
        grade=1,
        recorded_at=NOW,
        recorded_by=world.practitioner,
    )
    return {"ref": row.reference}


@maker("charting:patient-sessions")
def patient(world: World) -> dict[str, Any]:
    return {"ref": world.patient.reference}


@maker("charting:lot-patients")
def lot(world: World) -> dict[str, Any]:
    return {"key": world.lot.pk}
