"""Booking and moving visits. Every write is whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from clinic.audit.actions import Entry, record_many
from clinic.places.models import Site
from clinic.rules.gates import Override, Step
from clinic.rules.interval import Planned
from clinic.staff.models import User
from sessions.booking import checks, earlier, going_on, past, taking
from sessions.booking.checks import Judgement, Wanted
from sessions.booking.models import Visit
from sessions.booking.statuses import MOVABLE, Status
from sessions.booking.taking import Claim


class VisitChangedError(Exception):
    """Somebody changed the visit since it was shown; carries it as it is now."""

    def __init__(self, visit: Visit) -> None:
        super().__init__("The visit was changed meanwhile.")
        self.visit = visit


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEntry:
    """A visit to be booked; `day` is the site's own calendar day."""

    kind: str
    patient_id: int
    practitioner_id: int
    site_id: int
    room_id: int
    starts_at: datetime
    ends_at: datetime
    day: date
    device_id: int | None = None
    plan_id: int | None = None
    planned_session_id: int | None = None
    status: Status = Status.UNCONFIRMED
    why: str = ""
    confirmed_rules: tuple[str, ...] = field(default=())

    @property
    def claim(self) -> Claim:
        """What the visit occupies."""
        return Claim(
            patient_id=self.patient_id,
            practitioner_id=self.practitioner_id,
            room_id=self.room_id,
            device_id=self.device_id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A visit's new time; `version` is the one that was shown."""

    visit_id: int
    version: int
    practitioner_id: int
    room_id: int
    device_id: int | None
    starts_at: datetime
    ends_at: datetime
    day: date
    why: str = ""
    confirmed_rules: tuple[str, ...] = field(default=())


def book(
    *,
    entries: Sequence[VisitEntry],
    by: User,
    now: datetime,
    past_reason: str = "",
) -> list[Visit]:
    """Book all visits or none.

    Raises TimeTakenError when somebody else has one of the times,
    SessionTakenError when a session of the plan is booked already, RefusedError
    when a rule stands against one of the days. `confirmed_rules` of an entry are
    the warnings that were confirmed; those that mattered are kept on the visit, and
    so is a prescriber's `past_reason` to plan past the gap rule.
    """
    claims = [entry.claim for entry in entries]
    # What is taken already needs no lock, and nobody waits behind who is refused.
    taking.refuse_taken(claims)
    with transaction.atomic():
        taking.lock(claims)
        taking.refuse_taken(claims)
        taking.refuse_booked_sessions(entry.planned_session_id for entry in entries)
        return book_locked(
            entries, step=Step.BOOK, by=by, now=now, past_reason=past_reason
        )


def book_locked(
    entries: Sequence[VisitEntry],
    *,
    step: Step,
    by: User,
    now: datetime,
    past_reason: str = "",
) -> list[Visit]:
    """Book what is locked and known to be free and not yet booked; raises like `book`.

    Sessions that another visit takes all the same are refused by the database.
    """
    reasons = past.reason_of(by, past_reason)
    judged = refuse_unwise(entries, step=step, now=now, reasons=reasons)
    with taking.guarded():
        visits = Visit.objects.bulk_create(
            [
                _visit(entry, rules=one.confirmed_rules, by=by, now=now)
                for entry, one in zip(entries, judged, strict=True)
            ]
        )
    both = list(zip(visits, judged, strict=True))
    logged = past.keep(both, reason=past_reason, by=by, now=now)
    events = [_event(visit, "visit.booked") for visit in visits]
    record_many(by=by, now=now, entries=[*events, *logged])
    return visits


def refuse_unwise(
    entries: Sequence[VisitEntry],
    *,
    step: Step,
    now: datetime,
    reasons: tuple[Override, ...],
) -> list[Judgement]:
    """The rules for all entries, patient by patient, in the order of the entries.

    Call after the locks. Raises RefusedError.
    """
    rows = going_on.locked(entry.planned_session_id for entry in entries)
    planned = earlier.meant_by(rows)
    every = [_wanted(entry, planned, reasons) for entry in entries]
    sessions = {
        e.planned_session_id: one for e, one in zip(entries, every, strict=True)
    }
    going_on.refuse_closed(rows, sessions, step=step)
    judged: dict[int, Judgement] = {}
    for patient_id in sorted({entry.patient_id for entry in entries}):
        own = [n for n, e in enumerate(entries) if e.patient_id == patient_id]
        wanted = [every[n] for n in own]
        confirmed = frozenset(c for n in own for c in entries[n].confirmed_rules)
        found = checks.refuse_unwise(
            patient_id=patient_id,
            wanted=wanted,
            step=step,
            today=_today(entries[own[0]].site_id, now),
            confirmed=confirmed,
        )
        judged |= dict(zip(own, found, strict=True))
    return [judged[n] for n in range(len(entries))]


def _wanted(
    entry: VisitEntry,
    planned: Mapping[int, tuple[Planned, ...]],
    reasons: tuple[Override, ...],
) -> Wanted:
    return Wanted(
        kind=entry.kind,
        on=entry.day,
        practitioner_id=entry.practitioner_id,
        plan_id=entry.plan_id,
        planned=planned.get(entry.planned_session_id or 0, ()),
        past=reasons,
    )


def _today(site_id: int, now: datetime) -> date:
    """The day it is at a site."""
    site = Site.objects.only("time_zone").get(pk=site_id)
    return now.astimezone(site.zone).date()


def _visit(
    entry: VisitEntry, *, rules: Sequence[str], by: User, now: datetime
) -> Visit:
    return Visit(
        kind=entry.kind,
        patient_id=entry.patient_id,
        practitioner_id=entry.practitioner_id,
        site_id=entry.site_id,
        room_id=entry.room_id,
        device_id=entry.device_id,
        plan_id=entry.plan_id,
        planned_session_id=entry.planned_session_id,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        day=entry.day,
        status=entry.status,
        why=entry.why,
        confirmed_rules=list(rules),
        booked_at=now,
        booked_by=by,
    )


def _event(visit: Visit, action: str) -> Entry:
    return Entry(
        action=action,
        patient_id=visit.patient_id,
        object_kind="visit",
        object_id=visit.pk,
    )


@transaction.atomic
def move(
    *, moves: Sequence[Move], by: User, now: datetime, past_reason: str = ""
) -> list[Visit]:
    """Move all visits or none; they may take each other's old times.

    Raises VisitChangedError when one was changed since it was shown or can no
    longer be moved, TimeTakenError when a new time is not free, RefusedError
    when a rule stands against a new day. `past_reason` as for `book`.
    """
    moving = [one.visit_id for one in moves]
    before = Visit.objects.in_bulk(moving)
    new = {one.visit_id: _claim(one, before[one.visit_id]) for one in moves}
    old = [claim_of(visit) for visit in before.values()]
    taking.lock([*new.values(), *old])
    visits = _fresh(moves)
    taking.refuse_taken(list(new.values()), moving=moving)
    reasons = past.reason_of(by, past_reason)
    judged = _refuse_unwise_moves(moves, visits, now=now, reasons=reasons)
    _vacate(visits)
    with taking.guarded():
        for one in moves:
            rules = judged[one.visit_id].confirmed_rules
            _place(visits[one.visit_id], one, rules=rules)
    both = [(visits[key], judgement) for key, judgement in judged.items()]
    logged = past.keep(both, reason=past_reason, by=by, now=now)
    events = [_event(visit, "visit.moved") for visit in visits.values()]
    record_many(by=by, now=now, entries=[*events, *logged])
    return list(visits.values())


def _claim(one: Move, visit: Visit) -> Claim:
    return Claim(
        patient_id=visit.patient_id,
        practitioner_id=one.practitioner_id,
        room_id=one.room_id,
        device_id=one.device_id,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
    )


def claim_of(visit: Visit) -> Claim:
    """What a booked visit occupies."""
    return Claim(
        patient_id=visit.patient_id,
        practitioner_id=visit.practitioner_id,
        room_id=visit.room_id,
        device_id=visit.device_id,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
    )


def _fresh(moves: Sequence[Move]) -> dict[int, Visit]:
    keys = [one.visit_id for one in moves]
    rows = Visit.objects.filter(pk__in=keys).select_for_update().order_by("pk")
    visits = {visit.pk: visit for visit in rows}
    for one in moves:
        visit = visits[one.visit_id]
        if visit.version != one.version or Status(visit.status) not in MOVABLE:
            raise VisitChangedError(visit)
    return visits


def _vacate(visits: dict[int, Visit]) -> None:
    """Step aside first, so that moved visits may swap times among themselves."""
    Visit.objects.filter(pk__in=list(visits)).update(status=Status.CANCELLED)


def _refuse_unwise_moves(
    moves: Sequence[Move],
    visits: dict[int, Visit],
    *,
    now: datetime,
    reasons: tuple[Override, ...],
) -> dict[int, Judgement]:
    """The rules for the new days, patient by patient; what they say by visit."""
    keys = [v.planned_session_id for v in visits.values()]
    planned = earlier.planned_of(key for key in keys if key is not None)
    kept: dict[int, Judgement] = {}
    for patient_id in sorted({visit.patient_id for visit in visits.values()}):
        own = [one for one in moves if visits[one.visit_id].patient_id == patient_id]
        wanted = [
            Wanted(
                kind=visits[one.visit_id].kind,
                on=one.day,
                practitioner_id=one.practitioner_id,
                plan_id=visits[one.visit_id].plan_id,
                planned=planned.get(visits[one.visit_id].planned_session_id or 0, ()),
                past=reasons,
            )
            for one in own
        ]
        judged = checks.refuse_unwise(
            patient_id=patient_id,
            wanted=wanted,
            step=Step.MOVE,
            today=_today(visits[own[0].visit_id].site_id, now),
            confirmed=frozenset(code for one in own for code in one.confirmed_rules),
            leaving_out=[one.visit_id for one in own],
        )
        for one, judgement in zip(own, judged, strict=True):
            kept[one.visit_id] = judgement
    return kept


def _place(visit: Visit, one: Move, *, rules: Sequence[str]) -> None:
    visit.practitioner_id = one.practitioner_id
    visit.room_id = one.room_id
    visit.device_id = one.device_id
    visit.starts_at = one.starts_at
    visit.ends_at = one.ends_at
    visit.day = one.day
    visit.why = one.why
    visit.confirmed_rules = list(rules)
    visit.version += 1
    visit.save(
        update_fields=[
            "practitioner",
            "room",
            "device",
            "starts_at",
            "ends_at",
            "day",
            "why",
            "confirmed_rules",
            "status",
            "version",
        ]
    )
