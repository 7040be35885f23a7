"""The request of a signed-in person, as every view of the product sees it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
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


View = Callable[..., HttpResponseBase]


def needs_site(view: View) -> View:
    """Explain, instead of the page, to a person who works at no site yet."""

    @wraps(view)
    def placed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "site", None) is None:
            return render(request, "places/no_site.html")
        return view(request, *args, **kwargs)

    return placed
