"""The two database roles: the owner migrates, the web role serves (SECURITY S29)."""

from collections.abc import Iterator

import psycopg2
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from clinic.web import preflight

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_web() -> Iterator[None]:
    """Take the web role's place for the length of a test."""
    with connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{settings.WEB_DATABASE_ROLE}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def is_refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return isinstance(error.__cause__, psycopg2.errors.InsufficientPrivilege)
    return False


def test_tests_run_as_an_owner_who_is_no_superuser():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (connection.settings_dict["USER"], False)
    assert connection.settings_dict["USER"] != settings.WEB_DATABASE_ROLE


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE clinic_user ADD COLUMN note text",
        "DROP TABLE clinic_auditevent",
        "UPDATE clinic_auditevent SET action = 'x'",
        "DELETE FROM clinic_auditevent",
        "TRUNCATE clinic_auditevent",
        "UPDATE clinic_auditseal SET digest = previous",
        "DELETE FROM clinic_auditseal",
        "ALTER TABLE clinic_auditevent DISABLE TRIGGER USER",
        "DELETE FROM django_migrations",
        "CREATE ROLE other",
    ],
)
def test_the_web_role_is_refused(as_web, statement):
    assert is_refused(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM clinic_auditevent",
        "INSERT INTO clinic_auditevent (at, action, object_kind, details, request_id, "
        "source) VALUES (now(), 'test.write', '', '{}', '', 'test')",
        "UPDATE clinic_user SET theme = 'dark'",
        "DELETE FROM django_session",
        "SELECT 1 FROM needlepoint_cache",
        "SELECT 1 FROM django_migrations",
    ],
)
def test_the_web_role_may_work_with_rows(as_web, statement):
    assert not is_refused(statement)


def test_a_table_made_later_is_open_to_the_web_role():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id int)")
        cursor.execute(f'SET LOCAL ROLE "{settings.WEB_DATABASE_ROLE}"')
        cursor.execute("INSERT INTO later VALUES (1)")
        cursor.execute("RESET ROLE")


def test_serving_as_the_owner_is_refused():
    with pytest.raises(preflight.NotReadyError, match="may change"):
        preflight.check_role()


@pytest.mark.regression(1)
def test_a_migrate_that_was_cut_off_is_due_again():
    assert not preflight.are_tables_old()
    with connection.cursor() as cursor:
        web = settings.WEB_DATABASE_ROLE
        cursor.execute(f'REVOKE ALL ON django_migrations FROM "{web}"')
        cursor.execute(f'SET LOCAL ROLE "{web}"')
    assert preflight.lacks_rights()
    with transaction.atomic():
        assert preflight.are_tables_old()
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_rights_to_rewrite_the_audit_are_noticed():
    with connection.cursor() as cursor:
        web = settings.WEB_DATABASE_ROLE
        cursor.execute(f'GRANT UPDATE ON clinic_auditevent TO "{web}"')
        cursor.execute(f'SET LOCAL ROLE "{web}"')
        with pytest.raises(preflight.NotReadyError, match="audit log"):
            preflight.check_role()
        cursor.execute("RESET ROLE")


def test_serving_as_the_web_role_is_accepted(as_web):
    preflight.check_role()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("fsync", "on"), ("full_page_writes", "on"), ("data_sync_retry", "off")],
)
def test_the_private_server_never_forgets_what_it_acknowledged(setting, value):
    if not connection.settings_dict.get("LOCAL_VAR"):
        pytest.skip("only for the private server")
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        assert cursor.fetchone() == (value,)
