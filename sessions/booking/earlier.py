"""A patient's other sessions, done or booked, as the interval rule counts them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from clinic.rules import waiting
from clinic.rules.book import RuleBook
from clinic.rules.interval import Planned, Treated
from clinic.rules.series import Shut
from sessions.booking.models import FREE_STATUSES
from sessions.plans.models import PlannedSession, ProtocolZone

Zones = Sequence[tuple[str, Decimal | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """One session of the patient: its day, and what is known of its zones.

    `zones` is None where nobody wrote down where it is: then it may be anywhere.
    """

    visit_id: int
    plan_id: int | None
    on: date
    zones: tuple[Planned, ...] | None

    def treated(self, asked: Iterable[str]) -> tuple[Treated, ...]:
        """Its zones for the rule; unknown ones are those that are asked for."""
        if self.zones is None:
            return tuple(Treated(zone=zone, on=self.on) for zone in asked)
        return tuple(
            Treated(zone=z.zone, on=self.on, mm=z.mm, condition=z.condition)
            for z in self.zones
        )


class _Booked(NamedTuple):
    """A visit for a session, and what its plan means by it."""

    visit_id: int
    day: date
    plan_id: int | None
    protocol_id: int | None
    planned_for: str | None
    planned_zones: list[str] | None
    planned_mm: Decimal | None


class _Recorded(NamedTuple):
    """The record of a visit, with one of its zones if there is one."""

    visit_id: int
    performed_on: date | None
    signed_at: datetime | None
    treated: str | None
    zone: str | None
    setting_mm: Decimal | None
    length_mm: Decimal | None
    is_left_out: bool | None


# Read twice whenever a plan is booked: as plain SQL, in the order of the rows above.
# In one statement its planning alone would take longer than both.
_BOOKED = """
SELECT visit.id, visit.day, visit.plan_id,
       plan.protocol_id, planned_for.kind, planned_for.zones, planned.planned_mm
  FROM treatments_visit visit
  LEFT JOIN treatments_plan plan ON plan.id = visit.plan_id
  LEFT JOIN patients_patientcondition planned_for ON planned_for.id = plan.condition_id
  LEFT JOIN treatments_plannedsession planned ON planned.id = visit.planned_session_id
 WHERE visit.patient_id = %(patient)s
   AND visit.kind = 'session'
   AND visit.status <> ALL(%(free)s)
   AND visit.id <> ALL(%(leaving_out)s::bigint[])
 ORDER BY visit.starts_at, visit.id
"""

_RECORDED = """
SELECT session.visit_id, session.performed_on, session.signed_at, treated.kind,
       zone.zone, zone.depth_setting_mm, zone.needle_length_mm, zone.is_left_out
  FROM treatments_treatmentsession session
  LEFT JOIN patients_patientcondition treated ON treated.id = session.condition_id
  LEFT JOIN treatments_zonetreatment zone ON zone.session_id = session.id
 WHERE session.visit_id = ANY(%(visits)s)
 ORDER BY session.visit_id, zone.id
