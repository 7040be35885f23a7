"""A move visit by visit: what the page shows, and what it posts back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic.rules import series
from clinic.rules.gates import Step
from clinic.rules.series import MovePreview, Reason
from sessions.booking import checks, marks, slots
from sessions.booking.actions import Move
from sessions.booking.checks import Judgement, Wanted
from sessions.booking.house import instants
from sessions.booking.marks import Tone
from sessions.booking.models import Visit
from sessions.booking.moving import Moving


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One visit of the preview: old and new time, and its token for the form."""

    number: int
    visit: Visit
    new_at: datetime | None
    practitioner: str
    gap_days: int | None
    changed: bool
    token: str
    judgement: Judgement | None
    warnings: tuple[Reason, ...] = ()

    @property
    def gap_tone(self) -> Tone:
        """How its gap stands, whatever else is against the day."""
        gate = self.judgement.gate if self.judgement else None
        return marks.gap_tone(gate, self.warnings)


def lines(moving: Moving, shown: MovePreview) -> list[Line]:
    """The preview with what the rules say of every new day."""
    going = [
        one
        for one in shown.moves
        if one.number >= moving.number and one.new is not None
    ]
    wanted = [
        Wanted(
            kind=moving.visits[one.number].kind,
            on=one.new.day,
            practitioner_id=one.new.practitioner,
            plan_id=moving.visits[one.number].plan_id,
            planned=moving.planned[one.number],
            number=one.number,
        )
        for one in going
        if one.new is not None and (moving.along or one.number == moving.number)
    ]
    judged = {
        one.wanted.number: one
        for one in checks.judge(
            moving.facts, wanted=wanted, step=Step.MOVE, today=moving.today
        )
    }
    return [
        _line(moving, one, judged.get(one.number))
        for one in shown.moves
        if one.number >= moving.number
    ]


def _line(moving: Moving, one: series.Move, judgement: Judgement | None) -> Line:
    visit, new = moving.visits[one.number], one.new
    new_at = None
    if new is not None:
        new_at, _ends = instants(
            moving.house.site,
            day=new.day,
            minute=new.minute,
            minutes=minutes_of(visit),
        )
    person = moving.house.person(new.practitioner) if new else None
    token = ""
    if new is not None and one.changed:
        token = f"{visit.reference}~{visit.version}~{slots.slot_text(new)}"
    return Line(
        number=one.number,
        visit=visit,
        new_at=new_at,
        practitioner=person.full_name if person else "",
        gap_days=new.gap_days if new else None,
        changed=one.changed,
        token=token,
        judgement=judgement,
        warnings=new.warnings if new else (),
    )


def minutes_of(visit: Visit) -> int:
    """How long it is booked for."""
    return round((visit.ends_at - visit.starts_at).total_seconds() / 60)


def moves_of(
    moving: Moving, tokens: Sequence[str], *, confirmed: frozenset[str]
) -> list[Move] | None:
    """The posted moves; None when one is not of this series or house."""
    by_ref = {visit.reference: visit for visit in moving.visits.values()}
    found = []
    for token in tokens:
        ref, _sep, rest = token.partition("~")
        version, _sep, slot_text = rest.partition("~")
        visit = by_ref.get(ref)
        house = moving.house
        slot = slots.parse_slot(slot_text, house)
        if visit is None or slot is None or not version.isdigit():
            return None
        starts_at, ends_at = instants(
            house.site, day=slot.day, minute=slot.minute, minutes=minutes_of(visit)
        )
        found.append(
            Move(
                visit_id=visit.pk,
                version=int(version),
                practitioner_id=slot.practitioner,
                room_id=slot.room,
                device_id=slot.device,
                starts_at=starts_at,
                ends_at=ends_at,
                day=slot.day,
                why=visit.why,
                confirmed_rules=tuple(sorted(confirmed)),
            )
        )
    return found or None
