"""Prove that every signed record is as it was signed, or name those that are not."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions.charting.digest import Seal
from sessions.charting.queries.seals import seals


class Command(BaseCommand):
    """Take every fingerprint again and compare it with the signed and logged one."""

    help = "Prove that no signed record was altered; exit status 1 when one was."

    def handle(self, **_: Any) -> None:
        """Count, name each altered record, and raise CommandError when there is one."""
        counted: Counter[Seal] = Counter()
        for session, seal in seals():
            counted[seal] += 1
            if seal is Seal.BROKEN:
                self.stdout.write(f"ALTERED: {session.reference}")
        self.stdout.write(f"{counted[Seal.UNBROKEN]} signed records are unaltered.")
        if counted[Seal.UNKNOWN]:
            self.stdout.write(
                f"{counted[Seal.UNKNOWN]} were signed by another version of the "
                "program and could not be checked."
            )
        if counted[Seal.BROKEN]:
            count = counted[Seal.BROKEN]
            raise CommandError(
                f"{count} altered. Do not mend them: keep the database as it is and "
                "compare it with a backup.",
                returncode=1,
            )
