"""`manage.py setup_clinic`: an empty database becomes a clinic with its first owner."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from clinic.audit import context
from clinic.audit.actions import record
from clinic.models import Clinic, Site, SiteStaff, User
from clinic.places.models import validate_time_zone
from clinic.rules.book import load_book
from clinic.staff.roles import Role
from patients.consent.actions import ensure_shipped_texts
from sessions.plans.shipping import ensure_shipped_protocols


class Command(BaseCommand):
    """Make the clinic, its first site and its first owner; then sign in as them."""

    help = "Set an empty database up: the clinic, a site, the first owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What cannot be guessed. The password is asked for, never an argument."""
        parser.add_argument("--name", required=True, help="of the clinic")
        parser.add_argument("--site", required=True, help="name of the first site")
        parser.add_argument("--time-zone", required=True, help="such as Europe/London")
        parser.add_argument("--owner-name", required=True)
        parser.add_argument("--owner-email", required=True)

    def handle(self, **options: Any) -> None:
        """Refuse a second time; otherwise everything or nothing."""
        if Clinic.objects.exists():
            raise CommandError("This database already holds a clinic.")
        try:
            validate_email(options["owner_email"])
            validate_time_zone(options["time_zone"])
            password = self.ask_password()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with context.acting_from(context.Origin(source="setup")):
            self.make(password=password, **options)
        self.stdout.write(f"{options['name']} is set up. Sign in as the owner.")

    def ask_password(self) -> str:
        """The owner's password, typed twice and good enough."""
        password = getpass.getpass("Password of the owner: ")
        validate_password(password)
        if password != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ.")
        return password

    @transaction.atomic
    def make(self, *, password: str, **options: Any) -> None:
        """The rows of a new clinic, and what is shipped with the product."""
        now = timezone.now()
        Clinic.objects.create(pk=1, name=options["name"])
        site = Site.objects.create(name=options["site"], time_zone=options["time_zone"])
        owner = User.objects.create_user(
            email=options["owner_email"],
            full_name=options["owner_name"],
            password=password,
            roles=[Role.OWNER],
        )
        SiteStaff.objects.create(site=site, user=owner)
        ensure_shipped_protocols(book=load_book(), now=now)
        ensure_shipped_texts(now=now)
        record(
            by=None,
            now=now,
            action="clinic.set_up",
            object_kind="user",
            object_id=owner.pk,
        )
