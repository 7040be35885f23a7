"""Moving a visit, alone or with the rest of its plan: choices, preview, undo."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from clinic.rulebook.queries import effective_book
from clinic.rules import freetime, series, waiting
from clinic.rules.freetime import DayResources
from clinic.rules.interval import Planned
from clinic.rules.series import (
    Gap,
    MovePreview,
    Named,
    Shut,
    Slot,
    Spacing,
    To,
    Wishes,
)
from clinic.rules.series.search import Finder
from clinic.web.templatetags.formats import day_year
from sessions.booking import checks, earlier, qualified, queries
from sessions.booking.checks import Facts
from sessions.booking.earlier import planned_of
from sessions.booking.house import House, free_days, house_of, instants
from sessions.booking.models import Visit
from sessions.booking.slots import Pin

MOST_OPTIONS = 4
MOST_TIMES = 16
ANY_GAP = Gap(smallest_days=1, preferred_days=1, greatest_days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One free time for the moved visit."""

    pin: Pin
    starts_at: datetime
    practitioner: str
    room: str
    gap_days: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """All that the page of a move knows."""

    visit: Visit
    number: int
    house: House
    visits: dict[int, Visit]
    slots: tuple[Slot, ...]
    days: tuple[DayResources, ...]
    wishes: Wishes
    facts: Facts
    planned: dict[int, tuple[Planned, ...]]
    along: bool
    today: date
    anyhow: bool = False

    @property
    def by_hand(self) -> Wishes:
        """The wishes for a day somebody names; with `anyhow` no gap shuts one."""
        return replace(self.wishes, shut=()) if self.anyhow else self.wishes

    @property
    def slot(self) -> Slot:
        """The visit's own slot as it is."""
        return next(slot for slot in self.slots if slot.number == self.number)

    @property
    def has_rest(self) -> bool:
        """Whether later visits of the plan could move along."""
        return any(slot.number > self.number for slot in self.slots)


def read(visit: Visit, *, along: bool, now: datetime, anyhow: bool = False) -> Moving:
    """Read what a move rests on; about twenty queries.

    `anyhow` for who may plan past the gap rule.
    """
    site = visit.site
    today = now.astimezone(site.zone).date()
    visits, number = _series_of(visit)
    going = [v.pk for n, v in visits.items() if n == number or (along and n > number)]
    kind = visit.plan.protocol.device_kind if visit.plan and visit.device_id else ""
    house = house_of(site, book=effective_book().book, device_kind=kind)
    people = [person.pk for person in house.practitioners]
    facts = checks.read_facts(
        visit.patient, today=today, practitioners=people, leaving_out=going
    )
    planned = _planned(visits)
    own = tuple(_slots(visits, site.zone))
    days = free_days(house, now=now, patient_id=visit.patient_id, leaving_out=going)
    if visit.kind == checks.SESSION:
        deepest = max((z.mm for n in planned for z in planned[n] if z.mm), default=None)
        days = qualified.only_those_who_may(
            days, permits=facts.permits, depth_mm=deepest
        )
    return Moving(
        visit=visit,
        number=number,
        house=house,
        visits=visits,
        slots=own,
        days=days,
        wishes=_wishes(visit, house, facts, planned, own, today),
        facts=facts,
        planned=planned,
        along=along,
        today=today,
        anyhow=anyhow,
    )


def _planned(visits: dict[int, Visit]) -> dict[int, tuple[Planned, ...]]:
    """What each visit means to treat, by number."""
    keys = [v.planned_session_id for v in visits.values() if v.planned_session_id]
    found = planned_of(keys)
    return {n: found.get(v.planned_session_id or 0, ()) for n, v in visits.items()}


def _series_of(visit: Visit) -> tuple[dict[int, Visit], int]:
    """The visits of the plan that are still ahead, by number of the session."""
    if visit.plan_id is None or visit.planned_session is None:
        return {1: visit}, 1
    ahead = {
        other.planned_session.number: other
        for other in queries.open_visits_of_plan(plan_id=visit.plan_id)
        if other.planned_session is not None
    }
    number = visit.planned_session.number
    return {**ahead, number: visit}, number


