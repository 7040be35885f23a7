"""Proposing a whole series at once: every visit, or how many fit and what helps."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from clinic.rules.freetime import DayResources
from clinic.rules.series import why
from clinic.rules.series.reasons import Code, Reason, reason
from clinic.rules.series.search import Ask, Finder, Found
from clinic.rules.series.shape import Check, Named, Proposal, Slot, Wishes


def propose(wishes: Wishes, days: Iterable[DayResources]) -> Proposal:
    """All visits of a series, the later gaps counted from the slots chosen.

    `days` are the bookable days, without the visits that may be overwritten.
    When a day to be ready before is named, the gaps shrink toward the smallest
    as far as needed. If not all visits fit, the proposal holds those that do,
    and which single concession would let all of them fit.
    """
    finder = Finder(wishes, days)
    slots, gap_days = _best(finder)
    lines = why.checks(wishes, slots)
    preferred = _preferred(wishes)
    if gap_days < preferred and wishes.ready_before:
        label = wishes.ready_before.label
        closer = reason(
            Code.CLOSER_TOGETHER, days=gap_days, limit=preferred, event=label
        )
        lines = (Check(holds=True, reason=closer), *lines)
    return Proposal(
        slots=slots,
        wanted=wishes.sessions,
        checks=lines,
        relax=() if _ready(wishes, slots) else _relaxations(finder, slots),
    )


def _preferred(wishes: Wishes) -> int:
    return max(wishes.gap.preferred_days, wishes.smallest_days)


def _best(finder: Finder) -> tuple[tuple[Slot, ...], int]:
    """The series at the preferred gap or the first tighter one that is ready.

    With it the gap that was aimed at. If none is ready, the fullest, and of
    those the one that ends first.
    """
    wishes, gap_days = finder.wishes, _preferred(finder.wishes)
    best = tuple(_series(finder, gap_days))
    if wishes.ready_before is None or not best or _ready(wishes, best):
        return best, gap_days
    for tighter in _tighter(wishes, best[0].day):
        slots = tuple(_series(finder, tighter))
        if _ready(wishes, slots):
            return slots, tighter
        if (len(slots), best[-1].day) > (len(best), slots[-1].day):
            best, gap_days = slots, tighter
    return best, gap_days


def _tighter(wishes: Wishes, first: date) -> list[int]:
    """Gaps that end before the event, widest first; whole weeks for weekdays."""
    if wishes.ready_before is None or wishes.sessions == 1:
        return []
    last = wishes.ready_before.day - timedelta(days=wishes.ready_margin_days)
    needed = (last - first).days // (wishes.sessions - 1)
    weeks = needed // 7 * 7
    gaps = {needed, weeks, weeks - 7, wishes.smallest_days}
    allowed = range(wishes.smallest_days, _preferred(wishes))
    return sorted((gap for gap in gaps if gap in allowed), reverse=True)


def _ready(wishes: Wishes, slots: tuple[Slot, ...]) -> bool:
    """Whether the series is complete and ends early enough before the event."""
    if len(slots) < wishes.sessions:
        return False
    event = wishes.ready_before
    return event is None or (
        (event.day - slots[-1].day).days >= wishes.ready_margin_days
    )


def _series(finder: Finder, gap_days: int) -> Iterator[Slot]:
    """Visits one after the other until one does not fit."""
    before: Slot | None = None
    for number in range(1, finder.wishes.sessions + 1):
        ask = asked(finder, number=number, before=before, gap_days=gap_days)
        found = finder.find(ask)
        if found is None:
            return
        before = slot_of(finder, ask, found)
        yield before


def asked(finder: Finder, *, number: int, before: Slot | None, gap_days: int) -> Ask:
    """Where to look for a visit: after the one before it, or from the start."""
    wishes = finder.wishes
    latest = finder.last_day
    if wishes.ready_before:
        latest = min(latest, wishes.ready_before.day - timedelta(days=1))
    if before is None:
        return Ask(
            number=number,
            earliest=first_day(wishes),
            latest=latest,
            after=wishes.previous_on,
        )
    greatest = max(wishes.gap.greatest_days, wishes.smallest_days)
    return Ask(
        number=number,
        earliest=before.day + timedelta(days=wishes.smallest_days),
        latest=min(latest, before.day + timedelta(days=greatest)),
        target=before.day + timedelta(days=gap_days),
        after=before.day,
        like=before,
    )


def first_day(wishes: Wishes) -> date:
    """The first day allowed for the first visit."""
    if wishes.previous_on is None:
        return wishes.start_on
    after = wishes.previous_on + timedelta(days=wishes.smallest_days)
    return max(wishes.start_on, after)


def slot_of(finder: Finder, ask: Ask, found: Found) -> Slot:
    """The found place as a slot, with its gap, reasons and warnings."""
    wishes, place = finder.wishes, found.place
    gap = None if ask.after is None else (place.day - ask.after).days
    return Slot(
        number=ask.number,
        day=place.day,
        minute=place.minute,
        practitioner=place.practitioner,
        room=place.room,
        device=place.device,
        gap_days=gap,
        why=why.explain(finder, ask, found),
        warnings=why.warnings(wishes, place.day, gap),
    )


def _relaxations(finder: Finder, slots: tuple[Slot, ...]) -> tuple[Reason, ...]:
    """Concessions that were tried one by one and help; fewer sessions last."""
    wishes, helpful = finder.wishes, []
    for code, changed in _concessions(finder):
        tried, _gap = _best(finder.with_wishes(changed))
        if _ready(changed, tried):
            helpful.append(_conceded(code, wishes, tried))
    if len(slots) == wishes.sessions:
        return tuple(helpful)
    if slots:
        fewer = reason(Code.FEWER, number=len(slots), wanted=wishes.sessions)
        helpful.append(fewer)
    start = slots[-1].day if slots else first_day(wishes)
    if start + timedelta(days=wishes.gap.greatest_days) > finder.last_day:
        helpful.append(reason(Code.CALENDAR_ENDS, day=finder.last_day))
    return tuple(helpful)


def _concessions(finder: Finder) -> Iterator[tuple[Code, Wishes]]:
    """Each single concession that the wishes leave room for."""
    wishes = finder.wishes
    if wishes.weekdays or wishes.part_of_day:
        yield Code.ANY_TIME, replace(wishes, weekdays=frozenset(), part_of_day=None)
    people = {key for day in finder.days.values() for key in day.practitioners}
    rooms = {key for day in finder.days.values() for key in day.rooms}
    if more := _others(wishes.practitioners, people):
        everybody = wishes.practitioners + more
        yield Code.ANY_PRACTITIONER, replace(wishes, practitioners=everybody)
    if more := _others(wishes.rooms, rooms):
        yield Code.ANY_ROOM, replace(wishes, rooms=wishes.rooms + more)
    whole = (finder.last_day - wishes.start_on).days
    if whole > wishes.gap.greatest_days:
        yield (
            Code.LONGER_GAP,
            replace(wishes, gap=replace(wishes.gap, greatest_days=whole)),
        )
    if wishes.ready_before:
        yield Code.AFTER_THE_EVENT, replace(wishes, ready_before=None)


def _others(named: tuple[Named, ...], present: set[int]) -> tuple[Named, ...]:
    known = {one.id for one in named}
    return tuple(Named(id=key, name="") for key in sorted(present - known))


def _conceded(code: Code, wishes: Wishes, slots: tuple[Slot, ...]) -> Reason:
    if code is Code.LONGER_GAP:
        return reason(code, days=max(slot.gap_days or 0 for slot in slots))
    if code is Code.AFTER_THE_EVENT and wishes.ready_before:
        event = wishes.ready_before.label
        return reason(code, event=event, day=slots[-1].day)
    return reason(code)
