"""Django's migrate, which afterwards gives the web's role its rights."""

from typing import Any

from django.core.management.commands import migrate

from clinic.localdb.grants import grant_to_web


class Command(migrate.Command):
    """Change the tables, then the rights on them."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as Django does; grant unless it was only a plan or a check."""
        super().handle(*args, **options)
        if not (options.get("plan") or options.get("check_unapplied")):
            grant_to_web()
