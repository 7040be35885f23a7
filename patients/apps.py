"""The patients app."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Who is treated."""

    name = "patients"
    label = "patients"
    default_auto_field = "django.db.models.BigAutoField"