def _slots(visits: dict[int, Visit], zone: Any) -> Iterator[Slot]:
    before: date | None = None
    for number, visit in sorted(visits.items()):
        wall = visit.starts_at.astimezone(zone)
        yield Slot(
            number=number,
            day=visit.day,
            minute=wall.hour * 60 + wall.minute,
            practitioner=visit.practitioner_id,
            room=visit.room_id,
            device=visit.device_id,
            gap_days=(visit.day - before).days if before else None,
        )
        before = visit.day


def _wishes(  # noqa: PLR0917  the parts of one search
    visit: Visit,
    house: House,
    facts: Facts,
    planned: dict[int, tuple[Planned, ...]],
    own: Sequence[Slot],
    today: date,
) -> Wishes:
    plan = visit.plan if visit.planned_session_id else None
    zones = [zone for several in planned.values() for zone in several]
    rows = [
        waiting.row_for(facts.book, zone=z.zone, mm=z.mm, condition=z.condition)
        for z in zones
    ]
    minutes = round((visit.ends_at - visit.starts_at).total_seconds() / 60)
    gap = ANY_GAP
    if plan is not None:
        gap = Gap(
            smallest_days=plan.protocol.gap_min_days,
            preferred_days=plan.gap_days,
            greatest_days=max(plan.protocol.gap_max_days, plan.gap_days),
        )
    return Wishes(
        sessions=max(len(own), 1),
        minutes=minutes,
        gap=gap,
        start_on=today,
        practitioners=_preferred(house.named_practitioners(), visit.practitioner_id),
        rooms=_preferred(house.named_rooms(), visit.room_id),
        devices=house.named_devices() if visit.device_id else (),
        previous_on=_previous_on(facts, zones, before=own[0].day),
        spacing=Spacing.of(rows),
        shut=tuple(_shut(visit, facts, planned, today)),
        every_minutes=freetime.STEP_MINUTES,
    )


def _shut(
    visit: Visit, facts: Facts, planned: dict[int, tuple[Planned, ...]], today: date
) -> Iterator[Shut]:
    """The days that other sessions of the same skin keep for themselves."""
    if visit.kind != checks.SESSION:
        return
    for number, zones in planned.items():
        yield from earlier.shut_days(
            facts.book,
            facts.others,
            number=number,
            planned=zones,
            plan_id=visit.plan_id,
            today=today,
        )


def _preferred(named: tuple[Named, ...], key: int) -> tuple[Named, ...]:
    return tuple(sorted(named, key=lambda one: one.id != key))


def _previous_on(facts: Facts, zones: list[Planned], *, before: date) -> date | None:
    codes = list(dict.fromkeys(zone.zone for zone in zones))
    days = [
        treated.on
        for other in facts.others
        if other.on < before
        for treated in other.treated(codes)
        if any(waiting.same_zone(facts.book, treated.zone, code) for code in codes)
    ]
    return max(days, default=None)


def preview(moving: Moving, to: Pin) -> MovePreview:
    """Every visit before and after; nothing is written."""
    return series.move(
        slots=moving.slots,
        number=moving.number,
        to=To(day=to.day, minute=to.minute),
        wishes=moving.by_hand,
        days=moving.days,
        along=moving.along,
    )


def options(moving: Moving, chosen: Pin | None) -> list[Option]:
    """The first free times: with the same person, on the same weekday, with another."""
    finder, slot = Finder(moving.wishes, moving.days), moving.slot
    found: dict[date, Slot] = {}
    kinds: dict[str, int] = {"same": 0, "weekday": 0, "other": 0}
    most = {"same": 2, "weekday": 1, "other": 1}
    for day in _days_ahead(moving):
        place = _place(finder, day, slot)
        if place is None or (place.day, place.minute) == (slot.day, slot.minute):
            continue
        kind = "same" if place.practitioner == slot.practitioner else "other"
        if kind == "same" and kinds["same"] >= most["same"]:
            kind = "weekday" if place.day.weekday() == slot.day.weekday() else ""
        if not kind or kinds[kind] >= most[kind]:
            continue
        kinds[kind] += 1
        found[place.day] = place
        if len(found) >= MOST_OPTIONS:
            break
    return [_option(moving, place, chosen) for _day, place in sorted(found.items())]


