"""A patient's other sessions, done or booked, as the interval rule counts them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from clinic.rules import waiting
from clinic.rules.book import RuleBook
from clinic.rules.interval import Planned, Treated
from clinic.rules.series import Shut
from sessions.booking.models import FREE_STATUSES, Visit
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


def sessions_of(
    *, patient_id: int, leaving_out: Sequence[int] = ()
) -> tuple[Other, ...]:
    """Every session of a patient that was or will be; two queries.

    A record counts with its day and zones, a booked visit with the zones of its
    protocol, else of the patient's condition, and the planned depth.
    """
    rows = list(
        Visit.objects.filter(patient_id=patient_id, kind="session")
        .exclude(status__in=FREE_STATUSES)
        .exclude(pk__in=list(leaving_out))
        .order_by("starts_at", "id")
        .values(
            "id",
            "day",
            "plan_id",
            "plan__protocol_id",
            "plan__condition__kind",
            "plan__condition__zones",
            "planned_session__planned_mm",
            "session__performed_on",
            "session__signed_at",
            "session__condition__kind",
            "session__zones__zone",
            "session__zones__depth_setting_mm",
            "session__zones__needle_length_mm",
            "session__zones__is_left_out",
        )
    )
    protocols = {row["plan__protocol_id"] for row in rows} - {None}
    ranges = protocol_zones(protocols)
    by_visit: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_visit[row["id"]].append(row)
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


def _other(rows: Sequence[Mapping[str, Any]], ranges: Mapping[int, Zones]) -> Other:
    first = rows[0]
    recorded = [row for row in rows if row["session__zones__zone"] is not None]
    if recorded or first["session__signed_at"] is not None:
        return Other(
            visit_id=first["id"],
            plan_id=first["plan_id"],
            on=first["session__performed_on"],
            zones=tuple(
                _zone(row) for row in recorded if not row["session__zones__is_left_out"]
            ),
        )
    zones = planned_zones(
        ranges.get(first["plan__protocol_id"])
        or unlimited(first["plan__condition__zones"]),
        mm=first["planned_session__planned_mm"],
        condition=first["plan__condition__kind"],
    )
    return Other(
        visit_id=first["id"],
        plan_id=first["plan_id"],
        on=first["day"],
        zones=zones or None,
    )


def _zone(row: Mapping[str, Any]) -> Planned:
    setting = row["session__zones__depth_setting_mm"]
    return Planned(
        zone=row["session__zones__zone"],
        mm=row["session__zones__needle_length_mm"] if setting is None else setting,
        condition=row["session__condition__kind"] or row["plan__condition__kind"],
    )
