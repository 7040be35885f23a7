"""Runs a command; what a person can mend is one sentence, not a traceback."""

import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, connection


def main(arguments: list[str]) -> None:
    """Run manage.py's command; status 1 when the database cannot be reached."""
    try:
        execute_from_command_line(arguments)
    except OperationalError as error:
        if "--traceback" in arguments or connection.connection is not None:
            raise
        sys.stderr.write(f"{database_sentence(error)}\n")
        raise SystemExit(1) from None


def database_sentence(error: OperationalError) -> str:
    """Why the database could not be reached, in one line without its password."""
    settings = connection.settings_dict
    reason = " ".join(str(error).split()).rstrip(".") or "no reason given"
    if settings.get("LOCAL_VAR"):
        return f"{reason}."
    place = f"{settings['HOST'] or 'localhost'}:{settings['PORT'] or 5432}"
    return f"The database of DATABASE_URL at {place} cannot be reached: {reason}."
