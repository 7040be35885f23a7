"""Saying why a slot was taken, and what to mind about it."""

from datetime import date

from clinic.rules.freetime import DayResources, DayStarts, Place
from clinic.rules.series.reasons import Code, Reason, reason
from clinic.rules.series.search import Ask, Finder, Found
from clinic.rules.series.shape import Check, Named, Slot, Wishes


def explain(finder: Finder, ask: Ask, found: Found) -> tuple[Reason, ...]:
    """Why this day and time, then why another person, else room, else device."""
    return (
        *_day_reasons(finder, ask, found),
        *_change_reasons(finder, ask.like, found.place),
    )


def _day_reasons(finder: Finder, ask: Ask, found: Found) -> tuple[Reason, ...]:
    wishes, day = finder.wishes, found.place.day
    weekdays = tuple(sorted(wishes.weekdays))
    part = wishes.part_of_day.name if wishes.part_of_day else ""
    if not found.as_wished:
        return _missed(found, weekdays, part)
    if ask.target is None:
        code = Code.FIRST_FREE if ask.like is None else Code.NEXT_FREE
        first = reason(code, weekdays=weekdays, part=part)
        return (*_kept_off(finder, ask, day), first)
    ideal = finder.ideal(ask)
    if day != ideal:
        shift = (day - ideal).days
        code = Code.LATER if shift > 0 else Code.EARLIER
        because = blame(finder, ideal, ask.like, number=ask.number)
        return (because, reason(code, days=abs(shift)))
    if day != ask.target and weekdays:
        gap = (ask.target - (ask.after or ask.target)).days
        return (reason(Code.NEAREST_WEEKDAY, weekdays=weekdays, days=gap),)
    gap = (day - ask.after).days if ask.after else 0
    return (reason(Code.ON_TIME, days=gap, number=ask.number - 1),)


def _missed(found: Found, weekdays: tuple[int, ...], part: str) -> tuple[Reason, ...]:
    missed = []
    if not found.on_weekday:
        weekday = found.place.day.weekday()
        missed.append(reason(Code.OTHER_WEEKDAY, weekdays=weekdays, weekday=weekday))
    if not found.in_part:
        kept = weekdays if found.on_weekday else ()
        missed.append(reason(Code.OTHER_PART, weekdays=kept, part=part))
    return tuple(missed)


def _kept_off(finder: Finder, ask: Ask, day: date) -> tuple[Reason, ...]:
    """The other session for which the first days were passed over."""
    passed = [
        one.other_on
        for one in finder.wishes.shut
        if one.number == ask.number
        and one.first_day < day
        and one.last_day >= ask.earliest
    ]
    if passed:
        return (reason(Code.AROUND_OTHER, other=max(passed)),)
    return ()


def blame(finder: Finder, day: date, like: Slot | None, *, number: int) -> Reason:
    """Why a day was not taken though it was the one to take."""
    shut = finder.shut(number, day)
    if shut is not None:
        return reason(Code.OTHER_SESSION, day=day, other=shut.other_on)
    resources, starts = finder.days.get(day), finder.starts(day)
    if resources is None or starts is None:
        return reason(Code.NOT_BOOKABLE, day=day)
    if finder.away(day):
        return reason(Code.PATIENT_AWAY, day=day)
    if not resources.open:
        return reason(Code.CLOSED, day=day, why=resources.closed)
    part = finder.wishes.part_of_day
    if part and starts.anywhere and not starts.anywhere & finder.part:
        return reason(Code.PART_FULL, part=part.name, day=day)
    return _shortage(finder, resources, starts, like)


