"""What the web's database role may do: rows, never tables, never the audit's past.

The same on the private PostgreSQL and on any other that has a role for the web.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db import connection

from clinic.localdb.server import WEB


def append_only_tables() -> list[str]:
    """Tables whose model says `append_only = True`: rows come in and stay."""
    return [
        model._meta.db_table
        for model in apps.get_models()
        if getattr(model, "append_only", False)
    ]


def grant_to_web(*, role: str = WEB) -> None:
    """Give the web's role its rights on every table that the current role owns.

    Called after each migrate, so a new table is covered as well. Does nothing on a
    server that has no such role.
    """
    quote = connection.ops.quote_name
    web = quote(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, to_regrole(%s)", [role])
        current, found = cursor.fetchone()
        if found is None or current == role:
            return
        for statement in (
            f"GRANT USAGE ON SCHEMA public TO {web}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public "
            f"TO {web}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {web}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, "
            f"DELETE ON TABLES TO {web}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON "
            f"SEQUENCES TO {web}",
            *revokes(web=web, tables=append_only_tables()),
        ):
            cursor.execute(statement)


def revokes(*, web: str, tables: Iterable[str]) -> list[str]:
    """What is taken back: the past of the audit, and the list of migrations."""
    quote = connection.ops.quote_name
    statements = [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {quote(table)} FROM {web}"
        for table in tables
    ]
    if "django_migrations" in connection.introspection.table_names():
        statements.append(
            f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {web}"
        )
    return statements
