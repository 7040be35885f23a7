"""The plans, visits and events behind a figure: every number opens its patients.

What is asked for stands in the address as `of`: `outcome:MELASMA`,
`deeper:MELASMA`, `depth:ACNE_ROLLING:pen:1.50`, `event:PIH`, `ended`, `stopped`,
`stay:3` (who could come to session 3), `missed`, `missed:5:16` (missed on Fridays,
from 16 to 18 o'clock), `rooms`, `room:7`, `person:7`. Outcome
lists of fewer than ten people stay closed, for they would tell what is hidden; for
the same reason the list of all conditions leaves out those of fewer than ten, and
names no practitioner with fewer than ten people in it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from clinic.places.models import Room
from clinic.staff.models import User
from clinic.web import refs
from patients.records.models import Patient
from sessions.booking.models import Visit
from sessions.plans.models import Plan
from sessions.reports.filters import Filters
from sessions.reports.queries import harm, keeping, outcomes, use
from sessions.reports.queries.outcomes import PlanOutcome


class TooFewError(Exception):
    """Plans of fewer than ten people: the list would tell what the report hides."""


class UnknownListError(LookupError):
    """The address asks for a list that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One plan, visit or event of a list, or what one patient's visits took."""

    patient: Patient
    plan: Plan | None = None
    outcome: PlanOutcome | None = None
    event: harm.Event | None = None
    visit: Visit | None = None
    stay: keeping.Stay | None = None
    spent: use.Spent | None = None
    is_practitioner_shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a figure consists of; `of_what` is the condition, event, session or name
    that the list is about.
    """

    of: str
    what: str
    of_what: str = ""
    lines: tuple[Line, ...]


def behind(of: str, filters: Filters) -> Behind:
    """The list of an address.

    Raises TooFewError for a small outcome group, UnknownListError otherwise.
    """
    what, *rest = of.split(":")
    makers: dict[tuple[str, int], Callable[[], Behind]] = {
        ("event", 1): lambda: _events(of, rest[0], filters),
        ("ended", 0): lambda: _ended(of, ("finished", "stopped"), filters),
        ("stopped", 0): lambda: _ended(of, ("stopped",), filters),
        ("stay", 1): lambda: _stays(of, _whole(rest[0]), filters),
        ("missed", 0): lambda: _missed(of, [], filters),
        ("missed", 2): lambda: _missed(of, [_whole(part) for part in rest], filters),
        ("rooms", 0): lambda: _spent(of, "", use.spent(filters)),
        ("room", 1): lambda: _room(of, rest[0], filters),
        ("person", 1): lambda: _person(of, rest[0], filters),
    }
    make = makers.get((what, len(rest)))
    return make() if make else _outcomes(of, what, rest, filters)


def _outcomes(of: str, what: str, rest: list[str], filters: Filters) -> Behind:
    chosen = _choose(what, rest, outcomes.plans(filters))
    if not outcomes.are_enough(chosen):
        raise TooFewError
    known = _practitioners_of_many(chosen)
    patients = _patients(one.patient_id for one in chosen)
    plans = _plans(one.plan_id for one in chosen)
    return Behind(
        of=of,
        what=what,
        of_what=rest[0] if rest else "",
        lines=tuple(
            Line(
                patient=patients[one.patient_id],
                plan=plans.get(one.plan_id),
                outcome=one,
                is_practitioner_shown=one.practitioner_id in known,
            )
            for one in chosen
        ),
    )


def _choose(
    what: str, rest: list[str], found: Iterable[PlanOutcome]
) -> list[PlanOutcome]:
    if what == "outcome" and not rest:
        return _of_large_conditions(list(found))
    if what == "outcome" and len(rest) == 1:
        return [one for one in found if one.condition == rest[0]]
    if what == "deeper" and len(rest) == 1:
        return [one for one in found if one.condition == rest[0] and one.past_protocol]
    if what == "depth" and len(rest) == 3:
        condition, kind, depth = rest
        wanted = (condition, kind, _depth(depth))
        return [
            one
            for one in found
            if (one.condition, one.device_kind, one.depth_mm) == wanted
        ]
    raise UnknownListError(what)


def _of_large_conditions(found: list[PlanOutcome]) -> list[PlanOutcome]:
    groups: dict[str, list[PlanOutcome]] = {}
    for one in found:
        groups.setdefault(one.condition, []).append(one)
    large = {kind for kind, group in groups.items() if outcomes.are_enough(group)}
    return [one for one in found if one.condition in large]


def _practitioners_of_many(chosen: list[PlanOutcome]) -> set[int | None]:
    groups: dict[int | None, list[PlanOutcome]] = {}
    for one in chosen:
        groups.setdefault(one.practitioner_id, []).append(one)
    return {key for key, group in groups.items() if outcomes.are_enough(group)}


def _depth(text: str) -> Decimal:
    try:
        depth = Decimal(text)
    except InvalidOperation as error:
        raise UnknownListError(text) from error
    if not depth.is_finite():
        raise UnknownListError(text)
    return depth


def _patients(keys: Iterable[int]) -> dict[int, Patient]:
    return Patient.objects.defer("clinical_note").in_bulk(list(keys))


def _plans(keys: Iterable[int | None]) -> dict[int, Plan]:
    wanted = [key for key in keys if key is not None]
    rows = Plan.objects.select_related("practitioner", "condition", "patient")
    return rows.in_bulk(wanted)


def _events(of: str, kind: str, filters: Filters) -> Behind:
    found = [one for one in harm.events(filters) if kind in {one.kind, "all"}]
    patients = _patients(one.patient_id for one in found)
    plans = _plans(one.plan_id for one in found)
    return Behind(
        of=of,
        what="event",
        of_what=kind,
        lines=tuple(
            Line(
                patient=patients[one.patient_id],
                plan=plans.get(one.plan_id or 0),
                event=one,
            )
            for one in found
        ),
    )


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 2:
        raise UnknownListError(text)
    return int(text)


def _missed(of: str, slot: list[int], filters: Filters) -> Behind:
    weekday, hour = slot or (None, None)
    keys = keeping.missed_visits(filters, weekday=weekday, hour=hour)
    visits = Visit.objects.select_related(
        "patient", "practitioner", "site", "plan__condition"
    ).in_bulk(keys)
    lines = [
        Line(patient=visit.patient, plan=visit.plan, visit=visit)
        for visit in map(visits.__getitem__, keys)
    ]
    return Behind(of=of, what="missed", lines=tuple(lines))


def _ended(of: str, statuses: Sequence[str], filters: Filters) -> Behind:
    keys = keeping.ended_plans(filters, statuses=statuses)
    plans = _plans(keys)
    lines = [
        Line(patient=plan.patient, plan=plan) for plan in map(plans.__getitem__, keys)
    ]
    return Behind(of=of, what=of, lines=tuple(lines))


def _stays(of: str, number: int, filters: Filters) -> Behind:
    found = keeping.stays(filters, number=number)
    plans = _plans(one.plan_id for one in found)
    lines = [
        Line(patient=plans[one.plan_id].patient, plan=plans[one.plan_id], stay=one)
        for one in found
    ]
    return Behind(of=of, what="stay", of_what=str(number), lines=tuple(lines))


def _room(of: str, key: str, filters: Filters) -> Behind:
    rooms = Room.objects.select_related("site")
    room = rooms.filter(pk=refs.row_number(key) or 0).first()
    if room is None:
        raise UnknownListError(of)
    found = use.spent(filters, room_id=room.pk)
    return _spent(of, f"{room.site.name}, {room.name}", found)


def _person(of: str, key: str, filters: Filters) -> Behind:
    person = User.objects.filter(pk=refs.row_number(key) or 0).first()
    if person is None or filters.practitioner_id not in {None, person.pk}:
        raise UnknownListError(of)
    return _spent(of, person.full_name, use.spent(filters, person_id=person.pk))


def _spent(of: str, name: str, found: Sequence[use.Spent]) -> Behind:
    patients = _patients(one.patient_id for one in found)
    lines = [Line(patient=patients[one.patient_id], spent=one) for one in found]
    return Behind(of=of, what="spent", of_what=name, lines=tuple(lines))
