"""What one run of a piece of work takes: on the wall, and of CPU."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run took, in milliseconds."""

    wall_ms: float
    cpu_ms: float


def once(work: Callable[[], object]) -> Cost:
    """What one run takes."""
    database = _database_ns()
    own, wall = time.process_time_ns(), time.perf_counter_ns()
    work()
    wall_ns, own_ns = time.perf_counter_ns() - wall, time.process_time_ns() - own
    spent = _database_ns()
    if database is None or spent is None:
        return Cost(wall_ms=wall_ns / 1e6, cpu_ms=wall_ns / 1e6)
    return Cost(wall_ms=wall_ns / 1e6, cpu_ms=(own_ns + spent - database) / 1e6)


def _database_ns() -> int | None:
    """CPU time of our database connection so far; None where it is not told."""
    if connection.connection is None:
        return 0
    process = connection.connection.info.backend_pid
    try:
        told = Path(f"/proc/{process}/schedstat").read_text(encoding="ascii")
    except OSError:
        return None
    return int(told.split()[0])
