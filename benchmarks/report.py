"""The owner's report of one year out of four: 100,000 sessions in ten zones each.

The floor is the same statements sent bare through psycopg2, their rows fetched
and thrown away. Cold is the first report on a new connection.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection

from benchmarks import yardstick, years
from benchmarks.clock import once
from benchmarks.measure import Row, compare
from sessions.models import ZoneTreatment
from sessions.reports import filters, report
from tests import factories

ROUNDS, COLD_ROUNDS = 10, 5


def run() -> list[Row]:
    """Two rows of the table: again and again, and cold."""
    years.fill()
    wanted = filters.read({}, today=factories.TODAY)

    def ours() -> object:
        return report.progress(wanted, now=factories.NOW)

    cold = []
    for _again in range(COLD_ROUNDS):
        connection.close()
        connection.ensure_connection()
        cold.append(once(ours))
    zones = ZoneTreatment.objects.count()
    return [
        compare(
            f"owner's report, {zones:,} zone treatments",
            ours=ours,
            floor=_bare(ours),
            rounds=ROUNDS,
            limit=2,
        ),
        Row(
            name="the same, cold",
            ours=cold,
            limit_ms=1_000,
            machine=yardstick.factor(),
        ),
    ]


def _bare(work: Callable[[], object]) -> Callable[[], object]:
    """What the work asks of the database, and nothing else."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, values: Any, *rest: Any) -> Any:
        asked.append((sql, values))
        return execute(sql, values, *rest)

    with connection.execute_wrapper(note):
        work()

    def ask() -> None:
        with connection.connection.cursor() as cursor:
            for sql, values in asked:
                cursor.execute(sql, values)
                cursor.fetchall()

    return ask
