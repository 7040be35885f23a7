"""The clinic app."""

from django.apps import AppConfig
from django.core import checks


class ClinicConfig(AppConfig):
    """What the clinic is: people, places, devices, audit, rules."""

    name = "clinic"
    label = "clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Watch doors and sign-ins, answer in the find box, set the demo's clock."""
        from django.conf import settings

        from clinic.devices.finding import find_lots
        from clinic.places.finding import find_pages
        from clinic.staff import sign_in_log
        from clinic.staff.checks import check_doors
        from clinic.web import find

        checks.register(check_doors, checks.Tags.security)
        sign_in_log.connect()
        find.register("lots", find_lots, order=30)
        find.register("pages", find_pages, order=90)
        if settings.DEMO:
            from clinic.web import demo_clock

            demo_clock.install()
