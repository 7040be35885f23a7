#!/usr/bin/env python
"""Needlepoint's command line."""

import os
import sys

# These change tables or make databases; all else runs as the web's own role.
OWNER_COMMANDS = {"migrate", "makemigrations", "showmigrations", "flush", "demo"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    if OWNER_COMMANDS.intersection(sys.argv[1:2]):
        os.environ.setdefault("NEEDLEPOINT_DATABASE_ROLE", "needlepoint_owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
