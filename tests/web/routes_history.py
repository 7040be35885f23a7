"""Arguments of the addresses of health, screening and consent."""

from typing import Any

from clinic.rules.facts import Purpose
from patients.history.actions import screenings
from patients.history.actions.screenings import StartEntry
from patients.models import HistoryFact
from tests import factories
from tests.factories import NOW
from tests.web.routes import World, maker


@maker("history:health")
@maker("history:condition-add")
@maker("history:fact-add")
@maker("consent:list")
def patient(world: World) -> dict[str, Any]:
    return {"ref": world.patient.reference}


@maker("history:condition")
@maker("history:condition-status")
def condition(world: World) -> dict[str, Any]:
    made = factories.make_condition(patient=world.patient)
    return {"ref": world.patient.reference, "key": made.pk}


@maker("history:fact-end")
@maker("history:fact-withdraw")
def fact(world: World) -> dict[str, Any]:
    made = HistoryFact.objects.create(
        patient=world.patient, kind="isotretinoin", source="import", recorded_at=NOW
    )
    return {"ref": world.patient.reference, "key": made.pk}


@maker("history:screening")
@maker("history:screening-paper")
@maker("history:screening-override")
def screening(world: World) -> dict[str, Any]:
    made = factories.make_screening(patient=world.patient, by=world.practitioner)
    return {"ref": made.reference}


def draft_of(world: World) -> str:
    entry = StartEntry(purpose=Purpose.SESSION, for_date=NOW.date())
    made = screenings.start(
        patient=world.patient, entry=entry, by=world.practitioner, now=NOW
    )
    return str(made.reference)


@maker("history:screening-ask")
@maker("history:screening-numbing")
@maker("history:screening-discard")
@maker("history:hand-over")
@maker("history:tablet")
@maker("history:tablet-done")
def draft(world: World) -> dict[str, Any]:
    return {"ref": draft_of(world)}


@maker("history:screening-answer")
@maker("history:tablet-answer")
def question(world: World) -> dict[str, Any]:
    return {"ref": draft_of(world), "key": "metal_allergy"}


@maker("consent:take")
@maker("consent:hand-over")
@maker("consent:tablet")
@maker("consent:tablet-done")
def kind_of_consent(world: World) -> dict[str, Any]:
    factories.make_consent_text()
    return {"ref": world.patient.reference, "kind": "treatment"}


@maker("consent:withdraw")
@maker("consent:paper")
def consent(world: World) -> dict[str, Any]:
    made = world.patient.consents.first() or factories.make_consent(
        patient=world.patient, taken_by=world.practitioner
    )
    return {"ref": world.patient.reference, "key": made.pk}


@maker("consent:text")
def consent_text(_world: World) -> dict[str, Any]:
    factories.make_consent_text()
    return {"kind": "treatment", "language": "en"}
