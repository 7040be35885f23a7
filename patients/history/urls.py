"""Addresses of the health history and of screenings."""

from django.urls import path

from patients.history.views import (
    conditions,
    facts,
    health,
    screenings,
    tablet_screening,
)

app_name = "history"
HEALTH = "patients/<str:ref>/health/"
CONDITION = f"{HEALTH}conditions/<int:key>/"
FACT = f"{HEALTH}facts/<int:key>/"
SCREENING = "screenings/<str:ref>/"
TABLET = f"{SCREENING}tablet/"
urlpatterns = [
    path(HEALTH, health.health, name="health"),
    path(f"{HEALTH}conditions/new/", conditions.add, name="condition-add"),
    path(CONDITION, conditions.edit, name="condition"),
    path(f"{CONDITION}status/", conditions.status, name="condition-status"),
    path(f"{HEALTH}facts/new/", facts.add, name="fact-add"),
    path(f"{FACT}end/", facts.end, name="fact-end"),
    path(f"{FACT}withdraw/", facts.withdraw, name="fact-withdraw"),
    path("screenings/new/", screenings.start, name="screening-start"),
    path(SCREENING, screenings.screening, name="screening"),
    path(f"{SCREENING}ask/", screenings.ask, name="screening-ask"),
    path(f"{SCREENING}answers/<slug:key>/", screenings.answer, name="screening-answer"),
    path(f"{SCREENING}numbing/", screenings.numbing, name="screening-numbing"),
    path(f"{SCREENING}discard/", screenings.discard, name="screening-discard"),
    path(f"{SCREENING}overrides/", screenings.override, name="screening-override"),
    path(f"{SCREENING}paper/", screenings.paper, name="screening-paper"),
    path(f"{SCREENING}hand-over/", tablet_screening.hand_over, name="hand-over"),
    path(TABLET, tablet_screening.form, name="tablet"),
    path(f"{TABLET}done/", tablet_screening.done, name="tablet-done"),
    path(f"{TABLET}<slug:key>/", tablet_screening.answer, name="tablet-answer"),
]
