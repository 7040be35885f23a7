"""The answer when something went wrong on our side: 503 while the database is away."""

import sys
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_AFTER_SECONDS = 5
# The classes of PostgreSQL's own refusals that are not about being away.
OURS = ("40", "55", "57014")  # deadlock, lock not to be had, statement cancelled


def server_error(_request: HttpRequest) -> HttpResponse:
    """Django's handler500: a page that needs no database and tells no secrets."""
    if is_database_away(sys.exc_info()[1]):
        response = HttpResponse(render_to_string("503.html"), status=503)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return HttpResponse(render_to_string("500.html"), status=500)


def is_database_away(error: BaseException | None) -> bool:
    """Whether the error, or one that led to it, is a lost or refused connection."""
    return any(
        isinstance(cause, OperationalError | InterfaceError)
        and not (sqlstate(cause) or "").startswith(OURS)
        for cause in causes(error)
    )


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's five letters for an error; None when it never got that far."""
    return getattr(error.__cause__, "pgcode", None)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
