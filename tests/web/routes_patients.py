"""Arguments of the addresses of patients."""

from typing import Any

from tests.web.routes import World, maker


@maker("records:edit")
@maker("records:log")
@maker("records:break-glass")
def patient(world: World) -> dict[str, Any]:
    return {"ref": world.patient.reference}
