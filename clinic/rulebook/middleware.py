"""One look at the rule book's modes for each page that is read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from clinic.rulebook.queries import read_once

Answer = Callable[[HttpRequest], HttpResponse]


def book_middleware(get_response: Answer) -> Answer:
    """Ask for the effective book once while a page is read; a write asks each time."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return get_response(request)
        with read_once():
            return get_response(request)

    return middleware
