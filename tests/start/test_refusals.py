"""What a person can mend is one sentence, a status that is not 0, no traceback."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from clinic.localdb import server

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "0123456789-abcdefghij-0123456789-abcdefghij-0123456789"
UNSET = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "NEEDLEPOINT_DATABASE_ROLE",
    "NEEDLEPOINT_SECRET_KEY",
    "NEEDLEPOINT_DEMO",
    "DJANGO_SETTINGS_MODULE",
)


def manage(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with these settings and no others."""
    variables = {name: value for name, value in os.environ.items() if name not in UNSET}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=variables | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_sentence(
    result: subprocess.CompletedProcess[str], *words: str, status: int | None = None
) -> None:
    assert result.returncode != 0
    assert status is None or result.returncode == status
    assert "Traceback" not in result.stdout + result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.endswith(".\n")
    for word in words:
        assert word in result.stderr


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port that accepts and never says a word."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        yield silent


def port_of(listener: socket.socket) -> str:
    return str(listener.getsockname()[1])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"NEEDLEPOINT_DEMO": "maybe"}, ["NEEDLEPOINT_DEMO", "true or false"]),
        ({"PORT": "0"}, ["PORT", "from 1 to 65535"]),
        ({"DATABASE_URL": "sqlite:///db"}, ["DATABASE_URL", "postgresql://"]),
        ({"NEEDLEPOINT_HOSTS": "clinic.example"}, ["NEEDLEPOINT_SECRET_KEY"]),
        (
            {"NEEDLEPOINT_HOSTS": "clinic.example", "NEEDLEPOINT_SECRET_KEY": SECRET},
            ["NEEDLEPOINT_TRUSTED_PROXIES", "1 or more", "proxy"],
        ),
        (
            {"NEEDLEPOINT_DEMO": "1", "NEEDLEPOINT_HOSTS": "clinic.example"},
            ["demo", "NEEDLEPOINT_HOSTS"],
        ),
        ({"NEEDLEPOINT_SECRET_KEY_FILE": "/nowhere"}, ["NEEDLEPOINT_SECRET_KEY_FILE"]),
        ({"NEEDLEPOINT_VAR": "/proc/nowhere"}, ["NEEDLEPOINT_VAR", "/proc/nowhere"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_stops_the_start(settings, words):
    assert_one_sentence(manage("serve", **settings), *words, status=2)


def test_a_server_that_is_not_there_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: it refuses
        place = f"127.0.0.1:{port_of(taken)}"
        result = manage(
            "migrate",
            DATABASE_URL=f"postgresql://clinic:hunter2@{place}/clinic",
            NEEDLEPOINT_SECRET_KEY=SECRET,
        )
    assert_one_sentence(result, "DATABASE_URL", place)
    assert "hunter2" not in result.stderr


def test_a_server_that_never_answers_is_given_up(listener):
    """Without a limit it hung for more than 40 s; `manage` waits no longer."""
    url = f"postgresql://clinic@127.0.0.1:{port_of(listener)}/clinic"
    result = manage(
        "serve",
        "--prepare",
        DATABASE_URL=url,
        NEEDLEPOINT_SECRET_KEY=SECRET,
        PORT="18761",
    )
    assert_one_sentence(result, "DATABASE_URL")


def test_a_port_in_use_is_named(listener):
    result = manage("serve", PORT=port_of(listener))
    assert_one_sentence(result, f"Port {port_of(listener)} is in use", "PORT=")


def test_a_folder_that_cannot_be_written_is_named():
    with tempfile.NamedTemporaryFile() as file:
        result = manage("serve", NEEDLEPOINT_VAR=f"{file.name}/var", PORT="18762")
    assert_one_sentence(result, file.name, "Not a directory")


@pytest.mark.django_db
def test_tables_that_are_missing_are_named(tmp_path):
    """An empty database of the test's own server, as the owner of nothing in it."""
    var = connection.settings_dict.get("LOCAL_VAR")
    if not var:
        pytest.skip("only on the private server")
    endpoint = server.shared(Path(var)).ensure()
    role = server.OWNER_ROLE
    url = (
        f"postgresql://{role}:{endpoint.passwords[role]}@/template1"
        f"?host={endpoint.host}"
    )
    result = manage(
        "serve",
        DATABASE_URL=url,
        NEEDLEPOINT_SECRET_KEY=SECRET,
        NEEDLEPOINT_VAR=str(tmp_path),
        PORT="18763",
    )
    assert_one_sentence(result, "manage.py migrate")


def test_a_view_without_a_door_is_not_served():
    result = manage(
        "serve",
        "--settings=tests.start.settings_open_door",
        PORT="18764",
    )
    assert result.returncode != 0
    assert "/unguarded/" in result.stderr
    assert "Traceback" not in result.stderr
