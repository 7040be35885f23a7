"""What must be so before anybody is served; each failure is one sentence."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection
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


def are_migrations_waiting() -> bool:
    """Whether the tables are older than this version."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


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
    if is_superuser or owns_tables or may_rewrite:
        raise NotReadyError(
            "DATABASE_URL signs in as a role that may change tables: give it one that "
            "may not, and put the owner's into DATABASE_OWNER_URL for migrate."
        )


def check() -> None:
    """Everything, in the order in which it is quickest to mend."""
    check_folder(Path(settings.VAR_DIR))
    if are_migrations_waiting():
        raise NotReadyError(
            "The tables are older than this version: run python manage.py migrate."
        )
    if not (Path(settings.STATIC_ROOT) / MANIFEST).exists():
        raise NotReadyError(
            "Static files are missing: run python manage.py collectstatic --noinput."
        )
    if not settings.DEMO:
        check_role()
