"""The rows of the interval rule: which one counts, and its days (CLINICAL 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clinic.rules.sourced import Measure, Note, Provenance, Row, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Days to the next session in the same zone, counted as calendar days.

    `warn_above` is None where no longest gap was studied. `deeper_than` in mm
    sets the row apart from the one without it.
    """

    key: str
    name: str
    scalp: bool
    deeper_than: Measure | None
    block_below: Measure
    warn_below: Measure
    warn_above: Measure | None
    note: Note | None
    origin: Provenance

    @property
    def block_below_days(self) -> int:
        """A gap of fewer days is refused."""
        return int(self.block_below.value)

    @property
    def warn_below_days(self) -> int:
        """A gap of fewer days needs confirmation."""
        return int(self.warn_below.value)

    @property
    def warn_above_days(self) -> int | None:
        """A gap of more days needs confirmation, if there is such a limit."""
        return int(self.warn_above.value) if self.warn_above else None


def load(rows: Sequence[Row], sources: Mapping[str, Source]) -> tuple[Interval, ...]:
    """All rows, deepest first; refuses a book without a row for every case."""
    intervals = sorted((_interval(row) for row in rows), key=_deepest_first)
    for scalp in (True, False):
        if not any(i.scalp is scalp and i.deeper_than is None for i in intervals):
            rows[0].fail("A row without a depth is missing for the scalp or elsewhere.")
    return tuple(intervals)


def _deepest_first(interval: Interval) -> Decimal:
    return -interval.deeper_than.value if interval.deeper_than else Decimal(0)


def _interval(row: Row) -> Interval:
    interval = Interval(
        key=row.key,
        name=row.text("name"),
        scalp=row.flag("scalp"),
        deeper_than=row.measure_or_none("deeper_than"),
        block_below=row.measure("block_below"),
        warn_below=row.measure("warn_below"),
        warn_above=row.measure_or_none("warn_above"),
        note=row.note_or_none("note"),
        origin=row.provenance(),
    )
    row.finish()
    limits = [interval.block_below, interval.warn_below, interval.warn_above]
    stated = [limit for limit in limits if limit]
    if any(limit.unit != "days" for limit in stated):
        row.fail("Gaps are counted in days.")
    if [limit.value for limit in stated] != sorted(limit.value for limit in stated):
        row.fail("The limits do not ascend.")
    return interval


def chosen(
    intervals: Sequence[Interval], *, scalp: bool, depth_mm: Decimal | None
) -> Interval:
    """The row that counts; an unknown depth counts as the deepest."""
    return next(
        interval
        for interval in intervals
        if interval.scalp is scalp
        and (
            depth_mm is None
            or interval.deeper_than is None
            or depth_mm > interval.deeper_than.value
        )
    )
