"""Clients of a private PostgreSQL in processes of their own, for the tests."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2

from clinic.localdb import keeper, server

ROOT = Path(__file__).resolve().parent.parent.parent

CLIENT = """
import sys
from pathlib import Path
from clinic.localdb import server
one = server.Server(var=Path(sys.argv[1]), linger_seconds=0.2)
endpoint = one.ensure(database="needlepoint")
print(endpoint.host, flush=True)
sys.stdin.read()
"""


class Client:
    """A process that uses the database until it is told to leave, or is killed."""

    def __init__(self, var: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(var)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_in(self) -> str:
        """The socket folder that it was given."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self._close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=20)
        self._close()

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()


def postmaster_pid(var: Path) -> int | None:
    """The running server's process; None when there is none."""
    data = var / "postgres" / "data"
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if keeper.is_running_in(pid, data) else None


def keeper_pids(var: Path) -> list[int]:
    """The keepers that watch over the place."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                command = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if any(part.endswith(b"keeper.py") for part in command) and any(
                json.dumps(str(var / "postgres")).encode() in part for part in command
            ):
                found.append(int(process.name))
    return found


def eventually(condition: Callable[[], bool], *, seconds: float = 10.0) -> bool:
    """Whether it becomes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def has_answer(var: Path) -> bool:
    """Whether the server takes a connection of the web's role now."""
    home = var / "postgres"
    passwords = json.loads((home / "passwords.json").read_text())
    endpoint = server.Endpoint(host=sockets_of(var), passwords=passwords)
    return server.answers(endpoint)


def sockets_of(var: Path) -> str:
    """The folder of the socket, as the running server wrote it down."""
    data = var / "postgres" / "data"
    return (data / "postmaster.pid").read_text().splitlines()[4]


def connect(var: Path, *, role: str) -> psycopg2.extensions.connection:
    """A connection to the database of the product."""
    passwords = json.loads((var / "postgres" / "passwords.json").read_text())
    endpoint = server.Endpoint(host=sockets_of(var), passwords=passwords)
    return server.connect(endpoint, role=role, database="needlepoint")


def stop(var: Path) -> None:
    """After a test: nothing of it is left, whatever went wrong."""
    for pid in keeper_pids(var):
        os.kill(pid, signal.SIGTERM)
    assert eventually(lambda: not keeper_pids(var), seconds=20)
    pid = postmaster_pid(var)
    if pid is not None:
        os.kill(pid, signal.SIGQUIT)
        assert eventually(lambda: postmaster_pid(var) is None)
