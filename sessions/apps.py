"""The sessions app."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """The treatment. Its label is treatments: django.contrib.sessions keeps its own."""

    name = "sessions"
    label = "treatments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the death of a patient end the visits to come and the open plans."""
        from patients.records import endings
        from sessions.booking import deaths

        endings.add_source(deaths.standing, deaths.end)
