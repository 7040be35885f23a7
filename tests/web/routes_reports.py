"""Arguments of the addresses of the reports."""

from typing import Any

from tests.web.routes import World, maker


@maker("reports:csv")
def table(_world: World) -> dict[str, Any]:
    return {"table": "outcomes"}
