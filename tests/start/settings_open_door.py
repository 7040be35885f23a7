"""Settings whose addresses have one view that nobody guards."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from clinic.settings_test import *  # noqa: F403

ROOT_URLCONF = __name__


def unguarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse("anybody")


urlpatterns = [path("unguarded/", unguarded, name="unguarded")]
