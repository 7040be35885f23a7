"""`/livez`: the process answers. `/readyz`: it can serve, database and all."""

from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from clinic.web.preflight import are_tables_old

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def health_middleware(get_response: GetResponse) -> GetResponse:
    """Answer the two addresses before host names, sign-in and https are looked at."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/livez":
            return plain("alive\n", status=200)
        if request.path_info == "/readyz":
            return readiness()
        return get_response(request)

    return middleware


def readiness() -> HttpResponse:
    """200 when the database answers and its tables are those of this version."""
    try:
        connection.ensure_connection()
        is_old = are_tables_old()
    except (DatabaseError, InterfaceError):
        return plain("the database does not answer\n", status=503)
    if is_old:
        return plain("migrate has to run first\n", status=503)
    return plain("ready\n", status=200)


def plain(text: str, *, status: int) -> HttpResponse:
    """A short text that nobody keeps."""
    response = HttpResponse(text, status=status, content_type="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
