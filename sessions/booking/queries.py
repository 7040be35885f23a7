"""Reading visits, and who and what may be booked."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from clinic.audit.models import AuditEvent
from clinic.devices.models import Device
from clinic.places.models import Room, Site
from clinic.staff.models import User
from clinic.staff.roles import Role
from sessions.booking.models import Visit

TREATED = Q(session__skin_clear_at__isnull=False)


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


def visits_of_day(*, site: Site, day: date) -> QuerySet[Visit]:
    """Every visit of a site's day but the cancelled ones, in order of time."""
    return (
        Visit.objects.filter(site=site, day=day)
        .exclude(status="cancelled")
        .select_related("patient")
        .order_by("starts_at", "id")
    )


def was_treated(visit: Visit) -> bool:
    """Whether somebody decided to treat at the visit; then its sheet is a record."""
    return Visit.objects.filter(pk=visit.pk).filter(TREATED).exists()


def open_visits_of_plan(*, plan_id: int) -> QuerySet[Visit]:
    """The visits of a plan that still lie ahead of treatment, in order of time."""
    return (
        Visit.objects.filter(plan_id=plan_id, status__in=["unconfirmed", "confirmed"])
        .exclude(TREATED)
        .select_related("patient", "practitioner", "room", "device", "planned_session")
        .order_by("starts_at", "id")
    )


def visit_by_key(key: int) -> Visit | None:
    """One visit with all that its pages show."""
    return (
        Visit.objects.filter(pk=key)
        .select_related("patient", "practitioner", "room", "device", "site")
        .select_related("plan__protocol", "planned_session", "session")
        .select_related("booked_by")
        .first()
    )


def changes_of(visit: Visit) -> list[AuditEvent]:
    """Who did what to a visit and when, the latest first."""
    return list(
        AuditEvent.objects.filter(object_kind="visit", object_id=visit.pk)
        .select_related("actor")
        .order_by("-at", "-id")[:30]
    )
