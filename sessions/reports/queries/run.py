"""Running a statement of the reports."""

from collections.abc import Mapping
from typing import Any

from django.db import connection


def rows(sql: str, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every row as a mapping from column names."""
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
