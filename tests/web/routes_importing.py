"""Arguments of the addresses of the import."""

from typing import Any

from patients.models import ImportRun
from tests import factories
from tests.web.routes import World, maker


@maker("importing:run")
@maker("importing:begin")
@maker("importing:step")
@maker("importing:cancel")
def run(_world: World) -> dict[str, Any]:
    made = ImportRun.objects.create(
        source="jane", label="Jane", date_order="dmy", started_at=factories.NOW
    )
    return {"number": made.pk}


@maker("importing:rest")
def rest(world: World) -> dict[str, Any]:
    return {**run(world), "kind": "refused"}
