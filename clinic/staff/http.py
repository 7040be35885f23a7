"""The request of a signed-in person, for slices that know no sites."""

from datetime import timedelta

from django.http import HttpRequest

from clinic.staff.models import User


class PersonRequest(HttpRequest):
    """A signed-in request."""

    user: User
    extend_by: timedelta | None
