"""What the search for a plan stands on: the wishes, the patient, the free days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from clinic.rules import series, waiting
from clinic.rules.book import RuleBook
from clinic.rules.freetime import DayResources
from clinic.rules.gates import Step
from clinic.rules.interval import Planned
from clinic.rules.series import Gap, Named, Shut, Slot, Spacing, Wishes
from patients.records.models import Patient
from sessions.booking import checks, earlier, past, qualified
from sessions.booking.checks import Facts, Judgement, Wanted
from sessions.booking.earlier import Zones, planned_zones, unlimited
from sessions.booking.house import House, free_days
from sessions.booking.qualified import Crew
from sessions.booking.slots import Pin
from sessions.plans import ramp
from sessions.plans.models import Plan, Protocol, ProtocolZone

SUN = "SUN_AVOID"
FAIR_LOOK = "FIRST_FAIR_PHOTO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was wished for; gaps in days, weekdays from Monday 0.

    `anyhow` opens the days that need a prescriber's written reason.
    """

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
    condition_zones: tuple[str, ...] = ()
    ready: series.Event | None = None
    own_aways: tuple[series.Away, ...] = ()
    known_aways: tuple[series.Away, ...] = ()
    goal_scale: str = ""
    goal_value: Decimal | None = None
    plan: Plan | None = None
    kept: int = 0
    anyhow: bool = False
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
class Ground:
    """What a search stands on, read once: facts, free days, wishes."""

    choice: Choice
    facts: Facts
    days: tuple[DayResources, ...]
    wishes: Wishes
    depths_mm: tuple[Decimal | None, ...]
    crew: Crew
    today: date
    first_allowed: date | None

    def planned(self, index: int) -> tuple[Planned, ...]:
        """The zones of the n-th new session with the depth meant for them."""
        return _planned(self.choice, self.depths_mm[index])

    @property
    def is_too_soon(self) -> bool:
        """Whether the gap rule, and nothing else, refuses the day of the wish."""
        wanted = Wanted(
            kind=checks.SESSION,
            on=max(self.choice.start_on, self.today),
            plan_id=self.choice.plan.pk if self.choice.plan else 0,
            planned=self.planned(-1),
        )
        judged = checks.judge(
            self.facts, wanted=[wanted], step=Step.PLAN, today=self.today
        )
        return past.is_all_that_refuses(judged)

    def judge(self, found: Sequence[Slot]) -> tuple[Judgement, ...]:
        """What the rules say about the slots."""
        wanted = [
            Wanted(
                kind=checks.SESSION,
                on=slot.day,
                practitioner_id=slot.practitioner,
                plan_id=self.choice.plan.pk if self.choice.plan else 0,
                planned=self.planned(index),
                number=slot.number,
            )
            for index, slot in enumerate(found)
        ]
        return checks.judge(self.facts, wanted=wanted, step=Step.PLAN, today=self.today)


def ground_of(choice: Choice, *, now: datetime) -> Ground:
    """Read what the search needs; about thirteen queries, whatever the wishes."""
    house = choice.house
    today = now.astimezone(house.site.zone).date()
    people = [person.pk for person in house.practitioners]
    facts = checks.read_facts(choice.patient, today=today, practitioners=people)
    crew = qualified.crew_of(
        house.practitioners,
        permits=facts.permits,
        span=_meant(choice),
        on=max(choice.start_on, today),
        only=choice.practitioner_id,
    )
    depths = _depths(choice, facts, crew)
    deepest = _planned(choice, depths[-1])
    first = checks.first_allowed(
        facts,
        planned=deepest,
        start=max(choice.start_on, today),
        today=today,
        past=past.to_be_written() if choice.anyhow else (),
    )
    days = free_days(house, now=now, patient_id=choice.patient.pk)
    return Ground(
        choice=choice,
        facts=facts,
        days=qualified.only_those_who_may(
            days, permits=facts.permits, depth_mm=depths[-1]
        ),
        wishes=_wishes(choice, facts, crew, depths, first=first, today=today),
        depths_mm=depths,
        crew=crew,
        today=today,
        first_allowed=first,
    )


