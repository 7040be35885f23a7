"""The clinic app."""

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """What the clinic is: people, places, devices, audit, rules."""

    name = "clinic"
    label = "clinic"
    default_auto_field = "django.db.models.BigAutoField"
