"""Timing two things in turn, and the table they end up in.

A row is judged by CPU time: of this process and of its database connection, which
neighbours on the machine lengthen little. For one client on an idle machine that is
the time it waits; the wall times stand beside it. What many clients do at once, and
what a remote database does, can only be judged by the wall.
"""

import gc
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.clock import Cost, once
from benchmarks.yardstick import Yardstick


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; times in milliseconds.

    `machine` is how many times as long this machine takes as the one the limits in
    milliseconds are from (`benchmarks.yardstick`).
    """

    name: str
    ours: Sequence[Cost]
    floor: Sequence[Cost] = ()
    limit: float | None = None
    limit_ms: float | None = None
    limit_p50_ms: float | None = None
    machine: float = 1.0
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
            kept.append(self.ours_p95_ms <= self.limit_ms * self.machine)
        if self.limit_p50_ms is not None:
            kept.append(self.ours_ms <= self.limit_p50_ms * self.machine)
        if self.limit_mb is not None:
            kept.append(self.grown_mb <= self.limit_mb)
        return all(kept) if kept else None

    def _median(self, costs: Sequence[Cost]) -> float:
        return statistics.median(self._judged(cost) for cost in costs)

    def _judged(self, cost: Cost) -> float:
        return cost.wall_ms if self.by_wall else cost.cpu_ms


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
    """Run both in turn, three times unmeasured first.

    With a limit in milliseconds the yardstick takes its turn as well.
    """
    yardstick = Yardstick() if limit_ms or limit_p50_ms else None
    own_costs: list[Cost] = []
    floor_costs: list[Cost] = []
    for turn in range(rounds + 3):
        gc.collect()
        own_cost = once(ours)
        floor_cost = once(floor) if floor else None
        if turn >= 3:
            own_costs.append(own_cost)
            floor_costs += [floor_cost] if floor_cost else []
            if yardstick:
                yardstick.look()
    return Row(
        name=name,
        ours=own_costs,
        floor=floor_costs,
        limit=limit,
        limit_ms=limit_ms,
        limit_p50_ms=limit_p50_ms,
        machine=yardstick.factor if yardstick else 1.0,
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
        f"{'wall p50':>9} {'floor':>8} {'ratio':>6} {'limit':>26}"
    ]
    for row in rows:
        floor = f"{row.floor_ms:8.2f}" if row.floor_ms else " " * 8
        ratio = f"{row.ratio:6.2f}" if row.ratio else " " * 6
        limit = ", ".join(
            [
                *([f"{row.limit:.3g} x"] if row.limit else []),
                *([_here("p95", row.limit_ms, row)] if row.limit_ms else []),
                *([_here("p50", row.limit_p50_ms, row)] if row.limit_p50_ms else []),
                *([f"+{row.limit_mb} MB"] if row.limit_mb else []),
            ]
        )
        word = {True: "holds", False: "MISSED", None: ""}[row.holds]
        lines.append(
            f"{row.name + ('*' if row.by_wall else ''):<52} {row.ours_ms:9.2f} "
            f"{row.ours_p95_ms:8.2f} {row.wall_ms:9.2f} {floor} {ratio} {limit:>26}  "
            f"{word} {row.note}".rstrip()
        )
    return "\n".join(lines)


def _here(name: str, limit_ms: float, row: Row) -> str:
    """The limit as it was set, times what this machine takes longer."""
    return f"{name} {limit_ms:g} x{row.machine:.1f} = {limit_ms * row.machine:.0f}"
