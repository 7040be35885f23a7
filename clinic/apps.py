"""The clinic app."""

from django.apps import AppConfig
from django.core import checks


class ClinicConfig(AppConfig):
    """What the clinic is: people, places, devices, audit, rules."""

    name = "clinic"
    label = "clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Watch the doors and the sign-ins; in the demo, set the clock."""
        from django.conf import settings

        from clinic.staff import sign_in_log
        from clinic.staff.checks import check_doors

        checks.register(check_doors, checks.Tags.security)
        sign_in_log.connect()
        if settings.DEMO:
            from clinic.web import demo_clock

            demo_clock.install()
