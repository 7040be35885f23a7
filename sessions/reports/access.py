"""Whose figures a person reads: an owner everybody's, a practitioner their own."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied

from clinic.staff.models import User
from sessions.reports.filters import Filters, read


def is_held_to_own(user: User) -> bool:
    """Whether the person reads about their own patients only (SECURITY 3)."""
    return not user.is_owner


def filters_for(user: User, values: Mapping[str, str], *, today: date) -> Filters:
    """The filters of an address, held to what the person may read.

    Own are the plans and visits that name the person as practitioner, and the
    sessions they did. Raises PermissionDenied when the address asks for somebody
    else's.
    """
    asked = read(values, today=today)
    if not is_held_to_own(user):
        return asked
    if asked.practitioner_id not in {None, user.pk}:
        raise PermissionDenied
    return asked.of_practitioner(user.pk)
