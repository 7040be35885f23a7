"""The progress report, put together from its parts as plain values."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sessions.reports.filters import Filters
from sessions.reports.queries import harm, keeping, outcomes, use
from sessions.reports.queries.harm import Kind, Rate
from sessions.reports.queries.keeping import Ended, Missed
from sessions.reports.queries.outcomes import Group, Outcomes
from sessions.reports.queries.use import Use

TELLING_POINTS = Decimal(5)  # how far a median must lie apart to be pointed out (P)


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """One thing worth looking at, found by a stated rule.

    `fell`: the condition's median fell by five points or more against the period
    before. `deeper`: plans that went past their protocol in some zone improved at
    least five points less than those that did not. Both groups have ten or more.
    """

    kind: str
    condition: str
    here: Group
    there: Group

    @property
    def points(self) -> Decimal:
        """How far the two medians lie apart."""
        return abs((self.here.median or Decimal(0)) - (self.there.median or Decimal(0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Every figure of the page, for the period and the one before it."""

    filters: Filters
    counted_at: datetime
    now: Outcomes
    before: Outcomes
    ended: Ended
    ended_before: Ended
    ended_months: tuple[Ended, ...]
    staying: tuple[Decimal, ...]
    staying_before: tuple[Decimal, ...]
    missed: Missed
    missed_before: Missed
    missed_slots: tuple[Missed, ...]
    missed_months: tuple[Missed, ...]
    rooms: tuple[Use, ...]
    people: tuple[Use, ...]
    harm: Rate
    harm_months: tuple[Rate, ...]
    harm_kinds: tuple[Kind, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was done in the period at all."""
        return not self.harm.sessions and not self.missed.visits

    @property
    def insight(self) -> Insight | None:
        """The widest of all telling differences."""
        found = [*_deeper(self.now), *_fell(self.now, self.before)]
        return max(found, key=lambda one: one.points, default=None)


def progress(filters: Filters, *, now: datetime) -> Report:
    """Count everything; a fixed number of statements, whatever the filters."""
    before = filters.before()
    ended, ended_months = keeping.ended(filters)
    missed, slots, missed_months = keeping.missed(filters)
    rate, rate_months = harm.rate(filters)
    return Report(
        filters=filters,
        counted_at=now,
        now=outcomes.outcomes(filters),
        before=outcomes.by_condition(before),
        ended=ended,
        ended_before=keeping.ended(before)[0],
        ended_months=ended_months,
        staying=keeping.staying(filters),
        staying_before=keeping.staying(before),
        missed=missed,
        missed_before=keeping.missed_whole(before),
        missed_slots=slots,
        missed_months=missed_months,
        rooms=use.rooms(filters),
        people=use.people(filters),
        harm=rate,
        harm_months=rate_months,
        harm_kinds=harm.kinds(filters),
    )


def _deeper(now: Outcomes) -> list[Insight]:
    found = []
    for condition in now.conditions:
        past = now.by_protocol.get((condition, True))
        within = now.by_protocol.get((condition, False))
        if _telling(past, within):
            found.append(_insight("deeper", condition, past, within))
    return [one for one in found if one is not None]


def _fell(now: Outcomes, before: Outcomes) -> list[Insight]:
    found = []
    for condition, group in now.conditions.items():
        earlier = before.conditions.get(condition)
        if _telling(group, earlier):
            found.append(_insight("fell", condition, group, earlier))
    return [one for one in found if one is not None]


def _telling(less: Group | None, more: Group | None) -> bool:
    if less is None or more is None or less.median is None or more.median is None:
        return False
    return more.median - less.median >= TELLING_POINTS


def _insight(
    kind: str, condition: str, here: Group | None, there: Group | None
) -> Insight | None:
    if here is None or there is None:
        return None
    return Insight(kind=kind, condition=condition, here=here, there=there)
