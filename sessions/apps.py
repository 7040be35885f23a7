"""The sessions app."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """The treatment. Its label is treatments: django.contrib.sessions keeps its own."""

    name = "sessions"
    label = "treatments"
    default_auto_field = "django.db.models.BigAutoField"
