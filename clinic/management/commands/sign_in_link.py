"""A one-time sign-in link, for the day when no owner can make one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from clinic.staff import actions, links
from clinic.staff.models import User


class Command(BaseCommand):
    """Print the link; it is in the audit log, made by nobody signed in."""

    help = "Print a one-time link with which a person chooses a new password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose link."""
        parser.add_argument("email", help="the address the person signs in with")

    def handle(self, *, email: str, **_: Any) -> None:
        """Make it; CommandError for an unknown address or a closed sign-in."""
        person = User.objects.filter(email=email.lower()).first()
        if person is None:
            raise CommandError("Nobody signs in with this address.")
        try:
            token = actions.make_link(person=person, by=None, now=timezone.now())
        except actions.StaffRefused as refused:
            raise CommandError(refused.sentence) from refused
        hours = links.lasts(person).total_seconds() / 3600
        self.stdout.write(f"Works once, within {hours:g} hours, after the address:")
        self.stdout.write(reverse("clinic:link", args=[token]))
