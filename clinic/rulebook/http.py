"""The request of a signed-in person, as this slice sees it."""

from django.http import HttpRequest

from clinic.staff.models import User


class StaffRequest(HttpRequest):
    """A signed-in request; sites stand above this slice and are not needed here."""

    user: User
