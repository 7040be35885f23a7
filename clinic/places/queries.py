"""Reading places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Prefetch, Q, QuerySet, Subquery

from clinic.places.models import (
    WEEKDAYS,
    Absence,
    Clinic,
    Closure,
    OpeningHours,
    Room,
    Site,
    WorkingHours,
)
from clinic.staff.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Named(TypedDict):
    """What `sites_of` adds to a site."""

    clinic_name: str | None


class Counted(TypedDict):
    """What `all_sites` adds to a site."""

    room_count: int
    person_count: int


def clinic() -> Clinic | None:
    """The one clinic, None before it was set up."""
    return Clinic.objects.first()


def clinic_name() -> str:
    """What the clinic is called, empty before it was set up."""
    found = clinic()
    return found.name if found else ""


def sites_of(*, user: User) -> "list[WithAnnotations[Site, Named]]":
    """The sites in use at which the person works, by name, with the clinic's name."""
    sites = Site.objects.filter(memberships__user=user, is_active=True)
    return list(
        sites.annotate(
            clinic_name=Subquery(Clinic.objects.values("name")[:1])
        ).order_by("name", "id")
    )


def chosen(sites: Sequence[Site], *, wanted_id: int | None) -> Site | None:
    """The wanted site among these, otherwise the first."""
    wanted = (site for site in sites if site.pk == wanted_id)
    return next(wanted, sites[0] if sites else None)


def all_sites() -> "QuerySet[WithAnnotations[Site, Counted]]":
    """Every site with how many rooms in use and people it has, those in use first."""
    return Site.objects.annotate(
        room_count=Count("rooms", filter=Q(rooms__is_active=True), distinct=True),
        person_count=Count("memberships", distinct=True),
    ).order_by("-is_active", "name", "id")


def rooms_of(*, site: Site) -> list[Room]:
    """The rooms of a site, those in use first."""
    return list(Room.objects.filter(site=site).order_by("-is_active", "name", "id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfWeek:
    """A weekday and its stretches of time, in their order."""

    weekday: int
    name: str
    stretches: tuple[OpeningHours | WorkingHours, ...]


def week(hours: Sequence[OpeningHours] | Sequence[WorkingHours]) -> list[DayOfWeek]:
    """Hours by weekday, Monday first; a day without any is closed."""
    return [
        DayOfWeek(
            weekday=number,
            name=str(name),
            stretches=tuple(
                sorted(
                    (row for row in hours if row.weekday == number),
                    key=lambda row: row.begins,
                )
            ),
        )
        for number, name in WEEKDAYS
    ]


def opening_hours(*, site: Site) -> list[DayOfWeek]:
    """When a site is open."""
    return week(list(OpeningHours.objects.filter(site=site)))


def open_weekdays(*, site: Site) -> frozenset[int]:
    """The days on which a site is open in a usual week, from Monday 0."""
    hours = OpeningHours.objects.filter(site=site)
    return frozenset(hours.values_list("weekday", flat=True))


def working_hours(*, person: User, site: Site) -> list[DayOfWeek]:
    """When a person works at a site."""
    return week(list(WorkingHours.objects.filter(user=person, site=site)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPlace:
    """A site at which a person works, and when."""

    site: Site
    days: list[DayOfWeek]

    @property
    def has_hours(self) -> bool:
        """Whether any hour is set."""
        return any(day.stretches for day in self.days)


def places_of(*, person: User) -> list[PersonPlace]:
    """Where a person works, with the hours at each site."""
    hours = WorkingHours.objects.filter(user=person)
    sites = Site.objects.filter(memberships__user=person).prefetch_related(
        Prefetch("working_hours", queryset=hours)
    )
    return [
        PersonPlace(site=site, days=week(list(site.working_hours.all())))
        for site in sites.order_by("name", "id")
    ]


def closures(*, today: date) -> list[Closure]:
    """Closures that are not over, the next first."""
    rows = Closure.objects.select_related("site").filter(last_day__gte=today)
    return list(rows.order_by("first_day", "id"))


def absences(*, today: date) -> list[Absence]:
    """Absences that are not over, the next first."""
    rows = Absence.objects.select_related("user").filter(last_day__gte=today)
    return list(rows.order_by("first_day", "id"))


def without_hours() -> list[Site]:
    """Sites in use that are never open: nothing can be booked there."""
    rows = Site.objects.filter(is_active=True, hours__isnull=True)
    return list(rows.order_by("name", "id"))


def people_at(*, site: Site) -> list[User]:
    """Who works at a site, by name."""
    rows = User.objects.filter(memberships__site=site, is_active=True)
    return list(rows.order_by("full_name", "id"))
