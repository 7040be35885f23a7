"""Arguments of the addresses of plans and visits."""

from typing import Any

from tests.web.routes import World, maker


@maker("booking:plan")
@maker("booking:plan-status")
def plan(world: World) -> dict[str, Any]:
    return {"ref": world.plan.reference}


@maker("booking:edit-plan")
def plan_to_book(world: World) -> dict[str, Any]:
    plan = world.plan
    plan.status = "to_book"
    plan.save(update_fields=["status"])
    return {"ref": plan.reference}


@maker("booking:visit")
@maker("booking:step")
@maker("booking:cancel")
@maker("booking:move")
@maker("booking:undo-move")
def visit(world: World) -> dict[str, Any]:
    return {"ref": world.visit.reference}


@maker("booking:patient-plans")
def patient(world: World) -> dict[str, Any]:
    return {"ref": world.patient.reference}


@maker("plans:protocol")
def protocol(world: World) -> dict[str, Any]:
    return {"key": world.plan.protocol_id}
