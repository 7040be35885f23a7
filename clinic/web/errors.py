"""The pages for when something went wrong: plain words, no user.

They are drawn without context processors, so they also work when the database
is away; then the answer is 503. A refusal carries the clinic's name where it is
known, everything graver the product's. The code on the 500 page stands in the log
beside the address.
"""

import logging
import secrets
import sys
from collections.abc import Iterator

from django.conf import settings
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 5
# The classes of PostgreSQL's own refusals that are not about being away.
BEATEN = ("23505", "23P01", "23001")  # unique, overlapping, restricted
OURS = ("40", "55", "57014")  # deadlock, lock not to be had, statement cancelled


def page(
    status: int, *, template: str = "", context: dict[str, str] | None = None
) -> HttpResponse:
    """The error page of a status."""
    known = {"demo": settings.DEMO, **(context or {})}
    html = render_to_string(template or f"{status}.html", known)
    return HttpResponse(html, status=status)


def _name(request: HttpRequest) -> dict[str, str]:
    """The clinic's name as a context; nothing where it cannot be read."""
    try:
        name = str(getattr(request, "clinic_name", "") or "")
    except DatabaseError:
        return {}
    return {"clinic_name": name}


@requires_csrf_token
def bad_request(
    _request: HttpRequest, exception: Exception | None = None
) -> HttpResponse:
    """Django's handler400: the browser sent something we cannot read."""
    return page(400)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403: the person's role does not open this."""
    return page(403, context=_name(request))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: the form is too old or came from elsewhere."""
    return page(403, template="403_csrf.html", context=_name(request))


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404: absent, or not this person's; it does not tell which."""
    return page(404, context=_name(request))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: our fault, the database is away, or somebody was faster."""
    error = sys.exc_info()[1]
    if is_database_away(error):
        return unavailable()
    code = secrets.token_hex(2).upper()
    if request.method == "POST" and is_beaten(error):
        logger.error("Page of a lost race shown, code %s, path %s", code, request.path)
        return page(409, template="409_faster.html", context=_name(request))
    logger.error("Error page shown, code %s, path %s", code, request.path)
    return page(500, context={"code": code})


def unavailable() -> HttpResponse:
    """503: what was saved is safe, and when to try again."""
    response = page(503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def is_database_away(error: BaseException | None) -> bool:
    """Whether the error, or one that led to it, is a lost or refused connection."""
    return any(
        isinstance(cause, OperationalError | InterfaceError)
        and not (sqlstate(cause) or "").startswith(OURS)
        for cause in causes(error)
    )


def is_beaten(error: BaseException | None) -> bool:
    """Whether the database refused what may stand only once, or what is closed.

    Actions ask before they write and say what is wrong; this is for the moment
    between their question and the writing.
    """
    return any(
        isinstance(cause, IntegrityError) and sqlstate(cause) in BEATEN
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
