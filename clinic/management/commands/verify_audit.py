"""Prove that the audit log is whole, or name the first row that is not."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.audit import sealer, verifier
from clinic.audit.verifier import Broken


class Command(BaseCommand):
    """Seal what waits, then read the chain from its beginning."""

    help = "Prove that the audit log is whole; exit status 1 when it is not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to seal first."""
        parser.add_argument(
            "--no-seal", action="store_true", help="leave what is unsealed as it is"
        )

    def handle(self, *, no_seal: bool, **_: Any) -> None:
        """Count, and raise CommandError at the first row that does not fit."""
        if not no_seal:
            sealer.seal(now=timezone.now())
        found = verifier.verify()
        self.stdout.write(f"{found.sealed} events sealed and unbroken.")
        self.stdout.write(f"{found.anchored} anchors outside the database agree.")
        self.stdout.write(f"{found.unsealed} events not sealed yet.")
        if found.broken is not None:
            raise CommandError(sentence(found.broken), returncode=1)


def sentence(broken: Broken) -> str:
    """Where it is broken."""
    event = f" (event {broken.event_id})" if broken.event_id is not None else ""
    return f"BROKEN at seal {broken.seal_id}{event}: {broken.why}."
