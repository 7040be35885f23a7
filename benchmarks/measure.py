"""Timing two things in turn, and the table they end up in.

A row is judged by CPU time: of this process and of its database connection, which
neighbours on the machine lengthen little. For one client on an idle machine that is
the time it waits; the wall times stand beside it. What many clients do at once, and
what a remote database does, can only be judged by the wall.
"""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run took, in milliseconds."""

    wall_ms: float
    cpu_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; times in milliseconds."""

    name: str
    ours: Sequence[Cost]
    floor: Sequence[Cost] = ()
    limit: float | None = None
    limit_ms: float | None = None
    limit_p50_ms: float | None = None
    by_wall: bool = False
    grown_mb: int = 0
    limit_mb: int | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours against the floor, None without a floor."""
        if not self.floor:
            return None
        return self._median(self.ours) / self._median(self.floor)

    @property
    def ours_ms(self) -> float:
        """The median of what is judged."""
        return self._median(self.ours)

    @property
    def ours_p95_ms(self) -> float:
        """The p95 of what is judged."""
        return percentile([self._judged(cost) for cost in self.ours], 95)

    @property
    def wall_ms(self) -> float:
        """The median by the clock on the wall."""
        return statistics.median(cost.wall_ms for cost in self.ours)

    @property
    def floor_ms(self) -> float | None:
        """The median of the floor."""
        return self._median(self.floor) if self.floor else None

    @property
    def holds(self) -> bool | None:
        """Whether the row keeps its limits, None when it has none."""
        kept = []
        if self.limit is not None and self.ratio is not None:
            kept.append(self.ratio <= self.limit)
        if self.limit_ms is not None:
            kept.append(self.ours_p95_ms <= self.limit_ms)
        if self.limit_p50_ms is not None:
            kept.append(self.ours_ms <= self.limit_p50_ms)
        if self.limit_mb is not None:
            kept.append(self.grown_mb <= self.limit_mb)
        return all(kept) if kept else None

    def _median(self, costs: Sequence[Cost]) -> float:
        return statistics.median(self._judged(cost) for cost in costs)

    def _judged(self, cost: Cost) -> float:
        return cost.wall_ms if self.by_wall else cost.cpu_ms


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


def compare(
    name: str,
    *,
    ours: Callable[[], object],
    floor: Callable[[], object] | None = None,
    rounds: int = 40,
    limit: float | None = None,
    limit_ms: float | None = None,
    limit_p50_ms: float | None = None,
    note: str = "",
) -> Row:
    """Run both in turn, three times unmeasured first."""
    own_costs: list[Cost] = []
    floor_costs: list[Cost] = []
    for turn in range(rounds + 3):
        gc.collect()
        own_cost = once(ours)
        floor_cost = once(floor) if floor else None
        if turn >= 3:
            own_costs.append(own_cost)
            floor_costs += [floor_cost] if floor_cost else []
    return Row(
        name=name,
        ours=own_costs,
        floor=floor_costs,
        limit=limit,
        limit_ms=limit_ms,
        limit_p50_ms=limit_p50_ms,
        note=note,
    )


def percentile(times: Sequence[float], share: int) -> float:
    """The nearest-rank percentile."""
    ranked = sorted(times)
    return ranked[min(len(ranked) - 1, round(share / 100 * (len(ranked) - 1)))]


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text."""
    lines = [
        f"{'work (ms of CPU, * of the wall)':<52} {'ours p50':>9} {'p95':>8} "
        f"{'wall p50':>9} {'floor':>8} {'ratio':>6} {'limit':>15}"
    ]
    for row in rows:
        floor = f"{row.floor_ms:8.2f}" if row.floor_ms else " " * 8
        ratio = f"{row.ratio:6.2f}" if row.ratio else " " * 6
        limit = ", ".join(
            [
                *([f"{row.limit:.3g} x"] if row.limit else []),
                *([f"p95 {row.limit_ms:g}"] if row.limit_ms else []),
                *([f"p50 {row.limit_p50_ms:g}"] if row.limit_p50_ms else []),
                *([f"+{row.limit_mb} MB"] if row.limit_mb else []),
            ]
        )
        word = {True: "holds", False: "MISSED", None: ""}[row.holds]
        lines.append(
            f"{row.name + ('*' if row.by_wall else ''):<52} {row.ours_ms:9.2f} "
            f"{row.ours_p95_ms:8.2f} {row.wall_ms:9.2f} {floor} {ratio} {limit:>15}  "
            f"{word} {row.note}".rstrip()
        )
    return "\n".join(lines)
