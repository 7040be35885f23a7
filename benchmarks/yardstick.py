"""How much longer this machine takes than the one the limits in milliseconds are from.

Times drift with the machine, and on a shared one from minute to minute. So whatever is
judged by milliseconds is measured in turn with one small piece of work that is none of
ours: Django itself finding out who asks, by two queries. There it took 1.3 ms. A limit
counts as many times as that piece takes longer here; never less than once.
"""

import statistics
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from benchmarks.clock import once
from clinic.models import User

THERE_MS = 1.3
EMAIL = "yardstick@bench.invalid"
LOOKS = 40


class Yardstick:
    """The looks taken at the piece of work, and what they say of this machine."""

    def __init__(self) -> None:
        self._ask = _signed_in_request()
        self._looks_ms: list[float] = []

    def look(self) -> None:
        """Do the piece once."""
        self._looks_ms.append(once(self._ask).cpu_ms)

    @property
    def factor(self) -> float:
        """Times as long as there, by the median of the looks; at least 1."""
        return max(statistics.median(self._looks_ms) / THERE_MS, 1.0)


def factor() -> float:
    """The same for what is too long to be measured in turn."""
    yardstick = Yardstick()
    for _look in range(LOOKS):
        yardstick.look()
    return yardstick.factor


def _signed_in_request() -> Callable[[], object]:
    session = _session_of(User.objects.filter(email=EMAIL).first() or _somebody())
    asking = AuthenticationMiddleware(_who)
    middleware = SessionMiddleware(asking)

    def ask() -> object:
        request: HttpRequest = RequestFactory().get("/")
        request.COOKIES[settings.SESSION_COOKIE_NAME] = session.session_key or ""
        return middleware(request)

    return ask


def _who(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        raise RuntimeError("The yardstick's person is not signed in.")
    return HttpResponse()


def _somebody() -> User:
    return User.objects.create_user(email=EMAIL, full_name="Yard Stick")


def _session_of(user: User) -> SessionBase:
    client = Client()
    client.force_login(user)
    if SESSION_KEY not in client.session:
        raise RuntimeError("The yardstick's person cannot sign in.")
    return client.session
