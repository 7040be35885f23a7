"""The log: one line of JSON per event, with nobody's data in it.

What an exception says may quote a name or a note ("Key (email)=... already exists"),
so only its class and the places in our code are written, and for the database the
five-letter code and the constraint.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from clinic.audit import context
from clinic.web.errors import causes


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, request id; newlines are escaped by JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        request_id = context.current().request_id
        if request_id:
            entry["request_id"] = request_id
        if record.exc_info and record.exc_info[1] is not None:
            entry["errors"] = [described(error) for error in causes(record.exc_info[1])]
        return json.dumps(entry, ensure_ascii=True)


def described(error: BaseException) -> dict[str, Any]:
    """Class, code and places of an error, without its words."""
    described: dict[str, Any] = {
        "class": f"{type(error).__module__}.{type(error).__qualname__}",
        "places": [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ],
    }
    if getattr(error, "pgcode", None):
        described["sqlstate"] = error.pgcode  # type: ignore[attr-defined]
        described["constraint"] = error.diag.constraint_name  # type: ignore[attr-defined]
    return described