def _depths(choice: Choice, facts: Facts, crew: Crew) -> tuple[Decimal | None, ...]:
    """The depth of each new session, as deep as the crew may go."""
    model_keys = [device.model_key for device in choice.house.devices]
    kind = choice.protocol.device_kind
    return ramp.depths(
        facts.book,
        span=ramp.deepest_range(choice.zones),
        sessions=choice.kept + choice.sessions,
        device=ramp.device_for(facts.book, kind=kind, model_keys=model_keys),
        phototype=choice.patient.phototype,
        most_mm=crew.ceiling_mm,
    )[choice.kept :]


def _meant(choice: Choice) -> ramp.Range | None:
    """From the protocol's shallowest to the deepest that this skin will be given."""
    span = ramp.deepest_range(choice.zones)
    if span is None:
        return None
    return span[0], ramp.reach(span, phototype=choice.patient.phototype)[1]


def _planned(choice: Choice, mm: Decimal | None) -> tuple[Planned, ...]:
    zones: Zones = [(zone.zone, zone.high_mm) for zone in choice.zones]
    zones = zones or unlimited(choice.new_zones or choice.condition_zones)
    return planned_zones(zones, mm=mm, condition=choice.protocol.condition_kind)


def _named(crew: Crew) -> tuple[Named, ...]:
    return tuple(Named(id=p.pk, name=p.get_short_name()) for p in crew.people)


def _shut(
    choice: Choice, facts: Facts, depths: Sequence[Decimal | None], *, today: date
) -> tuple[Shut, ...]:
    """The days that other sessions of the same skin keep for themselves."""
    return tuple(
        shut
        for number, mm in enumerate(depths, start=1)
        for shut in earlier.shut_days(
            facts.book,
            facts.others,
            number=number,
            planned=_planned(choice, mm),
            plan_id=choice.plan.pk if choice.plan else None,
            today=today,
        )
    )


def _passed(shut: Sequence[Shut], *, wished: date) -> Sequence[date]:
    """The days of the sessions that refuse the day on which the course may begin.

    The first session is planned past the gap to these, in writing, and to no other.
    """
    return [
        one.other_on
        for one in shut
        if one.number == 1 and one.refuses and one.first_day <= wished <= one.last_day
    ]


def _wishes(
    choice: Choice,
    facts: Facts,
    crew: Crew,
    depths: Sequence[Decimal | None],
    *,
    first: date | None,
    today: date,
) -> Wishes:
    deepest = _planned(choice, depths[-1])
    rows = [
        waiting.row_for(facts.book, zone=z.zone, mm=z.mm, condition=z.condition)
        for z in deepest
    ]
    start_on = first or choice.start_on
    shut = _shut(choice, facts, depths, today=today)
    passed = _passed(shut, wished=max(choice.start_on, today)) if choice.anyhow else ()
    return Wishes(
        sessions=choice.sessions,
        minutes=choice.protocol.session_minutes,
        gap=choice.gap,
        start_on=start_on,
        practitioners=_named(crew),
        rooms=choice.house.named_rooms(choice.room_id),
        devices=choice.house.named_devices(),
        weekdays=choice.weekdays,
        part_of_day=series.PARTS_OF_DAY.get(choice.part),
        previous_on=_previous_on(
            choice, facts, deepest, before=start_on, passed=passed
        ),
        ready_before=choice.ready,
        ready_margin_days=_days_of(facts.book, FAIR_LOOK),
        away=choice.aways,
        healing_days=_days_of(facts.book, SUN),
        spacing=Spacing.of(rows),
        every_minutes=15,
        shut=tuple(one for one in shut if one.number > 1 or one.other_on not in passed),
    )


def _previous_on(
    choice: Choice,
    facts: Facts,
    planned: tuple[Planned, ...],
    *,
    before: date,
    passed: Sequence[date],
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
    if latest is None or latest in passed:
        return None  # or past the gap to it, in writing
    if (before - latest).days > choice.gap.greatest_days:
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


def with_pins(choice: Choice, pins: Sequence[Pin]) -> Choice:
    """The same wishes with visits put on certain days."""
    return replace(choice, pins=tuple(pins))


def on_ground(ground: Ground, choice: Choice) -> Ground:
    """The same facts and free days for a choice that differs only in its pins."""
    return replace(ground, choice=choice)
