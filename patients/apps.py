"""The patients app."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Who is treated."""

    name = "patients"
    label = "patients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the find box know patients."""
        from clinic.web import find
        from patients.records import finding

        find.register("patients", finding.finder, order=10)
