#!/usr/bin/env python
"""Needlepoint's command line."""

import os
import sys

# These change tables or make databases; all else runs as the web's own role.
OWNER_COMMANDS = {
    "createcachetable",
    "demo",
    "flush",
    "makemigrations",
    "migrate",
    "showmigrations",
    "sqlmigrate",
}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    if OWNER_COMMANDS.intersection(sys.argv[1:2]):
        os.environ.setdefault("NEEDLEPOINT_DATABASE_ROLE", "owner")
    from clinic.web.command_line import main

    main(sys.argv)
