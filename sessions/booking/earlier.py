"""A patient's other sessions, done or booked, as the interval rule counts them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

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


class _Row(NamedTuple):
    """A visit, with one zone of its record if there is one."""

    visit_id: int
    day: date
    plan_id: int | None
    protocol_id: int | None
    planned_for: str | None
    planned_zones: list[str] | None
    planned_mm: Decimal | None
    performed_on: date | None
    signed_at: datetime | None
    treated: str | None
    zone: str | None
    setting_mm: Decimal | None
    length_mm: Decimal | None
    is_left_out: bool | None


# Read twice whenever a plan is booked: as plain SQL, in the order of _Row.
_SESSIONS = """
SELECT visit.id, visit.day, visit.plan_id,
       plan.protocol_id, planned_for.kind, planned_for.zones, planned.planned_mm,
       session.performed_on, session.signed_at, treated.kind,
       zone.zone, zone.depth_setting_mm, zone.needle_length_mm, zone.is_left_out
  FROM treatments_visit visit
  LEFT JOIN treatments_plan plan ON plan.id = visit.plan_id
  LEFT JOIN patients_patientcondition planned_for ON planned_for.id = plan.condition_id
  LEFT JOIN treatments_plannedsession planned ON planned.id = visit.planned_session_id
  LEFT JOIN treatments_treatmentsession session ON session.visit_id = visit.id
  LEFT JOIN patients_patientcondition treated ON treated.id = session.condition_id
  LEFT JOIN treatments_zonetreatment zone ON zone.session_id = session.id
 WHERE visit.patient_id = %(patient)s
   AND visit.kind = 'session'
   AND visit.status <> ALL(%(free)s)
   AND visit.id <> ALL(%(leaving_out)s::bigint[])
 ORDER BY visit.starts_at, visit.id, zone.id
"""


def sessions_of(
    *, patient_id: int, leaving_out: Sequence[int] = ()
) -> tuple[Other, ...]:
    """Every session of a patient that was or will be; at most two queries.

    A record counts with its day and zones, a booked visit with the zones of its
    protocol, else of the patient's condition, and the planned depth.
    """
    asked: Mapping[str, Any] = {
        "patient": patient_id,
        "free": list(FREE_STATUSES),
        "leaving_out": list(leaving_out),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SESSIONS, asked)
        rows = [_Row(*row) for row in cursor.fetchall()]
    ranges = protocol_zones({row.protocol_id for row in rows if row.protocol_id})
    by_visit: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        by_visit[row.visit_id].append(row)
    return tuple(_other(visit_rows, ranges) for visit_rows in by_visit.values())


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
    rows = list(
        PlannedSession.objects.filter(pk__in=list(keys)).values_list(
            "pk",
            "planned_mm",
            "plan__protocol_id",
            "plan__condition__kind",
            "plan__condition__zones",
        )
    )
    ranges = protocol_zones({row[2] for row in rows})
    return {
        key: planned_zones(
            ranges.get(protocol) or unlimited(zones), mm=mm, condition=kind
        )
        for key, mm, protocol, kind, zones in rows
    }


def unlimited(zones: Iterable[str] | None) -> Zones:
    """Zones for which the protocol, which names none, sets no depth."""
    return [(zone, None) for zone in zones or ()]


def _other(rows: Sequence[_Row], ranges: Mapping[int, Zones]) -> Other:
    first = rows[0]
    recorded = [row for row in rows if row.zone is not None]
    if first.performed_on and (recorded or first.signed_at is not None):
        return Other(
            visit_id=first.visit_id,
            plan_id=first.plan_id,
            on=first.performed_on,
            zones=tuple(_zone(row) for row in recorded if not row.is_left_out),
        )
    zones = planned_zones(
        ranges.get(first.protocol_id or 0) or unlimited(first.planned_zones),
        mm=first.planned_mm,
        condition=first.planned_for,
    )
    return Other(
        visit_id=first.visit_id,
        plan_id=first.plan_id,
        on=first.day,
        zones=zones or None,
    )


def _zone(row: _Row) -> Planned:
    return Planned(
        zone=row.zone or "",
        mm=row.length_mm if row.setting_mm is None else row.setting_mm,
        condition=row.treated or row.planned_for,
    )
