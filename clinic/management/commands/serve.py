"""Serve the clinic: checks first, then the production server."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from clinic.models import Clinic
from clinic.staff.checks import refuse_open_doors
from clinic.web import preflight, serving

DEMO_PEOPLE = ("practitioner", "desk", "owner")


def is_demo_due() -> bool:
    """Whether there is no demo clinic, or its day has passed."""
    from sessions.demo.build import ZONE, demo_moment

    clinic = Clinic.objects.first()
    today = demo_moment(timezone.now()).astimezone(ZONE).date()
    return clinic is None or clinic.demo_day != today


class Command(BaseCommand):
    """Serve at PORT until Ctrl-C."""

    help = "Serve the clinic at NEEDLEPOINT_BIND and PORT."
    requires_system_checks = ()  # after the port, which is quicker to mend

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch: do what is due before serving."""
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="migrate, collect static files and load the demo where it is due",
        )

    def handle(self, *, prepare: bool, **_: Any) -> None:
        """Check, listen, say where, serve."""
        where = serving.Listening(
            address=settings.BIND_ADDRESS,
            port=settings.PORT,
            workers=settings.WORKERS,
        )
        try:
            listener = serving.listen(where)
            preflight.check_folder(Path(settings.VAR_DIR))
            self.check()
            if prepare:
                self.prepare()
            preflight.check()
            refuse_open_doors()
        except (
            serving.CannotListenError,
            preflight.NotReadyError,
            ImproperlyConfigured,
        ) as error:
            raise CommandError(str(error)) from error
        connections.close_all()
        self.say_where(where)
        sys.exit(serving.serve(where, listener))

    def prepare(self) -> None:
        """Do what is due, each in a process of its own with the role it needs."""
        self.say("Starting the database")
        if preflight.are_tables_old():
            self.run("Making the tables", "migrate", "--verbosity=0")
        if preflight.is_static_stale():
            self.run("Collecting static files", "collectstatic", "--noinput", "-v0")
        if settings.DEMO and is_demo_due():
            self.run("Building the demo clinic", "demo")

    def run(self, what: str, *command: str) -> None:
        """Run another command of ours; CommandError when it fails."""
        self.say(what)
        manage = Path(settings.BASE_DIR) / "manage.py"
        done = subprocess.run(  # noqa: S603 - our own command line
            [sys.executable, str(manage), *command],
            env=os.environ,
            check=False,
        )
        if done.returncode != 0:
            raise CommandError(f"{what} failed.", returncode=done.returncode)

    def say_where(self, where: serving.Listening) -> None:
        """The address, and in the demo the three sign-ins."""
        host = f"[{where.address}]" if ":" in where.address else where.address
        self.say("")
        self.say(f"Needlepoint is at http://{host}:{where.port}/")
        if settings.DEMO:
            self.say("")
            for person in DEMO_PEOPLE:
                self.say(f"  {person}@demo.clinic".ljust(30) + "password needlepoint")
        self.say("")
        self.say("Stop it with Ctrl-C.")

    def say(self, line: str) -> None:
        """A line that is seen at once, in a pipe as well."""
        self.stdout.write(line)
        self.stdout.flush()
