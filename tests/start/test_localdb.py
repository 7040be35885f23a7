"""The private PostgreSQL: shared, private, and not to be killed (P3 to P9)."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from clinic.localdb import OWNER_ROLE, WEB_ROLE, place, server
from clinic.localdb.place import LocalDatabaseError
from tests.start.localdb import (
    ROOT,
    Client,
    connect,
    eventually,
    has_answer,
    keeper_pids,
    postmaster_pid,
    sockets_of,
    stop,
)


@pytest.fixture(scope="module")
def kept_var() -> Iterator[Path]:
    """A folder that every account may enter, with a cluster already made in it."""
    folder = Path(tempfile.mkdtemp(prefix="np-", dir="/tmp"))
    folder.chmod(0o755)
    var = folder / "var"
    client = Client(var)
    client.wait_until_in()
    client.leave()
    yield var
    stop(var)
    shutil.rmtree(folder)


@pytest.fixture
def var(kept_var: Path) -> Iterator[Path]:
    """The cluster at rest."""
    assert eventually(lambda: not keeper_pids(kept_var))
    yield kept_var
    stop(kept_var)


def test_it_starts_with_the_first_and_stops_with_the_last(var):
    first, second = Client(var), Client(var)
    first.wait_until_in()
    second.wait_until_in()
    assert len(keeper_pids(var)) == 1
    pid = postmaster_pid(var)
    first.leave()
    time.sleep(0.6)
    assert postmaster_pid(var) == pid
    second.leave()
    assert eventually(lambda: postmaster_pid(var) is None and not keeper_pids(var))
    left = {path.name for path in (var / "postgres" / "socket").iterdir()}
    assert left == set()


def test_a_killed_client_counts_no_more(var):
    client = Client(var)
    client.wait_until_in()
    client.kill()
    assert eventually(lambda: postmaster_pid(var) is None and not keeper_pids(var))


def test_a_killed_server_comes_back_with_every_row(var):
    client = Client(var)
    client.wait_until_in()
    rows = connect(var, role=OWNER_ROLE)
    with rows.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        cursor.execute(
            "INSERT INTO kept VALUES (1) RETURNING (SELECT count(*) FROM kept)"
        )
        before = cursor.fetchone()[0]
    old = postmaster_pid(var)
    os.kill(old, signal.SIGKILL)
    rows.close()
    assert eventually(lambda: postmaster_pid(var) not in {None, old})
    assert eventually(lambda: has_answer(var))
    again = connect(var, role=OWNER_ROLE)
    with again.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        assert cursor.fetchone()[0] == before + 1
    again.close()
    client.leave()


def test_a_killed_keeper_is_replaced_by_the_next_client(var):
    first = Client(var)
    first.wait_until_in()
    pid = postmaster_pid(var)
    (old,) = keeper_pids(var)
    os.kill(old, signal.SIGKILL)
    assert eventually(lambda: keeper_pids(var) == [])
    second = Client(var)
    second.wait_until_in()
    assert postmaster_pid(var) == pid  # the running server was adopted
    first.leave()
    second.leave()
    assert eventually(lambda: postmaster_pid(var) is None and not keeper_pids(var))


def test_server_and_keeper_killed_at_once_come_back_for_the_next_client(var):
    first = Client(var)
    first.wait_until_in()
    old = postmaster_pid(var)
    os.kill(keeper_pids(var)[0], signal.SIGKILL)
    os.kill(old, signal.SIGKILL)
    second = Client(var)
    second.wait_until_in()
    assert postmaster_pid(var) not in {None, old}
    first.kill()
    second.leave()


def test_nobody_comes_in_without_a_password(var):
    client = Client(var)
    client.wait_until_in()
    for role in ("postgres", OWNER_ROLE, WEB_ROLE):
        with pytest.raises(psycopg2.OperationalError, match="no password"):
            psycopg2.connect(host=sockets_of(var), user=role, dbname="postgres")
    client.leave()


def test_it_listens_at_no_port(var):
    client = Client(var)
    client.wait_until_in()
    connection = connect(var, role=WEB_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)
        cursor.execute("SHOW data_checksums")
        assert cursor.fetchone() == ("on",)
    connection.close()
    client.leave()


def test_its_folders_and_passwords_are_for_one_account(var):
    home = var / "postgres"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "socket").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "passwords.json").stat().st_mode) == 0o600
    passwords = json.loads((home / "passwords.json").read_text())
    assert set(passwords) == {"postgres", OWNER_ROLE, WEB_ROLE}
    assert len(set(passwords.values())) == 3


def said_with_a_server(program: str, var: Path) -> str:
    """What a program prints that has started the server, whose place is `endpoint`."""
    before = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from clinic.localdb import server\n"
        "one = server.Server(var=Path(sys.argv[1]), linger_seconds=0.2)\n"
        "endpoint = one.ensure()\n"
    )
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", before + program, str(var)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout


def test_a_forked_child_shares_the_lease_and_ends_nothing(var):
    program = (
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    sys.exit(0)\n"
        "os.waitpid(pid, 0)\n"
        "time.sleep(0.6)\n"
        "print(server.answers(endpoint))\n"
    )
    assert said_with_a_server(program, var) == "True\n"


def test_a_child_that_outlives_its_parent_keeps_the_server(var):
    program = (
        "if os.fork():\n"
        "    os._exit(0)\n"
        "time.sleep(0.6)\n"
        "print(server.answers(endpoint), flush=True)\n"
    )
    assert said_with_a_server(program, var) == "True\n"
    assert eventually(lambda: postmaster_pid(var) is None)


@pytest.mark.parametrize("length", [88, 120, 200])
def test_a_long_path_has_its_socket_under_tmp(length):
    home = Path("/srv") / ("x" * (length - 5))
    sockets = place.sockets_for(home=home, account=place.Account())
    assert sockets.parent == place.SHORT_SOCKETS
    assert sockets.name.startswith(f"needlepoint-{os.geteuid()}-")


def test_a_short_path_has_its_socket_inside():
    home = Path("/srv/needlepoint/var/postgres")
    assert place.sockets_for(home=home, account=place.Account()) == home / "socket"


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    account = place.Account(uid=theirs.stat().st_uid + 1, gid=0)
    with pytest.raises(LocalDatabaseError, match="belongs to another user"):
        place.make_private(theirs, account=account)


def test_a_folder_has_its_name_only_once_it_has_its_owner(tmp_path, monkeypatch):
    folder, named_too_early = tmp_path / "postgres", []
    monkeypatch.setattr(
        place.Account, "own", lambda self, path: named_too_early.append(folder.exists())
    )
    place.make_private(folder, account=place.Account())
    assert named_too_early == [False]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_that_somebody_made_meanwhile_is_kept(tmp_path):
    folder = tmp_path / "postgres"
    folder.mkdir(mode=0o700)
    (folder / "passwords.json").touch()
    place.make_owned(folder, account=place.Account())
    assert list(tmp_path.rglob("*")) == [folder, folder / "passwords.json"]


def test_a_link_in_place_of_the_folder_is_refused(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with pytest.raises(LocalDatabaseError, match="belongs to another user"):
        place.make_private(link, account=place.Account())


def test_a_cluster_of_another_version_is_refused(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "PG_VERSION").write_text("17\n")
    here = place.Place(
        home=tmp_path, sockets=tmp_path, binaries=tmp_path, account=place.Account()
    )
    with pytest.raises(LocalDatabaseError, match="written by PostgreSQL 17"):
        server.check_version(here)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")
def test_root_runs_it_as_somebody_else(var):
    client = Client(var)
    client.wait_until_in()
    status = Path(f"/proc/{postmaster_pid(var)}/status").read_text()
    uids = next(line for line in status.splitlines() if line.startswith("Uid:"))
    assert "\t0" not in uids
    client.leave()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has such a folder")
def test_root_in_a_shut_folder_uses_var_lib():
    shut = Path(tempfile.mkdtemp(prefix="np-shut-", dir="/tmp"))  # 0700, root's
    one = server.Server(var=shut / "var")
    try:
        one.ensure(database="needlepoint")
        assert one._place.home.parent == Path("/var/lib/needlepoint")
        assert stat.S_IMODE(shut.stat().st_mode) == 0o700
    finally:
        home = one._place.home
        one.leave()
        assert eventually(lambda: not (home / "data" / "postmaster.pid").exists())
        time.sleep(0.5)
        shutil.rmtree(home)
        shutil.rmtree(shut)


def test_it_works_in_a_path_of_120_characters():
    top = Path(tempfile.mkdtemp(prefix="np-", dir="/tmp"))
    top.chmod(0o755)
    project = top / ("p" * (120 - len(str(top)) - 1))
    project.mkdir()
    client = Client(project / "var")
    try:
        sockets = Path(client.wait_until_in())
        assert sockets.parent == place.SHORT_SOCKETS
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        client.leave()
        assert eventually(lambda: not sockets.exists())
    finally:
        stop(project / "var")
        shutil.rmtree(top)


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests are that already")
def test_it_works_for_a_user_who_is_not_root():
    nobody = place.Account(uid=65534, gid=65534)
    python = next(
        (
            python
            for python in (sys.executable, "/usr/bin/python3.11")
            if Path(python).exists() and nobody.reaches(Path(python))
        ),
        None,
    )
    if python is None or not nobody.reaches(ROOT):
        pytest.skip("no Python that another user may run")
    folder = Path(tempfile.mkdtemp(prefix="np-user-", dir="/tmp"))
    os.chown(folder, 65534, 65534)
    program = (
        "import sys\nfrom pathlib import Path\nfrom clinic.localdb import server\n"
        "one = server.Server(var=Path(sys.argv[1]), linger_seconds=0.2)\n"
        "print(server.answers(one.ensure(database='needlepoint')))\n"
    )
    result = subprocess.run(
        [python, "-c", program, str(folder / "var")],
        cwd=ROOT,
        env={"PYTHONPATH": str(Path(psycopg2.__file__).parent.parent)},
        capture_output=True,
        text=True,
        check=False,
        **nobody.popen(),
    )
    assert result.stdout == "True\n", result.stderr
    assert eventually(lambda: not keeper_pids(folder / "var"))
    shutil.rmtree(folder)


@pytest.mark.prove
def test_twenty_kills_lose_nothing_that_was_acknowledged(var):
    client = Client(var)
    client.wait_until_in()
    setup = connect(var, role=OWNER_ROLE)
    with setup.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS acknowledged")
        cursor.execute("CREATE TABLE acknowledged (id int PRIMARY KEY)")
    setup.close()
    acknowledged: list[int] = []
    number = 0
    for _ in range(20):
        assert eventually(lambda: has_answer(var), seconds=20)
        writer = connect(var, role=OWNER_ROLE)
        for _ in range(50):
            number += 1
            with writer.cursor() as cursor:
                cursor.execute("INSERT INTO acknowledged VALUES (%s)", [number])
            acknowledged.append(number)
        os.kill(postmaster_pid(var), signal.SIGKILL)
        writer.close()
        time.sleep(0.3)
    assert eventually(lambda: has_answer(var), seconds=20)
    reader = connect(var, role=OWNER_ROLE)
    with reader.cursor() as cursor:
        cursor.execute("SELECT id FROM acknowledged ORDER BY id")
        assert [row[0] for row in cursor.fetchall()] == acknowledged
    reader.close()
    client.leave()


@pytest.mark.prove
def test_eight_arrivals_at_once_make_one_server():
    folder = Path(tempfile.mkdtemp(prefix="np-", dir="/tmp"))
    folder.chmod(0o755)
    var = folder / "var"
    clients = [Client(var) for _ in range(8)]
    assert len({client.wait_until_in() for client in clients}) == 1
    assert len(keeper_pids(var)) == 1
    for client in clients:
        client.leave()
    assert eventually(lambda: postmaster_pid(var) is None and not keeper_pids(var))
    stop(var)
    shutil.rmtree(folder)


def test_a_server_that_cannot_start_says_why_in_one_sentence(var):
    config = var / "postgres" / "data" / "postgresql.conf"
    saved = config.read_text()
    owner = config.stat()
    config.write_text(saved + "\nno_such_setting_of_ours = 1\n")
    try:
        one = server.Server(var=var, linger_seconds=0.2)
        with pytest.raises(LocalDatabaseError, match="did not start") as refused:
            one.ensure()
        assert "postgresql.conf" in str(refused.value)
        one.leave()
    finally:
        config.write_text(saved)
        os.chown(config, owner.st_uid, owner.st_gid)


def test_the_socket_is_where_it_was_said(var):
    client = Client(var)
    folder = client.wait_until_in()
    with socket.socket(socket.AF_UNIX) as unix:
        unix.connect(f"{folder}/.s.PGSQL.5432")
    client.leave()


@pytest.mark.prove
@pytest.mark.regression(3)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root copies the binaries")
def test_a_cluster_of_copied_binaries_works(monkeypatch):
    """Nothing of the project can be reached, so data and binaries live elsewhere."""
    folder = Path(tempfile.mkdtemp(prefix="np-bin-", dir="/tmp"))
    folder.chmod(0o755)
    shut = folder / "shut"
    shut.mkdir(mode=0o700)
    monkeypatch.setattr(place, "ROOT_HOME", folder / "lib")
    monkeypatch.setattr(
        place.Account,
        "reaches",
        lambda _, path: "site-packages" not in str(path) and shut != path,
    )
    one = server.Server(var=shut / "var", linger_seconds=0.2)
    try:
        one.ensure(database="needlepoint")
        assert folder / "lib" in one._place.binaries.parents
    finally:
        one.leave()
        assert eventually(lambda: postmaster_pid_of(folder / "lib") is None)
        time.sleep(0.5)
        shutil.rmtree(folder)


def postmaster_pid_of(lib: Path) -> Path | None:
    return next(lib.glob("*/data/postmaster.pid"), None)
