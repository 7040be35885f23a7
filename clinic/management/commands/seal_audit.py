"""Chain the audit log's newest events; the server also does it while it works."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from clinic.audit import sealer


class Command(BaseCommand):
    """Seal once, or for ever every so many seconds."""

    help = "Chain the audit log's newest events."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How often; without it, once."""
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="go on for ever"
        )

    def handle(self, *, every: int | None, **_: Any) -> None:
        """Seal, and say how many."""
        while True:
            sealed = sealer.seal(now=timezone.now())
            self.stdout.write(f"{sealed} events sealed.")
            if not every:
                return
            connection.close()
            time.sleep(every)
