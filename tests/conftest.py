"""What every test may use."""

import gc
from collections.abc import Iterator
from inspect import signature

import pytest
from django.db import connections, transaction
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from tests.kept import shelf
from tests.scheduling import pytest_xdist_make_scheduler  # noqa: F401 - a hook
from tests.template_database import (  # noqa: F401 - fixtures
    django_db_modify_db_settings,
)

REPLACES = {"monkeypatch", "settings"}
MADE_WITH_THE_TABLES = {"django_content_type", "auth_permission"}

hypothesis_settings.register_profile(
    "suite", deadline=None, max_examples=60, derandomize=True
)
hypothesis_settings.load_profile("suite")


def pytest_collection_finish() -> None:
    """Search the tests themselves for garbage no more: a tenth of the whole time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_runtest_setup(item: pytest.Function) -> None:
    """Where a test replaces something, its beginning is not that of others."""
    shelf.is_open = not REPLACES & set(signature(item.function).parameters)


@pytest.fixture(autouse=True, scope="session")
def _clean_up_past_the_locks() -> Iterator[None]:
    """Empty the tables after a test with real transactions, and only those with rows.

    Django's own way truncates all of them and fills its permissions anew, a second
    each time. The audit log and signed records refuse it: only here, and only in a
    test database, are the triggers switched off around the clean-up.
    """
    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = _empty_what_was_filled
    yield
    TransactionTestCase._fixture_teardown = original


def _empty_what_was_filled(_case: TransactionTestCase) -> None:
    connection = connections["default"]
    with connection.cursor() as cursor:
        names = [
            f'"{name}"'
            for name in connection.introspection.django_table_names(only_existing=True)
            if name not in MADE_WITH_THE_TABLES
        ]
        looks = [f"SELECT '{n}' WHERE EXISTS (SELECT 1 FROM {n})" for n in names]
        cursor.execute(" UNION ALL ".join(looks))
        filled = [name for (name,) in cursor.fetchall()]
    with transaction.atomic(), connection.cursor() as cursor:
        for name in filled:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            cursor.execute(f"DELETE FROM {name}")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in filled:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
