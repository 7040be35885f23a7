"""What every test may use."""

from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from tests.scheduling import pytest_xdist_make_scheduler  # noqa: F401 - a hook
from tests.template_database import (  # noqa: F401 - fixtures
    django_db_modify_db_settings,
)

hypothesis_settings.register_profile(
    "suite", deadline=None, max_examples=60, derandomize=True
)
hypothesis_settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="session")
def _clean_up_past_the_locks() -> Iterator[None]:
    """Let Django empty the tables after a test with real transactions.

    The audit log and signed records refuse TRUNCATE; only here, and only in a
    test database, are the triggers switched off around the clean-up.
    """
    original = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        _set_triggers("DISABLE")
        try:
            original(case)
        finally:
            _set_triggers("ENABLE")

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = original


def _set_triggers(verb: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c "
            "ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" {verb} TRIGGER USER')
