"""The plans and events behind a figure: every number opens its patients.

What is asked for stands in the address as `of`: `outcome:MELASMA`,
`deeper:MELASMA`, `depth:ACNE_ROLLING:pen:1.50`, `event:PIH`, `stopped`, `missed`,
`missed:5:16` (missed on Fridays, from 16 to 18 o'clock). Outcome
lists of fewer than ten people stay closed, for they would tell what is hidden; for
the same reason the list of all conditions leaves out those of fewer than ten, and
names no practitioner with fewer than ten people in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from patients.records.models import Patient
from sessions.booking.models import Visit
from sessions.plans.models import Plan
from sessions.reports.filters import Filters
from sessions.reports.queries import harm, keeping, outcomes
from sessions.reports.queries.outcomes import PlanOutcome


class TooFewError(Exception):
    """Plans of fewer than ten people: the list would tell what the report hides."""


class UnknownListError(LookupError):
    """The address asks for a list that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One plan or event of a list."""

    patient: Patient
    plan: Plan | None
    outcome: PlanOutcome | None = None
    event: harm.Event | None = None
    visit: Visit | None = None
    is_practitioner_shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a figure consists of."""

    of: str
    what: str
    condition: str
    lines: tuple[Line, ...]


def behind(of: str, filters: Filters) -> Behind:
    """The list of an address.

    Raises TooFewError for a small outcome group, UnknownListError otherwise.
    """
    what, *rest = of.split(":")
    if what == "event" and len(rest) == 1:
        return _events(of, rest[0], filters)
    if what == "stopped" and not rest:
        return _stopped(of, filters)
    if what == "missed" and len(rest) in {0, 2}:
        return _missed(of, [_whole(part) for part in rest], filters)
    chosen = _choose(what, rest, outcomes.plans(filters))
    if not outcomes.are_enough(chosen):
        raise TooFewError
    known = _practitioners_of_many(chosen)
    patients = Patient.objects.defer("clinical_note").in_bulk(
        [one.patient_id for one in chosen]
    )
    plans = _plans(one.plan_id for one in chosen)
    return Behind(
        of=of,
        what=what,
        condition=rest[0] if rest else "",
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


def _plans(keys: Iterable[int | None]) -> dict[int, Plan]:
    wanted = [key for key in keys if key is not None]
    rows = Plan.objects.filter(pk__in=wanted)
    rows = rows.select_related("practitioner", "condition", "protocol")
    return {plan.pk: plan for plan in rows}


def _events(of: str, kind: str, filters: Filters) -> Behind:
    found = [one for one in harm.events(filters) if kind in {one.kind, "all"}]
    patients = Patient.objects.defer("clinical_note").in_bulk(
        [one.patient_id for one in found]
    )
    plans = _plans(one.plan_id for one in found)
    return Behind(
        of=of,
        what="event",
        condition=kind,
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
    return Behind(of=of, what="missed", condition="", lines=tuple(lines))


def _stopped(of: str, filters: Filters) -> Behind:
    plans = (
        Plan.objects.filter(
            status="stopped", ended_on__range=(filters.first_day, filters.last_day)
        )
        .select_related("patient", "practitioner", "condition", "protocol")
        .order_by("-ended_on", "id")
    )
    if filters.site_id is not None:
        plans = plans.filter(site_id=filters.site_id)
    if filters.practitioner_id is not None:
        plans = plans.filter(practitioner_id=filters.practitioner_id)
    if filters.condition:
        plans = plans.filter(condition__kind=filters.condition)
    lines = tuple(Line(patient=plan.patient, plan=plan) for plan in plans)
    return Behind(of=of, what="stopped", condition=filters.condition, lines=lines)
