"""Migrate once, not once per run: test databases are copied from a migrated one.

The template carries a hash of all migrations and of what follows them, so a change of
any makes a new one. The first test process makes it while the others wait.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connections
from pytest_django import DjangoDbBlocker

from clinic.localdb import grants
from clinic.management.commands import migrate

PREFIX = "needlepoint_template_"
KEYS_PER_TABLE = 100_000
LOCK = 7_263_501  # any number that nothing else on the server locks


def template_name() -> str:
    """The name of the template that fits the migrations of this moment."""
    digest = hashlib.sha256(settings.WEB_DATABASE_ROLE.encode())
    files = [Path(__file__), Path(grants.__file__), Path(migrate.__file__)]
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
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Copy the test database from the template, made now when it is missing."""
    name = template_name()
    with django_db_blocker.unblock(), one_at_a_time():
        there = templates()
        if name not in there:
            make_template(name, instead_of=there)
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = name


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the lock that all test processes of the server wait for."""
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield


def make_template(name: str, *, instead_of: set[str]) -> None:
    """Migrate an empty database and give it its name; drop those of before."""
    connection = connections["default"]
    own, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    named, draft = test["NAME"], f"{name}_draft"
    quote = connection.ops.quote_name
    test["NAME"] = draft
    try:
        connection.creation.create_test_db(
            verbosity=0, autoclobber=True, serialize=False
        )
        keep_keys_apart()
    finally:
        connection.close()
        connection.settings_dict["NAME"], test["NAME"] = own, named
        settings.DATABASES["default"]["NAME"] = own
    with connection._nodb_cursor() as cursor:
        for old in instead_of - {draft}:
            with suppress(OperationalError):  # somebody else still copies it
                cursor.execute(f"DROP DATABASE IF EXISTS {quote(old)}")
        cursor.execute(f"ALTER DATABASE {quote(draft)} RENAME TO {quote(name)}")


def keep_keys_apart() -> None:
    """Count the keys of each table from a number of its own.

    No row of one table then carries the key of another's, so a test that mixes two
    up fails always, not only when the counts happen to meet.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, "
            "%s * row_number() OVER (ORDER BY sequencename)) "
            "FROM pg_sequences WHERE schemaname = 'public'",
            [KEYS_PER_TABLE],
        )
