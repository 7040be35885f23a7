"""Timing two things in turn, and the table they end up in."""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; times in milliseconds."""

    name: str
    ours_ms: float
    ours_p95_ms: float
    floor_ms: float | None = None
    limit: float | None = None
    limit_ms: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours against the floor, None without a floor."""
        return None if not self.floor_ms else self.ours_ms / self.floor_ms

    @property
    def holds(self) -> bool | None:
        """Whether the row keeps its limit, None when it has none."""
        kept = []
        if self.limit is not None and self.ratio is not None:
            kept.append(self.ratio <= self.limit)
        if self.limit_ms is not None:
            kept.append(self.ours_p95_ms <= self.limit_ms)
        return all(kept) if kept else None


def once(work: Callable[[], object]) -> float:
    """Milliseconds of one run."""
    started = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - started) / 1e6


def compare(
    name: str,
    *,
    ours: Callable[[], object],
    floor: Callable[[], object] | None = None,
    rounds: int = 40,
    limit: float | None = None,
    limit_ms: float | None = None,
    note: str = "",
) -> Row:
    """Run both in turn, three times unmeasured first; medians and p95."""
    own_times: list[float] = []
    floor_times: list[float] = []
    gc.collect()
    for turn in range(rounds + 3):
        own_time = once(ours)
        floor_time = once(floor) if floor else 0.0
        if turn >= 3:
            own_times.append(own_time)
            floor_times.append(floor_time)
    return Row(
        name=name,
        ours_ms=statistics.median(own_times),
        ours_p95_ms=percentile(own_times, 95),
        floor_ms=statistics.median(floor_times) if floor else None,
        limit=limit,
        limit_ms=limit_ms,
        note=note,
    )


def percentile(times: Sequence[float], share: int) -> float:
    """The nearest-rank percentile."""
    ranked = sorted(times)
    return ranked[min(len(ranked) - 1, round(share / 100 * (len(ranked) - 1)))]


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text."""
    lines = [
        f"{'work':<44} {'ours p50':>9} {'p95':>8} {'floor':>8} {'ratio':>6} "
        f"{'limit':>12}"
    ]
    for row in rows:
        floor = f"{row.floor_ms:8.2f}" if row.floor_ms else " " * 8
        ratio = f"{row.ratio:6.2f}" if row.ratio else " " * 6
        limit = ", ".join(
            [
                *([f"{row.limit:g} x"] if row.limit else []),
                *([f"{row.limit_ms:g} ms"] if row.limit_ms else []),
            ]
        )
        word = {True: "holds", False: "MISSED", None: ""}[row.holds]
        lines.append(
            f"{row.name:<44} {row.ours_ms:9.2f} {row.ours_p95_ms:8.2f} {floor} "
            f"{ratio} {limit:>12}  {word} {row.note}".rstrip()
        )
    return "\n".join(lines)
