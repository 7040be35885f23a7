"""Explains to an owner why a patient is closed, and the way in (DESIGN 6)."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from patients.records.access import NeedsBreakGlass


class BreakGlassMiddleware:
    """Turns NeedsBreakGlass into a page, whichever view raised it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing to do on the way."""
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """The page that explains; other exceptions go on."""
        if not isinstance(exception, NeedsBreakGlass):
            return None
        form = reverse("records:break-glass", args=[exception.reference])
        onward = urlencode({"next": request.get_full_path()})
        return render(
            request,
            "patients/records/closed.html",
            {"reference": exception.reference, "way_in": f"{form}?{onward}"},
            status=403,
        )
