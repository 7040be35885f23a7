"""The process that watches over the private PostgreSQL.

It starts PostgreSQL as its own child, starts it again when it is killed, and stops it
when the last user has gone. Users are counted by the kernel: each holds a shared lock
on one file, which ends with the process however it ends, so kill -9 leaves no trace.

Run as a script by `clinic.localdb.server`, with the standard library only.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

POLL_SECONDS = 0.1
STOP_SECONDS = 30.0
GIVE_UP_SECONDS = 5.0
READY_LINE = 7  # of postmaster.pid


def lock(descriptor: int, *, shared: bool = False, wait: bool = True) -> bool:
    """Take a lock; False when another holds it and we do not wait."""
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, mode if wait else mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def open_lock(path: Path) -> int:
    """A lock file, made when absent; never inherited by other programs."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def is_running_in(pid: int, folder: Path) -> bool:
    """Whether the process lives, is no zombie, and works in the folder."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False
    state = Path(f"/proc/{pid}/stat")
    if not state.exists():  # no /proc here: believe the signal
        return True
    try:
        if state.read_text().rpartition(")")[2].split()[0] == "Z":
            return False
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:
        return False


class Keeper:
    """One PostgreSQL and its keeper."""

    def __init__(self, plan: dict[str, Any]) -> None:
        """Open the locks; `plan` is written by `clinic.localdb.server`."""
        home = Path(plan["home"])
        self.data = home / "data"
        self.sockets = Path(plan["sockets"])
        self.sockets_are_ours_to_remove = self.sockets.parent != home
        self.command: list[str] = plan["command"]
        self.run_as: dict[str, Any] = plan["run_as"]
        self.linger_seconds: float = plan["linger_seconds"]
        self.start_lock = open_lock(home / "start.lock")
        self.users_lock = open_lock(home / "users.lock")
        self.keeper_lock = open_lock(home / "keeper.lock")
        self.child: subprocess.Popen[bytes] | None = None
        self.adopted_pid: int | None = None
        self.told_to_stop = False

    def pid_on_file(self) -> int | None:
        """The process that PostgreSQL's own pid file names."""
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def start(self) -> None:
        """Start PostgreSQL, or adopt the one whose keeper was killed."""
        pid = self.pid_on_file()
        if pid is not None:
            if is_running_in(pid, self.data):
                self.child, self.adopted_pid = None, pid
                return
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.adopted_pid = None
        self.child = subprocess.Popen(
            self.command,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            **self.run_as,
        )

    def is_alive(self) -> bool:
        """Whether PostgreSQL runs; reaps it when it has died."""
        if self.child is not None:
            return self.child.poll() is None
        return self.adopted_pid is not None and is_running_in(
            self.adopted_pid, self.data
        )

    def is_ready(self) -> bool:
        """Whether PostgreSQL has written down that it takes connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > READY_LINE and lines[READY_LINE].strip() == "ready"

    def stop(self) -> None:
        """Stop PostgreSQL: politely, then less so."""
        pid = self.child.pid if self.child else self.adopted_pid
        for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if pid is None or not self.is_alive():
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
            until = time.monotonic() + STOP_SECONDS
            while self.is_alive() and time.monotonic() < until:
                time.sleep(0.01)
        if self.sockets_are_ours_to_remove:
            with contextlib.suppress(OSError):
                self.sockets.rmdir()

    def has_users(self) -> bool:
        """Whether any process holds the users' lock."""
        if lock(self.users_lock, wait=False):
            fcntl.flock(self.users_lock, fcntl.LOCK_UN)
            return False
        return True

    def leave_if_unused(self) -> bool:
        """Stop for good, unless somebody is just arriving."""
        if not lock(self.start_lock, wait=False):
            return False
        if not lock(self.users_lock, wait=False):
            fcntl.flock(self.start_lock, fcntl.LOCK_UN)
            return False
        self.stop()
        os.close(self.keeper_lock)  # before the start lock: an arrival looks at it
        os.close(self.users_lock)
        os.close(self.start_lock)
        return True

    def ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        """The machine shuts down, or somebody asks nicely."""
        self.told_to_stop = True

    def watch(self) -> int:
        """Keep PostgreSQL running while it has users; the exit status."""
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, self.ask_to_stop)
        self.start()
        healthy = used = time.monotonic()
        while not self.told_to_stop:
            time.sleep(POLL_SECONDS)
            now = time.monotonic()
            if self.has_users():
                used = now
            elif now - used >= self.linger_seconds and self.leave_if_unused():
                return 0
            if self.is_alive():
                healthy = now if self.is_ready() else healthy
                continue
            if now - healthy >= GIVE_UP_SECONDS or not self.data.exists():
                return 1
            self.start()
        self.stop()
        return 0


def main() -> int:
    """Become a process of our own and watch; the caller is free at once."""
    keeper = Keeper(json.loads(sys.argv[1]))
    if not lock(keeper.keeper_lock, wait=False):
        return 0  # there is a keeper already
    if os.fork():
        return 0  # the lock goes on with the child
    os.setsid()
    return keeper.watch()


if __name__ == "__main__":
    sys.exit(main())