def _shortage(
    finder: Finder, resources: DayResources, starts: DayStarts, like: Slot | None
) -> Reason:
    wishes, day, part = finder.wishes, resources.day, finder.part
    if starts.anywhere & part and like:
        return _absence(wishes, resources, like.practitioner)
    if not any(mask & part for mask in starts.practitioners.values()):
        if len(wishes.practitioners) == 1:
            return _absence(wishes, resources, wishes.practitioners[0].id)
        return reason(Code.NOBODY_FREE, day=day)
    if not any(mask & part for mask in starts.rooms.values()):
        return _taken(wishes.rooms, day, Code.ROOM_TAKEN, Code.ROOMS_TAKEN)
    if wishes.devices and not any(mask & part for mask in starts.devices.values()):
        return _taken(wishes.devices, day, Code.DEVICE_TAKEN, Code.DEVICES_TAKEN)
    return reason(Code.FULL, day=day)


def _absence(wishes: Wishes, resources: DayResources, practitioner: int) -> Reason:
    who = resources.practitioners.get(practitioner)
    name = name_of(wishes.practitioners, practitioner)
    if who is not None and not who.may:
        return reason(Code.NOT_QUALIFIED, name=name, day=resources.day)
    here = who is not None and who.works & resources.open
    code = Code.PRACTITIONER_BUSY if here else Code.PRACTITIONER_AWAY
    return reason(code, name=name, day=resources.day)


def _taken(named: tuple[Named, ...], day: date, one: Code, several: Code) -> Reason:
    if len(named) == 1:
        return reason(one, name=named[0].name)
    return reason(several, day=day)


def _change_reasons(
    finder: Finder, like: Slot | None, place: Place
) -> tuple[Reason, ...]:
    if like is None:
        return ()
    wishes = finder.wishes
    if place.practitioner != like.practitioner:
        absent = _absence(wishes, finder.days[place.day], like.practitioner)
        name = name_of(wishes.practitioners, place.practitioner)
        return (absent, reason(Code.INSTEAD, name=name))
    if place.room != like.room:
        return (reason(Code.ROOM_TAKEN, name=name_of(wishes.rooms, like.room)),)
    if like.device is not None and place.device != like.device:
        return (reason(Code.DEVICE_TAKEN, name=name_of(wishes.devices, like.device)),)
    return ()


def name_of(named: tuple[Named, ...], key: int) -> str:
    """The name of one of the allowed ones, empty for a stranger."""
    return next((one.name for one in named if one.id == key), "")


def warnings(wishes: Wishes, day: date, gap_days: int | None) -> tuple[Reason, ...]:
    """What to mind about a session on that day, after that gap."""
    minded = [
        reason(Code.HEALS_WHILE_AWAY, label=away.label, day=away.first_day)
        for away in wishes.away
        if (away.first_day - day).days < wishes.healing_days and away.last_day >= day
    ]
    if gap_days is None:
        return tuple(minded)
    shortest = max(wishes.smallest_days, wishes.spacing.warn_below_days)
    limits = [wishes.gap.greatest_days, wishes.spacing.warn_above_days]
    longest = min(limit for limit in limits if limit is not None)
    if gap_days < shortest:
        minded.append(reason(Code.SHORT_GAP, days=gap_days, limit=shortest))
    if gap_days > longest:
        minded.append(reason(Code.LONG_GAP, days=gap_days, limit=longest))
    return tuple(minded)


def checks(wishes: Wishes, slots: tuple[Slot, ...]) -> tuple[Check, ...]:
    """The lines under a proposal: what holds, and every warning with its number."""
    lines = []
    gaps = [slot.gap_days for slot in slots if slot.gap_days is not None]
    if gaps and min(gaps) >= wishes.smallest_days:
        kept = reason(Code.GAPS_KEPT, days=wishes.smallest_days)
        lines.append(Check(holds=True, reason=kept))
    event = wishes.ready_before
    if event and slots:
        left = (event.day - slots[-1].day).days
        enough = left >= wishes.ready_margin_days
        code = Code.ENDS_BEFORE if enough else Code.TOO_CLOSE
        said = reason(code, days=left, event=event.label)
        lines.append(Check(holds=enough, reason=said))
    lines += (
        Check(holds=False, reason=warning, number=slot.number)
        for slot in slots
        for warning in slot.warnings
    )
    return tuple(lines)
