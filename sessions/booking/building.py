"""From wishes to a whole proposed plan: every visit, its reason, and what to mind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from clinic.rules import series
from clinic.rules.findings import Finding
from clinic.rules.gates import Pass
from clinic.rules.series import Code, Slot
from clinic.web.charts.planning import PlannedMark, PlanPicture
from sessions.booking import marks, past, slots, timeline, words
from sessions.booking.checks import Judgement
from sessions.booking.ground import Choice, Ground
from sessions.booking.house import instants
from sessions.booking.marks import Tone
from sessions.booking.qualified import Crew
from sessions.booking.slots import Pin


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
    def gap_is_refused(self) -> bool:
        """Whether it is too near to another session, of this plan or not."""
        return any(marks.is_of_gap(one) for one in self.judgement.gate.refusing)

    @property
    def gap_tone(self) -> Tone:
        """How its gap stands, whatever else is against the day."""
        return marks.gap_tone(self.judgement.gate, self.slot.warnings)

    @property
    def against_its_day(self) -> tuple[Finding, ...]:
        """What refuses its day, each once, but the gap, which is marked for itself."""
        has_gap = self.slot.gap_days is not None
        found = marks.against_the_day(self.judgement.gate, has_gap=has_gap)
        return tuple({finding.title: finding for finding in found}.values())


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
    crew: Crew
    screening_due: bool = False
    deferred_to: date | None = None
    is_too_soon: bool = False
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

    @property
    def needs_reason(self) -> bool:
        """Whether all can be booked once a prescriber writes why so soon."""
        wished = self.choice.anyhow and self.fits
        return wished and past.is_all_that_refuses(self.judged)


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
    if any(row.gap_is_refused for row in rows):  # to a session outside the plan
        lines = tuple(one for one in lines if one.reason.code != Code.GAPS_KEPT)
    deferred = _deferred(ground)
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
        crew=ground.crew,
        screening_due=due,
        deferred_to=deferred,
        is_too_soon=ground.choice.anyhow
        or (deferred is not None and ground.is_too_soon),
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
    return timeline.picture(
        [
            PlannedMark(number=row.number, on=row.slot.day, depth_mm=row.depth_mm)
            for row in rows
        ],
        days=ground.days,
        aways=ground.choice.aways,
        ready=ground.choice.ready,
        healing_days=ground.wishes.healing_days,
        today=ground.today,
    )


def pins_of(found: Sequence[Slot]) -> tuple[Pin, ...]:
    """Slots as pins."""
    return tuple(
        Pin(number=slot.number, day=slot.day, minute=slot.minute) for slot in found
    )
