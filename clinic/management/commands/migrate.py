"""Django's migrate, which afterwards gives the web's role its rights."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate

from clinic.localdb.grants import grant_to_web


class Command(migrate.Command):
    """Change the tables, make the cache's, then set the rights on them."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as Django does; the rest only when something could be changed."""
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            call_command("createcachetable", verbosity=options["verbosity"])
            grant_to_web()
