"""What must be so before anybody is served; each failure is one sentence."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from clinic.localdb.grants import APPEND_ONLY_TABLES

MANIFEST = "staticfiles.json"


class NotReadyError(Exception):
    """It must not serve like this; the text says what to do."""


def check_folder(folder: Path) -> None:
    """Raise NotReadyError unless a file can be written in the folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise NotReadyError(
            f"The folder {folder} cannot be written: {error.strerror}."
        ) from error


def are_tables_old() -> bool:
    """Whether migrate is due: never run, of an older version, or cut off."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except ProgrammingError:  # migrate was cut off before it gave the web its rights
        return True
    return bool(plan) or lacks_rights()


def lacks_rights() -> bool:
    """Whether there is a table that our role may not even read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_class c WHERE c.relkind = 'r' "
            "AND c.relnamespace = 'public'::regnamespace "
            "AND NOT has_table_privilege(c.oid, 'SELECT'))"
        )
        (is_lacking,) = cursor.fetchone()
    return bool(is_lacking)


def is_static_stale() -> bool:
    """Whether static files were never collected, or have changed since."""
    manifest = Path(settings.STATIC_ROOT) / MANIFEST
    if not manifest.exists():
        return True
    collected_at = manifest.stat().st_mtime
    lists = Path(settings.BASE_DIR) / "requirements.txt"
    files = (
        file for folder in settings.STATICFILES_DIRS for file in Path(folder).rglob("*")
    )
    return any(file.stat().st_mtime > collected_at for file in (lists, *files))


def check_role() -> None:
    """Raise NotReadyError when the web's role could change tables or the audit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE n.nspname = 'public' "
            "AND pg_has_role(c.relowner, 'USAGE')) "
            "FROM pg_roles WHERE rolname = current_user"
        )
        is_superuser, owns_tables = cursor.fetchone()
        may_rewrite = False
        for table in APPEND_ONLY_TABLES:
            cursor.execute(
                "SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE')", [table]
            )
            may_rewrite = may_rewrite or cursor.fetchone()[0]
    if settings.DATABASE_URL and (is_superuser or owns_tables):
        raise NotReadyError(
            "DATABASE_URL signs in as a role that may change tables: give it one that "
            "may not, and put the owner's into DATABASE_OWNER_URL for migrate."
        )
    if is_superuser or owns_tables or may_rewrite:
        raise NotReadyError(
            "The web's database role may change the audit log: run python manage.py "
            "migrate, which takes that right away."
        )


def check() -> None:
    """Everything, in the order in which it is quickest to mend."""
    check_folder(Path(settings.VAR_DIR))
    if are_tables_old():
        raise NotReadyError(
            "The tables are older than this version: run python manage.py migrate."
        )
    if not (Path(settings.STATIC_ROOT) / MANIFEST).exists():
        raise NotReadyError(
            "Static files are missing: run python manage.py collectstatic --noinput."
        )
    if not (settings.DEMO and settings.DATABASE_URL):
        check_role()
