"""Puts the site a person works at on the request, and shows times as it does."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from clinic.places import queries
from clinic.staff.models import User

SITE_KEY = "site_id"


def site_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Set `request.site` and the time zone for signed-in people.

    The clinic's name stands on every page; for strangers it is read when a page is
    drawn, so that being sent to the sign-in costs no query.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.clinic_name = SimpleLazyObject(queries.clinic_name)  # type: ignore[attr-defined]
        if not isinstance(request.user, User):
            return get_response(request)
        sites = queries.sites_of(user=request.user)
        site = queries.chosen(sites, wanted_id=request.session.get(SITE_KEY))
        request.sites = sites  # type: ignore[attr-defined]
        if sites:
            request.clinic_name = sites[0].clinic_name  # type: ignore[attr-defined]
        request.site = site  # type: ignore[assignment] # ours, not contrib.sites'
        if site is None:
            return get_response(request)
        with timezone.override(site.zone):
            return get_response(request)

    return middleware
