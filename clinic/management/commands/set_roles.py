"""Give a person roles from the server: the first owner, or the only one who needs more.

Nobody raises their own roles on a page; on the server this is for whoever runs it,
and it is in the audit log.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.staff import actions
from clinic.staff.models import User
from clinic.staff.roles import Capability, Role


class Command(BaseCommand):
    """Set all roles of a person at once."""

    help = "Set the roles of a person, all at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, and which."""
        parser.add_argument("email", help="the address the person signs in with")
        parser.add_argument("roles", nargs="+", choices=[role.value for role in Role])
        parser.add_argument(
            "--also",
            nargs="*",
            default=[],
            choices=[capability.value for capability in Capability],
            help="what a practitioner may do on top",
        )

    def handle(
        self, *, email: str, roles: list[str], also: list[str], **_: Any
    ) -> None:
        """Set them; CommandError when it cannot be."""
        person = User.objects.filter(email=email.lower()).first()
        if person is None:
            raise CommandError("Nobody signs in with this address.")
        if also and Role.PRACTITIONER.value not in roles:
            raise CommandError(
                "Only a practitioner can be a prescriber or medical lead."
            )
        entry = actions.RolesEntry(
            roles=tuple(Role(role) for role in roles),
            capabilities=tuple(Capability(capability) for capability in also),
        )
        try:
            actions.change_roles(
                person=person, entry=entry, by=None, now=timezone.now()
            )
        except actions.StaffRefused as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(f"{email}: {', '.join([*roles, *also])}.")
