"""Asking for pages as a signed-in person does, through Django's own test client."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from clinic.models import User


def signed_in(user: User) -> Client:
    """A browser in which this person is signed in, at an address we answer."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def get(client: Client, address: str) -> Callable[[], object]:
    """Fetch an address; raises when it does not answer 200."""

    def fetch() -> object:
        return _whole(address, client.get(address))

    return fetch


def post(client: Client, address: str, said: Callable[[], Any]) -> Callable[[], object]:
    """Send what `said` gives as a script does; raises when it is not answered 200."""

    def send() -> object:
        headers = {"HX-Request": "true"}
        return _whole(address, client.post(address, said(), headers=headers))

    return send


def _whole(address: str, answer: Any) -> object:
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return answer.content
