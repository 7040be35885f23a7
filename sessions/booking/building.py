"""From wishes to a whole proposed plan: every visit, its reason, and what to mind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from clinic.rules import series, waiting
from clinic.rules.book import RuleBook
from clinic.rules.freetime import DayResources
from clinic.rules.gates import Pass, Step
from clinic.rules.interval import Planned
from clinic.rules.series import Gap, Slot, Spacing, Wishes
from clinic.web.charts.planning import Closure, Occasion, PlannedMark, PlanPicture
from patients.records.models import Patient
from sessions.booking import checks, slots, words
from sessions.booking.checks import Facts, Judgement, Wanted
from sessions.booking.earlier import planned_zones
from sessions.booking.house import House, free_days, instants
from sessions.booking.slots import Pin
from sessions.plans import ramp
from sessions.plans.models import Plan, Protocol, ProtocolZone

SUN = "SUN_AVOID"
FAIR_LOOK = "FIRST_FAIR_PHOTO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was wished for; gaps in days, weekdays from Monday 0."""

    patient: Patient
    condition_id: int | None
    protocol: Protocol
    zones: Sequence[ProtocolZone]
    house: House
    sessions: int
    gap_days: int
    start_on: date
    weekdays: frozenset[int] = frozenset()
    part: str = ""
    practitioner_id: int | None = None
    room_id: int | None = None
    new_zones: tuple[str, ...] = ()
    ready: series.Event | None = None
    own_aways: tuple[series.Away, ...] = ()
    known_aways: tuple[series.Away, ...] = ()
    goal_scale: str = ""
    goal_value: Decimal | None = None
    plan: Plan | None = None
    kept: int = 0
    pins: tuple[Pin, ...] = ()

    @property
    def aways(self) -> tuple[series.Away, ...]:
        """Every journey: those said now, and those known from before."""
        return tuple(dict.fromkeys((*self.own_aways, *self.known_aways)))

    @property
    def gap(self) -> Gap:
        """The protocol's limits with the wished gap between them."""
        return Gap(
            smallest_days=self.protocol.gap_min_days,
            preferred_days=self.gap_days,
            greatest_days=self.protocol.gap_max_days,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One visit of the proposal as the table shows it."""

    number: int
    token: str
    slot: Slot
    starts_at: datetime
    practitioner: str
    room: str
    depth_mm: Decimal | None
    why: str
    minded: tuple[str, ...]
    judgement: Judgement

    @property
    def is_refused(self) -> bool:
        """Whether a rule stands against its day."""
        return self.judgement.gate.does is Pass.REFUSED

    @property
    def needs_a_look(self) -> bool:
        """Whether there is something to mind about its day."""
        asking = self.judgement.gate.that(Pass.CONFIRM)
        return bool(self.minded) or any(f.code in words.GAP_CODES for f in asking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The proposal: rows, lines below them, the drawing, and what stands against."""

    choice: Choice
    rows: tuple[Row, ...] = ()
    depths_mm: tuple[Decimal | None, ...] = ()
    checks: tuple[series.Check, ...] = ()
    relax: tuple[series.Reason, ...] = ()
    judged: tuple[Judgement, ...] = ()
    picture: PlanPicture | None = None
    pins: tuple[Pin, ...] = ()
    healing_days: int = 0
    screening_due: bool = False
    deferred_to: date | None = None
    revision: str = ""

    @property
    def fits(self) -> bool:
        """Whether every visit found its time."""
        return len(self.rows) == self.choice.sessions

    @property
    def is_refused(self) -> bool:
        """Whether a rule stands against booking it as it is."""
        return not self.rows or any(row.is_refused for row in self.rows)

    @property
    def may_be_booked(self) -> bool:
        """Whether all visits can be booked, perhaps after a confirmation."""
        return self.fits and not self.is_refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a search stands on, read once: facts, free days, wishes."""

    choice: Choice
    facts: Facts
    days: tuple[DayResources, ...]
    wishes: Wishes
    depths_mm: tuple[Decimal | None, ...]
    today: date
    first_allowed: date | None

    def planned(self, index: int) -> tuple[Planned, ...]:
        """The zones of the n-th new session with the depth meant for them."""
        choice = self.choice
        zones = [(zone.zone, zone.high_mm) for zone in choice.zones]
        return planned_zones(
            zones, mm=self.depths_mm[index], condition=choice.protocol.condition_kind
        )

    def judge(self, found: Sequence[Slot]) -> tuple[Judgement, ...]:
        """What the rules say about the slots."""
        wanted = [
            Wanted(
                kind=checks.SESSION,
                on=slot.day,
                planned=self.planned(index),
                number=slot.number,
            )
            for index, slot in enumerate(found)
        ]
        return checks.judge(self.facts, wanted=wanted, step=Step.PLAN, today=self.today)


def ground_of(choice: Choice, *, now: datetime) -> Ground:
    """Read what the search needs; about twelve queries, whatever the wishes."""
    today = now.astimezone(choice.house.site.zone).date()
    facts = checks.read_facts(choice.patient, today=today)
    model_keys = [device.model_key for device in choice.house.devices]
    kind = choice.protocol.device_kind
    depths = ramp.depths(
        facts.book,
        span=ramp.deepest_range(choice.zones),
        sessions=choice.kept + choice.sessions,
        device=ramp.device_for(facts.book, kind=kind, model_keys=model_keys),
        phototype=choice.patient.phototype,
    )[choice.kept :]
    zones = [(zone.zone, zone.high_mm) for zone in choice.zones]
    condition = choice.protocol.condition_kind
    deepest = planned_zones(zones, mm=depths[-1], condition=condition)
    first = checks.first_allowed(
        facts, planned=deepest, start=max(choice.start_on, today), today=today
    )
    return Ground(
        choice=choice,
        facts=facts,
        days=free_days(choice.house, now=now, patient_id=choice.patient.pk),
        wishes=_wishes(choice, facts, deepest, start_on=first or choice.start_on),
        depths_mm=depths,
        today=today,
        first_allowed=first,
    )


def _wishes(
    choice: Choice, facts: Facts, deepest: tuple[Planned, ...], *, start_on: date
) -> Wishes:
    rows = [
        waiting.row_for(facts.book, zone=z.zone, mm=z.mm, condition=z.condition)
        for z in deepest
    ]
    return Wishes(
        sessions=choice.sessions,
        minutes=choice.protocol.session_minutes,
        gap=choice.gap,
        start_on=start_on,
        practitioners=choice.house.named_practitioners(choice.practitioner_id),
        rooms=choice.house.named_rooms(choice.room_id),
        devices=choice.house.named_devices(),
        weekdays=choice.weekdays,
        part_of_day=series.PARTS_OF_DAY.get(choice.part),
        previous_on=_previous_on(choice, facts, deepest, before=start_on),
        ready_before=choice.ready,
        ready_margin_days=_days_of(facts.book, FAIR_LOOK),
        away=choice.aways,
        healing_days=_days_of(facts.book, SUN),
        spacing=Spacing.of(rows),
        every_minutes=15,
    )


def _previous_on(
    choice: Choice, facts: Facts, planned: tuple[Planned, ...], *, before: date
) -> date | None:
    """The last session on the same skin before the search begins."""
    codes = [zone.zone for zone in planned]
    days = [
        treated.on
        for other in facts.others
        if other.on <= before
        for treated in other.treated(codes)
        if any(waiting.same_zone(facts.book, treated.zone, code) for code in codes)
    ]
    latest = max(days, default=None)
    if latest is None or (before - latest).days > choice.gap.greatest_days:
        return None  # another course, long ago: this one simply starts
    return latest


def _days_of(book: RuleBook, key: str) -> int:
    """How many days an instruction lasts, or until a healing row begins."""
    for instruction in book.aftercare:
        if instruction.key == key:
            return _in_days(instruction.lasts.value, instruction.lasts.unit)
    for row in book.healing:
        if row.key == key and row.starts:
            return _in_days(row.starts.value, row.starts.unit)
    return 0


def _in_days(value: Decimal, unit: str) -> int:
    return int(value * {"weeks": 7, "days": 1}.get(unit, 0))


def build(ground: Ground, *, step: tuple[int, str] | None = None) -> Built:
    """The whole proposal; `step` is a visit's number and the way to push it."""
    proposal = series.propose(ground.wishes, ground.days)
    pins = ground.choice.pins
    found = slots.pinned(proposal.slots, pins, wishes=ground.wishes, days=ground.days)
    if step is not None and proposal.fits:
        pins = _pushed(ground, found, pins, step)
        found = slots.pinned(
            proposal.slots, pins, wishes=ground.wishes, days=ground.days
        )
    judged = ground.judge(found)
    rows = tuple(
        _row(ground, index, slot, judgement)
        for index, (slot, judgement) in enumerate(zip(found, judged, strict=True))
    )
    lines = slots.checks_of(ground.wishes, found) if pins else proposal.checks
    due = any(f.code == "screening" for j in judged for f in j.gate.that(Pass.MARKED))
    return Built(
        choice=ground.choice,
        rows=rows,
        depths_mm=ground.depths_mm,
        checks=lines,
        relax=proposal.relax,
        judged=judged,
        picture=_picture(ground, rows) if rows else None,
        pins=pins,
        healing_days=ground.wishes.healing_days,
        screening_due=due,
        deferred_to=_deferred(ground),
        revision=ground.facts.basis.effective.revision,
    )


def _pushed(
    ground: Ground, found: Sequence[Slot], pins: Sequence[Pin], step: tuple[int, str]
) -> tuple[Pin, ...]:
    number, way = step
    pin = slots.step(
        found, number=number, way=way, wishes=ground.wishes, days=ground.days
    )
    if pin is None:
        return tuple(pins)
    return (*(other for other in pins if other.number < number), pin)


def _deferred(ground: Ground) -> date | None:
    """The day the rules put the start off to, None when they do not."""
    wished = max(ground.choice.start_on, ground.today)
    first = ground.first_allowed
    return first if first is not None and first > wished else None


def _row(ground: Ground, index: int, slot: Slot, judgement: Judgement) -> Row:
    house, minutes = ground.choice.house, ground.wishes.minutes
    starts_at, _ends_at = instants(
        house.site, day=slot.day, minute=slot.minute, minutes=minutes
    )
    person, room = house.person(slot.practitioner), house.room(slot.room)
    return Row(
        number=ground.choice.kept + slot.number,
        token=slots.slot_text(slot),
        slot=slot,
        starts_at=starts_at,
        practitioner=person.full_name if person else "",
        room=room.name if room else "",
        depth_mm=ground.depths_mm[index],
        why=words.sentence(slot.why),
        minded=tuple(words.sentence([warning]) for warning in slot.warnings),
        judgement=judgement,
    )


def _picture(ground: Ground, rows: Sequence[Row]) -> PlanPicture:
    ready = ground.choice.ready
    closures = [*_closed(ground.days), *_away(ground.choice)]
    return PlanPicture(
        sessions=tuple(
            PlannedMark(number=row.number, on=row.slot.day, depth_mm=row.depth_mm)
            for row in rows
        ),
        healing_days=ground.wishes.healing_days,
        today=ground.today,
        closures=tuple(closures),
        occasion=Occasion(on=ready.day, words=ready.label) if ready else None,
    )


def _away(choice: Choice) -> Iterator[Closure]:
    for away in choice.aways:
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


def without_depth(picture: PlanPicture) -> PlanPicture:
    """The drawing as the front desk sees it."""
    marks = tuple(PlannedMark(number=m.number, on=m.on) for m in picture.sessions)
    return PlanPicture(
        sessions=marks,
        healing_days=picture.healing_days,
        today=picture.today,
        closures=picture.closures,
        occasion=picture.occasion,
    )


def with_pins(choice: Choice, pins: Sequence[Pin]) -> Choice:
    """The same wishes with visits put on certain days."""
    return replace(choice, pins=tuple(pins))


def on_ground(ground: Ground, choice: Choice) -> Ground:
    """The same facts and free days for a choice that differs only in its pins."""
    return replace(ground, choice=choice)


def pins_of(found: Sequence[Slot]) -> tuple[Pin, ...]:
    """Slots as pins."""
    return tuple(
        Pin(number=slot.number, day=slot.day, minute=slot.minute) for slot in found
    )
