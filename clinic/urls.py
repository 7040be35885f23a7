"""Addresses of the whole product; each slice brings its own."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

clinic_pages: list[URLPattern | URLResolver] = [
    path("", include("clinic.staff.urls")),
    path("", include("clinic.places.urls")),
    path("", include("clinic.devices.urls")),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((clinic_pages, "clinic"))),
    path("", include("clinic.rulebook.urls")),
    path("", include("patients.importing.urls")),
    path("", include("patients.records.urls")),
    path("", include("patients.history.urls")),
    path("", include("patients.history.tablet_urls")),
    path("", include("patients.consent.urls")),
    path("", include("clinic.staff.sign_in_urls")),
    path("", include("sessions.progress.urls")),
    path("", include("sessions.charting.urls")),
    path("", include("sessions.reports.urls")),
    path("", include("sessions.booking.urls")),
    path("", include("sessions.plans.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("sessions.demo.urls")))
    urlpatterns.append(path("styleguide/", include("clinic.web.gallery.urls")))
handler400 = "clinic.web.errors.bad_request"
handler403 = "clinic.web.errors.forbidden"
handler404 = "clinic.web.errors.not_found"
handler500 = "clinic.web.errors.server_error"
