"""The private PostgreSQL as the rest of the product sees it: `ensure()` and connect."""

import functools
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql

from clinic.localdb import OWNER_ROLE, WEB_ROLE, keeper, place
from clinic.localdb.place import LocalDatabaseError, Place

ADMIN = "postgres"
DATABASES = frozenset({"needlepoint", "needlepoint_demo"})
MAJOR = "18"
START_SECONDS = 60.0
LINGER_SECONDS = 1.0  # commands run one after the other share one start
LOG_LIMIT_BYTES = 5_000_000
SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "log_checkpoints": "off",
    # Values of a failed statement are people's data: none of them in the log.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """How to reach the running server."""

    host: str
    passwords: dict[str, str]


class Server:
    """One private PostgreSQL, shared by every process that calls `ensure`."""

    def __init__(self, *, var: Path, linger_seconds: float = LINGER_SECONDS) -> None:
        """Nothing is touched before the first `ensure`."""
        self.var = var
        self.linger_seconds = linger_seconds
        self._guard = threading.Lock()
        self._lease: int | None = None
        self._place: Place | None = None
        self._endpoint: Endpoint | None = None
        self._prepared: set[str] = set()

    def ensure(self, *, database: str | None = None) -> Endpoint:
        """The running server, started when it is not; `database` exists afterwards.

        Raises LocalDatabaseError with one sentence when it cannot be had.
        """
        with self._guard:
            if self._endpoint is None or (
                database is not None and database not in self._prepared
            ):
                self._endpoint = self._arrive(database=database)
            return self._endpoint

    def revive(self, *, within_seconds: float) -> None:
        """After a failed connection: have it answer again, or raise in time.

        What is started goes on starting, so that a later try may find it.
        """
        with self._guard:
            self._endpoint = self._arrive(database=None, start_seconds=within_seconds)

    def leave(self) -> None:
        """Give the server up before the process ends (which gives it up anyway)."""
        with self._guard:
            if self._lease is not None:
                os.close(self._lease)
            self._lease = self._endpoint = self._place = None
            self._prepared.clear()

    def _arrive(
        self, *, database: str | None, start_seconds: float = START_SECONDS
    ) -> Endpoint:
        """Count ourselves as a user; start and prepare what is missing."""
        here = self._place = self._place or place.settle(var=self.var)
        with starting(here):
            if self._lease is None:
                self._lease = keeper.open_lock(here.lock("users"))
                keeper.lock(self._lease, shared=True)
            if not here.data.exists():
                make_cluster(here)
            check_version(here)
            passwords = json.loads(here.passwords.read_text())
            endpoint = Endpoint(host=str(here.sockets), passwords=passwords)
            started = start_if_needed(
                here,
                endpoint,
                linger_seconds=self.linger_seconds,
                within_seconds=start_seconds,
            )
            if started:
                prepare_roles(endpoint)
            if database is not None:
                prepare_database(endpoint, database)
                self._prepared.add(database)
        return endpoint


@functools.cache
def shared(var: Path) -> Server:
    """The one Server of this process for a folder."""
    return Server(var=var)


@contextmanager
def starting(here: Place) -> Iterator[None]:
    """Only one process at a time starts, prepares or stops the server."""
    try:
        descriptor = keeper.open_lock(here.lock("start"))
    except OSError as error:
        raise LocalDatabaseError(
            f"The database cannot use {here.home}: {error.strerror}."
        ) from error
    try:
        keeper.lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def connect(
    endpoint: Endpoint, *, role: str, database: str = "postgres"
) -> psycopg2.extensions.connection:
    """A plain connection, committing each statement."""
    connection = psycopg2.connect(
        host=endpoint.host,
        user=role,
        password=endpoint.passwords[role],
        dbname=database,
        connect_timeout=3,
    )
    connection.autocommit = True
    return connection


def answers(endpoint: Endpoint) -> bool:
    """Whether the server takes connections now."""
    try:
        connect(endpoint, role=ADMIN).close()
    except psycopg2.OperationalError:
        return False
    return True


def make_cluster(here: Place) -> None:
    """Run initdb in a folder beside, and move it into place when it is whole."""
    unfinished = here.home / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    passwords = {
        role: secrets.token_urlsafe(32) for role in (ADMIN, OWNER_ROLE, WEB_ROLE)
    }
    write_private(here.passwords, json.dumps(passwords))
    with tempfile.NamedTemporaryFile("w", dir=here.home) as password_file:
        password_file.write(passwords[ADMIN])
        password_file.flush()
        here.account.own(Path(password_file.name))
        result = run_as_account(
            here,
            [
                str(here.binaries / "initdb"),
                f"--pgdata={unfinished}",
                f"--username={ADMIN}",
                f"--pwfile={password_file.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--data-checksums",
            ],
        )
    if result.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[0]
        raise LocalDatabaseError(f"The database cannot be made: {reason}.")
    unfinished.rename(here.data)


