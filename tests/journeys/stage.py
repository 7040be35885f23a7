"""The demo clinic on the air: its database, its clock, its address.

Everything runs in this process, so that a journey can move the clock on by four weeks
between two sessions. The demo is built once per state of its code and kept as a
template; each run works in a copy of it.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from sessions.demo.build import build

PREFIX = "needlepoint_journeys_"
MOMENT = datetime(2026, 11, 25, 10, 31, tzinfo=UTC)  # a Wednesday, both sites open


class Clock:
    """The time of the clinic: it starts at `MOMENT` and can be moved on."""

    def __init__(self) -> None:
        self._real = timezone.now
        self._ahead = MOMENT - self._real()

    def now(self) -> datetime:
        return self._real() + self._ahead

    def set(self, moment: datetime) -> None:
        self._ahead = moment - self._real()

    def move_on(self, days: int) -> None:
        self._ahead += timedelta(days=days)


@contextmanager
def running(clock: Clock) -> Iterator[None]:
    """Make every view of this process read the clinic's clock."""
    real = timezone.now
    timezone.now = clock.now
    try:
        yield
    finally:
        timezone.now = real


@contextmanager
def on_air() -> Iterator[str]:
    """Serve this process's database; gives the address without a final slash."""
    server = LiveServer("127.0.0.1")
    try:
        with urlopen(f"{server.url}/sign-in/", timeout=120):  # noqa: S310 - our own
            pass  # the first answer takes its time: everything is loaded for it
        yield server.url
    finally:
        server.stop()


@contextmanager
def demo_clinic() -> Iterator[None]:
    """The demo clinic in a database of its own, which is thrown away afterwards."""
    connection = connections["default"]
    connection.close()
    before = connection.settings_dict["NAME"]
    template, own = demo_template(), f"test_journeys_{os.getpid()}"
    try:
        if template in _templates():
            _make(own, template=template)
            connection.settings_dict["NAME"] = own
        else:
            for old in _templates():
                _drop(old)
            _make(own)
            connection.settings_dict["NAME"] = own
            call_command("migrate", verbosity=0)
            build(now=MOMENT)
            connection.close()
            _make(template, template=own)
        yield
    finally:
        connection.close()
        _drop(own)
        connection.settings_dict["NAME"] = before


def demo_template() -> str:
    """The name of the template that fits the code of this moment."""
    digest = hashlib.sha256()
    for pattern in ("*/migrations/*.py", "clinic/rules/**/*", "sessions/demo/**/*"):
        for file in sorted(settings.BASE_DIR.glob(pattern)):
            if file.suffix in {".py", ".toml"}:
                digest.update(file.read_bytes())
    return PREFIX + digest.hexdigest()[:16]


def _templates() -> set[str]:
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]
        )
        return {name for (name,) in cursor.fetchall()}


def _drop(name: str) -> None:
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _make(name: str, *, template: str = "template1") -> None:
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
