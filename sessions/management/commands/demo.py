"""`manage.py demo`: the simulated clinic, built once a day."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from clinic.audit import context
from clinic.models import Clinic
from clinic.web import demo_clock
from sessions.demo.build import ZONE, build, demo_moment


class Command(BaseCommand):
    """Build the demo clinic in its own database, or leave today's alone."""

    help = "Build the simulated clinic; once its day has passed, build it anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch: build it anew in any case."""
        parser.add_argument(
            "--again", action="store_true", help="throw it away and build it anew"
        )

    def handle(self, *, again: bool, **_: Any) -> None:
        """Refuse a real clinic; build, rebuild, or say that it stands."""
        now = demo_clock.real_now()
        shown = demo_moment(now)
        today = shown.astimezone(ZONE).date()
        clinic = Clinic.objects.first()
        if clinic is not None and not clinic.is_demo:
            raise CommandError(
                "This database holds a real clinic. The demo needs one of its own."
            )
        if clinic is not None and _is_of(clinic, today) and not again:
            self.stdout.write(f"The demo clinic of {today:%d %B %Y} stands.")
            return
        if clinic is not None:
            self.stdout.write("Throwing the old demo away")
            _empty()
        self.stdout.write(f"Simulating a clinic for {today:%d %B %Y} (about 20 s)")
        self.stdout.flush()
        with context.acting_from(context.Origin(source="demo")):
            build(now=now)
        demo_clock.set_offset(shown - now)


def _is_of(clinic: Clinic, today: date) -> bool:
    return clinic.demo_day == today


def _empty() -> None:
    """Drop every table and make them anew: the records themselves refuse deletion."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
        if "demo" not in name and not name.startswith("test_"):
            raise CommandError(f"The database {name} is not the demo's own.")
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