"""


def sessions_of(
    *, patient_id: int, leaving_out: Sequence[int] = ()
) -> tuple[Other, ...]:
    """Every session of a patient that was or will be; at most three queries.

    A record counts with its day and zones, a booked visit with the zones of its
    protocol, else of the patient's condition, and the planned depth.
    """
    asked: Mapping[str, Any] = {
        "patient": patient_id,
        "free": list(FREE_STATUSES),
        "leaving_out": list(leaving_out),
    }
    records: dict[int, list[_Recorded]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, asked)
        booked = [_Booked(*row) for row in cursor.fetchall()]
        if not booked:
            return ()
        cursor.execute(_RECORDED, {"visits": [visit.visit_id for visit in booked]})
        for row in cursor.fetchall():
            record = _Recorded(*row)
            records[record.visit_id].append(record)
    ranges = protocol_zones({one.protocol_id for one in booked if one.protocol_id})
    return tuple(_other(visit, records[visit.visit_id], ranges) for visit in booked)


def shut_days(
    book: RuleBook,
    others: Iterable[Other],
    *,
    number: int,
    planned: tuple[Planned, ...],
    plan_id: int | None,
    today: date,
) -> Iterator[Shut]:
    """Days from today on which a session may not lie because of the others.

    Other sessions of the same plan only refuse: its own gap says what is usual.
    """
    for other in others:
        treated = other.treated([zone.zone for zone in planned])
        for one in waiting.near(book, others=treated, planned=planned):
            shut = [_shut(number, one.on, one.block_before, one.block_after)]
            if other.plan_id is None or other.plan_id != plan_id:
                asked = _shut(number, one.on, one.warn_before, one.warn_after)
                shut.append(replace(asked, refuses=False))
            yield from (span for span in shut if span.last_day >= today)


def _shut(number: int, on: date, before: int, after: int) -> Shut:
    return Shut(
        number=number,
        first_day=on - timedelta(days=before - 1),
        last_day=on + timedelta(days=after - 1),
        other_on=on,
    )


def protocol_zones(protocols: Iterable[int]) -> Mapping[int, Zones]:
    """The zones of protocols with their deepest setting in mm, by protocol."""
    found: dict[int, list[tuple[str, Decimal | None]]] = defaultdict(list)
    keys = list(protocols)
    rows = ProtocolZone.objects.filter(protocol_id__in=keys) if keys else ()
    for row in rows:
        found[row.protocol_id].append((row.zone, row.high_mm))
    return found


def planned_zones(
    zones: Zones, *, mm: Decimal | None, condition: str | None
) -> tuple[Planned, ...]:
    """The zones of a session with the depth meant for it, never beyond their own."""
    return tuple(
        Planned(
            zone=zone,
            mm=mm if mm is None or high is None else min(mm, high),
            condition=condition,
        )
        for zone, high in zones
    )


def planned_of(keys: Iterable[int]) -> Mapping[int, tuple[Planned, ...]]:
    """What each planned session means to treat, by its id; two queries."""
    return meant_by(planned_sessions().filter(pk__in=list(keys)))


def planned_sessions() -> QuerySet[PlannedSession]:
    """Planned sessions with what of plan and condition says where and how deep."""
    return PlannedSession.objects.select_related("plan__condition").only(
        "number",
        "planned_mm",
        "is_dropped",
        "plan__status",
        "plan__protocol",
        "plan__condition__kind",
        "plan__condition__zones",
    )


def meant_by(rows: Iterable[PlannedSession]) -> Mapping[int, tuple[Planned, ...]]:
    """What planned sessions mean to treat, by their id; one query."""
    planned = list(rows)
    ranges = protocol_zones({row.plan.protocol_id for row in planned})
    return {
        row.pk: planned_zones(
            ranges.get(row.plan.protocol_id) or unlimited(row.plan.condition.zones),
            mm=row.planned_mm,
            condition=row.plan.condition.kind,
        )
        for row in planned
    }


def unlimited(zones: Iterable[str] | None) -> Zones:
    """Zones for which the protocol, which names none, sets no depth."""
    return [(zone, None) for zone in zones or ()]


def _other(
    booked: _Booked, records: Sequence[_Recorded], ranges: Mapping[int, Zones]
) -> Other:
    recorded = [row for row in records if row.zone is not None]
    first = records[0] if records else None
    if first and first.performed_on and (recorded or first.signed_at is not None):
        zones = tuple(
            _zone(row, booked.planned_for) for row in recorded if not row.is_left_out
        )
        return Other(
            visit_id=booked.visit_id,
            plan_id=booked.plan_id,
            on=first.performed_on,
            zones=zones,
        )
    meant = planned_zones(
        ranges.get(booked.protocol_id or 0) or unlimited(booked.planned_zones),
        mm=booked.planned_mm,
        condition=booked.planned_for,
    )
    return Other(
        visit_id=booked.visit_id,
        plan_id=booked.plan_id,
        on=booked.day,
        zones=meant or None,
    )


def _zone(row: _Recorded, planned_for: str | None) -> Planned:
    return Planned(
        zone=row.zone or "",
        mm=row.length_mm if row.setting_mm is None else row.setting_mm,
        condition=row.treated or planned_for,
    )
