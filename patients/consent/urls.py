"""Addresses of consents and their texts."""

from django.urls import path

from patients.consent.views import consents, tablet, texts

app_name = "consent"
CONSENTS = "patients/<str:ref>/consents/"
ONE = f"{CONSENTS}<slug:kind>/"
urlpatterns = [
    path(CONSENTS, consents.consents, name="list"),
    path(f"{CONSENTS}<int:key>/withdraw/", consents.withdraw, name="withdraw"),
    path(f"{CONSENTS}<int:key>/paper/", consents.paper, name="paper"),
    path(ONE, consents.take, name="take"),
    path(f"{ONE}hand-over/", tablet.hand_over, name="hand-over"),
    path(f"{ONE}tablet/", tablet.form, name="tablet"),
    path(f"{ONE}tablet/done/", tablet.done, name="tablet-done"),
    path("settings/consents/", texts.texts, name="texts"),
    path("settings/consents/<slug:kind>/<slug:language>/", texts.text, name="text"),
]
