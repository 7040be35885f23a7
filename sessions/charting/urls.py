"""Addresses of sessions at the chair, their records and adverse events."""

from django.urls import path

from sessions.charting.views import events, lists, needs, record, safety, sheet

app_name = "charting"
ONE = "sessions/<str:ref>/"
urlpatterns = [
    path("visits/<str:ref>/start/", sheet.start, name="start"),
    path(f"{ONE}safety/", safety.safety, name="safety"),
    path(f"{ONE}safety/clear/", safety.clear, name="clear"),
    path(f"{ONE}safety/override/", safety.override, name="override"),
    path(f"{ONE}take-over/", safety.take_over, name="take-over"),
    path(f"{ONE}treat/", sheet.treat, name="treat"),
    path(f"{ONE}outcome/", sheet.outcome, name="outcome"),
    path(f"{ONE}sign/", sheet.sign, name="sign"),
    path(f"{ONE}tap/", sheet.tap, name="tap"),
    path(f"{ONE}record/", record.record, name="record"),
    path(f"{ONE}additions/", record.additions, name="additions"),
    path(f"{ONE}events/new/", events.add, name="event-new"),
    path("today/needs/", needs.needs_you, name="needs"),
    path("events/", events.listed, name="events"),
    path("events/<str:ref>/", events.event, name="event"),
    path("patients/<str:ref>/sessions/", lists.of_patient, name="patient-sessions"),
    path("lots/<int:key>/patients/", lists.lot_patients, name="lot-patients"),
]
