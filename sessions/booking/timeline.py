"""The drawing of a proposed plan: its marks, closures, journeys and occasion."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from clinic.rules.freetime import DayResources
from clinic.rules.series import Away, Event
from clinic.web.charts.planning import Closure, Occasion, PlannedMark, PlanPicture


def picture(
    marks: Sequence[PlannedMark],
    *,
    days: Sequence[DayResources],
    aways: Iterable[Away],
    ready: Event | None,
    healing_days: int,
    today: date,
) -> PlanPicture:
    """The whole plan on one line, with what it steers around."""
    return PlanPicture(
        sessions=tuple(marks),
        healing_days=healing_days,
        today=today,
        closures=(*_closed(days), *_away(aways)),
        occasion=Occasion(on=ready.day, words=ready.label) if ready else None,
    )


def _away(aways: Iterable[Away]) -> Iterator[Closure]:
    for away in aways:
        yield Closure(first=away.first_day, last=away.last_day, words=away.label)


def _closed(days: Sequence[DayResources]) -> Iterator[Closure]:
    """Runs of days on which the site is closed for a stated reason."""
    shut = [day for day in days if day.closed]
    start = shut[0].day if shut else date.min
    runs = groupby(
        enumerate(shut), key=lambda pair: (pair[1].day - start).days - pair[0]
    )
    for _offset, run in runs:
        closed = [day for _index, day in run]
        yield Closure(first=closed[0].day, last=closed[-1].day, words=closed[0].closed)


def without_depth(shown: PlanPicture) -> PlanPicture:
    """The drawing as the front desk sees it."""
    marks = tuple(PlannedMark(number=m.number, on=m.on) for m in shown.sessions)
    return replace(shown, sessions=marks)
