"""The request of a signed-in person, as every view of the product sees it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from clinic.places.models import Site
from clinic.staff.models import User


class StaffRequest(HttpRequest):
    """A signed-in request: `site` is the place the person works at now."""

    user: User
    htmx: HtmxDetails
    site: Site  # type: ignore[assignment] # ours, not contrib.sites'


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece of the page (not for a boosted whole page)."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted
