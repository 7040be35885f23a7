"""Places an owner or practitioner may open: all of the clinic, or 404."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from clinic.places.models import Absence, Closure, Room, Site
from clinic.staff.models import User

Row = TypeVar("Row", bound=Model)


def site_for(pk: int) -> Site:
    """A site of the clinic."""
    return _one(Site.objects.all(), pk)


def room_for(pk: int) -> Room:
    """A room of the clinic, with its site."""
    return _one(Room.objects.select_related("site"), pk)


def closure_for(pk: int) -> Closure:
    """A closure."""
    return _one(Closure.objects.all(), pk)


def absence_for(pk: int) -> Absence:
    """An absence."""
    return _one(Absence.objects.all(), pk)


def person_at(pk: int, site: Site) -> User:
    """A person who works at the site."""
    return _one(User.objects.filter(memberships__site=site), pk)


def own_site_for(user: User, pk: int) -> Site:
    """A site in use at which the person works."""
    return _one(Site.objects.filter(memberships__user=user, is_active=True), pk)


def _one(rows: QuerySet[Row], pk: int) -> Row:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
