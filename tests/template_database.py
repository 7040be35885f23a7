"""Migrate once, not once per run: test databases are copied from a migrated one.

The template carries a hash of all migrations and of what follows them, so a change of
any makes a new one. It saves the seconds that Django needs to replay its history.
"""

import hashlib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connections

from clinic.localdb import grants
from clinic.management.commands import migrate

PREFIX = "needlepoint_template_"


def template_name() -> str:
    """The name of the template that fits the migrations of this moment."""
    digest = hashlib.sha256(settings.WEB_DATABASE_ROLE.encode())
    files = [Path(grants.__file__), Path(migrate.__file__)]
    for config in apps.get_app_configs():
        files += sorted(Path(config.path).glob("migrations/*.py"))
    for file in files:
        digest.update(str(file).encode() + file.read_bytes())
    return PREFIX + digest.hexdigest()[:16]


def templates() -> set[str]:
    """The templates that the server has."""
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: pytest.FixtureRequest
) -> None:
    """Copy the test database from the template when there is one."""
    name = template_name()
    with django_db_blocker.unblock():
        if name in templates():
            connections["default"].settings_dict["TEST"]["TEMPLATE"] = name


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> None:
    """Keep a copy of a freshly migrated database for the next run."""
    connection = connections["default"]
    if not connection.settings_dict["TEST"].get("TEMPLATE"):
        with django_db_blocker.unblock():
            keep_as_template(template_name())


def keep_as_template(name: str) -> None:
    """Copy the test database; drop the templates of other migrations."""
    connection = connections["default"]
    quote = connection.ops.quote_name
    source = connection.settings_dict["NAME"]
    connection.close()
    old = templates() - {name}
    with connection._nodb_cursor() as cursor:
        for template in old:
            cursor.execute(f"DROP DATABASE IF EXISTS {quote(template)}")
        try:
            cursor.execute(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(source)}")
        except (ProgrammingError, IntegrityError):
            return  # another test process was quicker
