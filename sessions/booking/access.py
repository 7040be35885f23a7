"""Visits by reference: the object, or 404."""

from django.http import Http404

from clinic.staff.models import User
from clinic.web import refs
from sessions.booking.models import Visit
from sessions.booking.queries import visit_by_key


def visit_for(user: User, reference: str) -> Visit:
    """The visit behind `V7KQ2X`. Every member of staff sees the clinic's visits.

    Whose visit it is opens by the patient's own access. Raises Http404.
    """
    visit = visit_by_key(refs.parse_scrambled(Visit.PREFIX, reference) or 0)
    if visit is None or not user.is_active:
        raise Http404
    return visit
