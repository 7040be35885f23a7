"""Reading visits and free time. Search reads flat rows, never the constraints."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from clinic.devices.models import Device
from clinic.places.models import (
    Absence,
    Closure,
    OpeningHours,
    Room,
    Site,
    WorkingHours,
)
from clinic.rules import freetime
from clinic.rules.freetime import DayResources, Presence
from clinic.staff.models import User
from clinic.staff.roles import Role
from sessions.booking.models import FREE_STATUSES, Visit

Minutes = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who and what may be booked at a site; ids, preferred ones first."""

    site_id: int
    zone: ZoneInfo
    practitioners: tuple[int, ...]
    rooms: tuple[int, ...]
    devices: tuple[int, ...] = ()


@dataclass(slots=True)
class _Calendar:
    """What is known of a span of days, before it becomes masks."""

    opening: dict[int, list[Minutes]] = field(default_factory=lambda: defaultdict(list))
    working: dict[tuple[int, int], list[Minutes]] = field(
        default_factory=lambda: defaultdict(list)
    )
    closures: list[tuple[date, date, str]] = field(default_factory=list)
    absences: dict[int, list[tuple[date, date]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    busy: dict[tuple[str, int, date], int] = field(
        default_factory=lambda: defaultdict(int)
    )


def practitioners_at(site: Site) -> QuerySet[User]:
    """Active practitioners of a site, by name."""
    return site.staff.filter(
        is_active=True, roles__contains=[Role.PRACTITIONER.value]
    ).order_by("full_name", "id")


def rooms_at(site: Site) -> QuerySet[Room]:
    """Rooms of a site that are in use, by name."""
    return site.rooms.filter(is_active=True).order_by("name", "id")


def devices_at(site: Site, *, model_keys: Iterable[str]) -> QuerySet[Device]:
    """Handpieces of a site that are in use and of one of the models."""
    return site.devices.filter(is_active=True, model_key__in=list(model_keys)).order_by(
        "name", "id"
    )


def free_days(
    *,
    roster: Roster,
    first_day: date,
    days: int,
    leaving_out: Sequence[int] = (),
    patient_id: int | None = None,
) -> tuple[DayResources, ...]:
    """The masks of so many days from `first_day`, in order.

    `leaving_out` are ids of visits about to be moved: their time counts as
    free. With `patient_id`, the patient's other visits count as closed time.
    Five queries, whatever the span; none per day.
    """
    last_day = first_day + timedelta(days=days - 1)
    calendar = _Calendar()
    _read_hours(calendar, roster)
    _read_exceptions(calendar, roster, first_day, last_day)
    _read_visits(
        calendar,
        roster,
        first_day,
        last_day,
        leaving_out=leaving_out,
        patient_id=patient_id,
    )
    return tuple(
        _day(calendar, roster, first_day + timedelta(days=offset), patient_id)
        for offset in range(days)
    )


def _read_hours(calendar: _Calendar, roster: Roster) -> None:
    opening = OpeningHours.objects.filter(site_id=roster.site_id)
    for weekday, begins, ends in opening.values_list("weekday", "begins", "ends"):
        calendar.opening[weekday].append((_minute(begins), _minute(ends)))
    working = WorkingHours.objects.filter(
        site_id=roster.site_id, user_id__in=roster.practitioners
    )
    for user_id, weekday, begins, ends in working.values_list(
        "user_id", "weekday", "begins", "ends"
    ):
        calendar.working[user_id, weekday].append((_minute(begins), _minute(ends)))


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _read_exceptions(
    calendar: _Calendar, roster: Roster, first_day: date, last_day: date
) -> None:
    closures = Closure.objects.filter(
        Q(site_id=roster.site_id) | Q(site__isnull=True),
        first_day__lte=last_day,
        last_day__gte=first_day,
    ).order_by("first_day", "id")
    calendar.closures.extend(closures.values_list("first_day", "last_day", "reason"))
    absences = Absence.objects.filter(
        user_id__in=roster.practitioners,
        first_day__lte=last_day,
        last_day__gte=first_day,
    )
    for user_id, begins, ends in absences.values_list(
        "user_id", "first_day", "last_day"
    ):
        calendar.absences[user_id].append((begins, ends))


def _read_visits(
    calendar: _Calendar,
    roster: Roster,
    first_day: date,
    last_day: date,
    *,
    leaving_out: Sequence[int],
    patient_id: int | None,
) -> None:
    begins = freetime.wall_to_instant(first_day, 0, roster.zone)
    ends = freetime.wall_to_instant(last_day + timedelta(days=1), 0, roster.zone)
    ours = (
        Q(practitioner_id__in=roster.practitioners)
        | Q(room_id__in=roster.rooms)
        | Q(device_id__in=roster.devices)
    )
    if patient_id is not None:
        ours |= Q(patient_id=patient_id)
    rows = (
        Visit.objects.filter(ours, starts_at__lt=ends, ends_at__gt=begins)
        .filter(starts_at__gte=begins - timedelta(days=1))
        .exclude(status__in=FREE_STATUSES)
        .exclude(pk__in=list(leaving_out))
        .values_list(
            "practitioner_id",
            "room_id",
            "device_id",
            "patient_id",
            "starts_at",
            "ends_at",
        )
    )
    for practitioner, room, device, patient, starts_at, ends_at in rows:
        keys = [("practitioner", practitioner), ("room", room), ("patient", patient)]
        if device is not None:
            keys.append(("device", device))
        for day, mask in _masks(starts_at, ends_at, roster.zone):
            for kind, key in keys:
                calendar.busy[kind, key, day] |= mask


def _masks(
    starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> Iterable[tuple[date, int]]:
    day = starts_at.astimezone(zone).date()
    last = ends_at.astimezone(zone).date()
    while day <= last:
        spans = freetime.wall_intervals(starts_at, ends_at, day=day, tz=zone)
        yield day, freetime.busy_mask(spans)
        day += timedelta(days=1)


def _day(
    calendar: _Calendar, roster: Roster, day: date, patient_id: int | None
) -> DayResources:
    closed = next(
        (reason for begins, ends, reason in calendar.closures if begins <= day <= ends),
        "",
    )
    opened = 0 if closed else freetime.open_mask(calendar.opening[day.weekday()])
    if patient_id is not None:
        opened &= ~calendar.busy["patient", patient_id, day]
    return DayResources(
        day=day,
        open=opened,
        closed=closed,
        practitioners={
            key: Presence(
                works=_works(calendar, key, day),
                busy=calendar.busy["practitioner", key, day],
            )
            for key in roster.practitioners
        },
        rooms={key: calendar.busy["room", key, day] for key in roster.rooms},
        devices={key: calendar.busy["device", key, day] for key in roster.devices},
    )


def _works(calendar: _Calendar, user_id: int, day: date) -> int:
    if any(begins <= day <= ends for begins, ends in calendar.absences[user_id]):
        return 0
    return freetime.open_mask(calendar.working[user_id, day.weekday()])


def visits_of_day(*, site: Site, day: date) -> QuerySet[Visit]:
    """Every visit of a site's day but the cancelled ones, in order of time."""
    return (
        Visit.objects.filter(site=site, day=day)
        .exclude(status="cancelled")
        .select_related("patient", "practitioner", "room", "plan__protocol")
        .select_related("planned_session", "session")
        .order_by("starts_at", "id")
    )


def open_visits_of_plan(*, plan_id: int) -> QuerySet[Visit]:
    """The visits of a plan that still lie ahead of treatment, in order of time."""
    return (
        Visit.objects.filter(plan_id=plan_id, status__in=["unconfirmed", "confirmed"])
        .select_related("patient", "practitioner", "room", "device", "planned_session")
        .order_by("starts_at", "id")
    )
