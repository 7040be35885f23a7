"""The patients app."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Who is treated."""

    name = "patients"
    label = "patients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the find box know patients, and headers the flags of the history."""
        from clinic.web import find
        from patients.history import header
        from patients.records import finding, flags

        find.register("patients", finding.finder, order=10)
        flags.add_source(header.flags_for)