def times_of(moving: Moving, day: date, chosen: Pin | None) -> list[Option]:
    """The free times of one day, whoever is free."""
    finder = Finder(moving.by_hand, moving.days)
    starts = finder.starts(day)
    if starts is None:
        return []
    quarter = freetime.grid_mask(15)
    minutes = list(freetime.minutes_of(starts.anywhere & quarter))
    stride = max(-(-len(minutes) // MOST_TIMES), 1)
    found = []
    for minute in minutes[::stride]:
        place = finder.at(day, minute, moving.slot)
        if place is not None:
            found.append(_option(moving, _slot(place, moving.number), chosen))
    return found


def why_nothing(moving: Moving, day: date) -> str:
    """Why a day has no time to offer."""
    words = {"day": day_year(day)}
    if day < moving.today:
        return _("%(day)s has passed.") % words
    found = next((one for one in moving.days if one.day == day), None)
    if found is None:
        last = {"day": day_year(moving.days[-1].day)}
        return _("Visits can be booked until %(day)s.") % last
    if found.closed:
        return _("Closed on %(day)s: %(why)s.") % {**words, "why": found.closed}
    return _("Nothing is free on %(day)s.") % words


def _slot(place: freetime.Place, number: int) -> Slot:
    return Slot(
        number=number,
        day=place.day,
        minute=place.minute,
        practitioner=place.practitioner,
        room=place.room,
        device=place.device,
    )


def before_of(moving: Moving) -> date | None:
    """The day of the session before the moved one."""
    earlier = [slot.day for slot in moving.slots if slot.number < moving.number]
    return max(earlier, default=moving.wishes.previous_on)


def _days_ahead(moving: Moving) -> Iterator[date]:
    """Days on which no gap needs a word; others are reached by choosing the day."""
    first, last = moving.today, date.max
    before, wishes = before_of(moving), moving.wishes
    usual = timedelta(days=max(wishes.smallest_days, wishes.spacing.warn_below_days))
    if moving.visit.kind == checks.SESSION and before is not None:
        first = max(first, before + usual)
    later = [slot.day for slot in moving.slots if slot.number > moving.number]
    if later and not moving.along:
        last = min(later) - usual
    for day in moving.days:
        shut = wishes.shut_by(moving.number, day.day)
        if first <= day.day <= last and shut is None:
            yield day.day


def _place(finder: Finder, day: date, like: Slot) -> Slot | None:
    """The best place of a day: the same time and person, or the nearest to it."""
    starts = finder.starts(day)
    if starts is None or not starts.anywhere:
        return None
    own = starts.practitioners.get(like.practitioner, 0) & starts.anywhere
    minutes = list(freetime.minutes_of(own or starts.anywhere))
    minute = min(minutes, key=lambda one: (abs(one - like.minute), one % 15))
    place = finder.at(day, minute, like)
    return None if place is None else _slot(place, like.number)


def _option(moving: Moving, place: Slot, chosen: Pin | None) -> Option:
    starts_at, _ends = instants(
        moving.house.site,
        day=place.day,
        minute=place.minute,
        minutes=moving.wishes.minutes,
    )
    person = moving.house.person(place.practitioner)
    room = moving.house.room(place.room)
    before = before_of(moving)
    pin = Pin(number=moving.number, day=place.day, minute=place.minute)
    return Option(
        pin=pin,
        starts_at=starts_at,
        practitioner=person.full_name if person else "",
        room=room.name if room else "",
        gap_days=(place.day - before).days if before else None,
        is_chosen=pin == chosen,
    )