def run_as_account(
    here: Place, command: list[str]
) -> "subprocess.CompletedProcess[str]":
    """Run one of PostgreSQL's programs as the account, in plain C locale."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        command,
        cwd="/",
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        **here.account.popen(),
    )


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(
        os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)


def check_version(here: Place) -> None:
    """Refuse a cluster that another PostgreSQL has written."""
    found = (here.data / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise LocalDatabaseError(
            f"The database in {here.data} was written by PostgreSQL {found} and the "
            f"installed one is {MAJOR}: restore a backup into a new folder."
        )


def start_if_needed(
    here: Place,
    endpoint: Endpoint,
    *,
    linger_seconds: float,
    within_seconds: float,
) -> bool:
    """Have a keeper and a server that answers; True when we started them."""
    if has_keeper(here) and answers(endpoint):
        return False
    trim_log(here.log)
    until = time.monotonic() + within_seconds
    spawned = False
    while not (spawned and answers(endpoint)):
        if not has_keeper(here):
            if spawned:
                raise LocalDatabaseError(
                    f"The database did not start: {latest_complaint(here.log)} "
                    f"(see {here.log})."
                )
            spawn_keeper(here, linger_seconds=linger_seconds)
        elif time.monotonic() > until:
            raise LocalDatabaseError(
                f"The database does not answer after {within_seconds:.0f} seconds "
                f"(see {here.log})."
            )
        spawned = True
        time.sleep(0.02)
    return True


def has_keeper(here: Place) -> bool:
    """Whether a keeper watches over this place."""
    descriptor = keeper.open_lock(here.lock("keeper"))
    try:
        return not keeper.lock(descriptor, wait=False)
    finally:
        os.close(descriptor)


def spawn_keeper(here: Place, *, linger_seconds: float) -> None:
    """Start the keeper; it detaches itself and holds its lock when this returns."""
    settings = SERVER_SETTINGS | {"unix_socket_directories": str(here.sockets)}
    plan = {
        "home": str(here.home),
        "sockets": str(here.sockets),
        "command": [
            str(here.binaries / "postgres"),
            "-D",
            str(here.data),
            *(
                part
                for name, value in settings.items()
                for part in ("-c", f"{name}={value}")
            ),
        ],
        "run_as": here.account.popen(),
        "linger_seconds": linger_seconds,
    }
    place.make_private(here.sockets, account=here.account)
    with here.log.open("ab") as log:
        subprocess.run(
            [sys.executable, "-I", "-S", keeper.__file__, json.dumps(plan)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=True,
        )


def trim_log(log: Path) -> None:
    """Begin the log anew when it has grown long; one old one is kept."""
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))


def latest_complaint(log: Path) -> str:
    """The latest line in which PostgreSQL says why it stopped."""
    lines = log.read_text(errors="replace").splitlines()[-50:]
    telling = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    latest = (telling or lines[-1:] or ["no reason given"])[-1]
    return re.sub(r"^.*?(FATAL|PANIC): +", "", latest)


def prepare_roles(endpoint: Endpoint) -> None:
    """Two plain roles: one owns and migrates, the other serves the web."""
    connection = connect(endpoint, role=ADMIN)
    try:
        with connection.cursor() as cursor:
            for role, power in ((OWNER_ROLE, "CREATEDB"), (WEB_ROLE, "NOCREATEDB")):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                cursor.execute(
                    sql.SQL(
                        "{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE {power} "
                        "PASSWORD {password}"
                    ).format(
                        verb=sql.SQL(verb),
                        role=sql.Identifier(role),
                        power=sql.SQL(power),
                        password=sql.Literal(endpoint.passwords[role]),
                    )
                )
            # Tests take the web role's place by SET ROLE.
            cursor.execute(f"GRANT {WEB_ROLE} TO {OWNER_ROLE}")
    finally:
        connection.close()


def prepare_database(endpoint: Endpoint, name: str) -> None:
    """Make a database of the owner's, when it is not there."""
    connection = connect(endpoint, role=OWNER_ROLE)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(
                    sql.SQL("CREATE DATABASE {name}").format(name=sql.Identifier(name))
                )
    finally:
        connection.close()
