"""What the web's database role may do: rows, never tables, never the audit's past.

The same on the private PostgreSQL and on any other that has a role for the web.
"""

from django.conf import settings
from django.db import connection, transaction

APPEND_ONLY_TABLES = ("clinic_auditevent", "clinic_auditseal")
READ_ONLY_TABLES = ("django_migrations",)


def grant_to_web() -> None:
    """Give the web's role its rights on every table that the current role owns.

    Called after each migrate, so a new table is covered as well. Does nothing on a
    server where one role does both.
    """
    role = settings.WEB_DATABASE_ROLE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, to_regrole(quote_ident(%s))", [role])
        current, found = cursor.fetchone()
        if found is None or current == role:
            return
        for statement in statements(role=role):
            cursor.execute(statement)


def statements(*, role: str) -> list[str]:
    """The SQL of the rights."""
    quote = connection.ops.quote_name
    web = quote(role)
    present = set(connection.introspection.table_names())
    rows = "SELECT, INSERT, UPDATE, DELETE"
    granted = [
        f"GRANT USAGE ON SCHEMA public TO {web}",
        f"GRANT {rows} ON ALL TABLES IN SCHEMA public TO {web}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {web}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rows} ON TABLES TO {web}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
        f"GRANT USAGE, SELECT ON SEQUENCES TO {web}",
    ]
    taken_back = [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {quote(table)} FROM {web}"
        for table in APPEND_ONLY_TABLES
        if table in present
    ] + [
        f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {quote(table)} FROM {web}"
        for table in READ_ONLY_TABLES
        if table in present
    ]
    return granted + taken_back
