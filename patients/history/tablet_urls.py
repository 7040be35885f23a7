"""The address at which the tablet is handed back."""

from django.urls import path

from patients.history.views import tablet

app_name = "tablet"
urlpatterns = [path("tablet/unlock/", tablet.unlock, name="unlock")]
