"""The production server: slow clients, stopping, killed processes, a dead database."""

import http.client
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.start import localdb

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = """
import sys
import django
django.setup()
from clinic.web import serving
where = serving.Listening(address="127.0.0.1", port=0, workers=2)
listener = serving.listen(where)
print(listener.getsockname()[1], flush=True)
sys.exit(serving.serve(where, listener))
"""


class Served:
    """A running server."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.port = port

    def get(
        self, path: str, *, timeout: float = 10, cookie: str = ""
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(
                "GET", path, headers={"Cookie": cookie} if cookie else {}
            )
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def workers(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in children.read_text().split()}


@contextmanager
def serving(**settings: str) -> Iterator[Served]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "tests.start.settings_pages"}
        | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Served(process, int(process.stdout.readline()))
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as server:
        yield server


@contextmanager
def dribbling(server: Served, *, head: bytes, count: int) -> Iterator[None]:
    """Connections that send one byte every quarter of a second."""
    connections = [
        socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)
    ]
    for connection in connections:
        connection.sendall(head)
    ended = threading.Event()

    def dribble() -> None:
        while not ended.wait(0.25):
            for connection in connections:
                connection.sendall(b"a")

    thread = threading.Thread(target=dribble)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        for connection in connections:
            connection.close()


UPLOAD = (
    b"POST /upload/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 1000000\r\n\r\n"
)
HEADERS = b"GET /hello/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


@pytest.mark.parametrize("head", [UPLOAD, HEADERS], ids=["uploads", "headers"])
def test_slow_clients_stop_nobody(served, head):
    with dribbling(served, head=head, count=40):
        for _ in range(20):
            assert served.get("/hello/", timeout=2)[0] == 200


@pytest.mark.prove
def test_a_hundred_slow_uploads_are_not_felt(served):
    def p95() -> float:
        times = []
        for _ in range(100):
            began = time.perf_counter()
            served.get("/hello/")
            times.append(time.perf_counter() - began)
            time.sleep(0.01)
        return statistics.quantiles(times, n=20)[-1]

    p95()
    quiet = p95()
    with dribbling(served, head=UPLOAD, count=100):
        time.sleep(0.5)
        # The best of three: a neighbour on the machine is felt as well.
        assert min(p95() for _ in range(3)) <= 2 * quiet + 0.02


def test_a_whole_upload_arrives(served):
    connection = http.client.HTTPConnection("127.0.0.1", served.port)
    connection.request("POST", "/upload/", body=b"a" * 1000)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"1000")
    connection.close()


def test_an_upload_beyond_the_limit_is_refused_at_once(served):
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as connection:
        connection.sendall(UPLOAD.replace(b"1000000", b"99000000"))
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_it_does_not_tell_what_it_is(served):
    connection = http.client.HTTPConnection("127.0.0.1", served.port)
    connection.request("GET", "/hello/")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.getheader("Server") is None
    assert answer.getheader("Via") is None


def raw(server: Served, request: bytes) -> bytes:
    """Everything that comes back until the server hangs up or is silent."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=1) as connection:
        connection.sendall(request)
        answer = b""
        while True:
            try:
                piece = connection.recv(65536)
            except TimeoutError:
                return answer
            if not piece:
                return answer
            answer += piece


@pytest.mark.parametrize(
    "head",
    [
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
    ],
)
def test_a_smuggled_request_is_not_answered(served, head):
    smuggled = b"GET /process/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    request = b"POST /upload/ HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n0\r\n\r\n"
    assert raw(served, request + smuggled).count(b"HTTP/1.1 200") == 0


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (b"X-Forwarded-For: 203.0.113.9", b"203.0.113.9"),
        (b"X_Forwarded_For: 203.0.113.9", b"127.0.0.1"),
        (b"X-Forwarded_For: 203.0.113.9", b"127.0.0.1"),
    ],
)
def test_an_underscore_does_not_pass_for_a_proxys_header(served, header, address):
    request = b"GET /hello/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    assert raw(served, request + header + b"\r\n\r\n").endswith(address)


@pytest.mark.parametrize(
    "request_line",
    [b"GET / HTTP/9.9", b"GET", b"\x16\x03\x01\x02\x00", b"GET http://[::1 HTTP/1.1"],
)
def test_nonsense_is_refused_and_harms_nobody(served, request_line):
    answer = raw(served, request_line + b"\r\n\r\n")
    assert b"Traceback" not in answer
    assert b"waitress" not in answer.lower()
    assert served.get("/hello/")[0] == 200


def test_a_killed_process_is_replaced(served):
    assert soon(lambda: len(served.workers()) == 2)
    victim = min(served.workers())
    os.kill(victim, signal.SIGKILL)
    assert soon(lambda: len(served.workers() - {victim}) == 2)
    for _ in range(10):
        assert served.get("/hello/")[0] == 200


def test_stopping_answers_what_has_begun(tmp_path):
    began = tmp_path / "began"
    with serving() as server:
        answers: list[tuple[int, str]] = []
        thread = threading.Thread(
            target=lambda: answers.append(server.get(f"/slow/?began={began}"))
        )
        thread.start()
        assert soon(began.exists)
        server.process.terminate()
        thread.join()
        assert server.process.wait(timeout=10) == 0
    assert answers == [(200, "answered")]


@pytest.mark.regression(2)
@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.prove)])
def test_a_server_that_has_only_just_started_stops_as_well(times):
    for _ in range(times):
        with serving() as server:
            assert soon(lambda: bool(server.workers()), every=0.001)
            server.process.terminate()
            assert server.process.wait(timeout=10) == 0


def test_a_killed_parent_leaves_nobody_behind():
    with serving() as server:
        assert soon(lambda: len(server.workers()) == 2)
        workers = server.workers()
        server.get("/hello/")
        server.process.kill()
        assert soon(lambda: not any(is_alive(pid) for pid in workers))


@pytest.mark.parametrize(
    ("people", "limit"),
    [
        pytest.param(4, None, marks=pytest.mark.prove),
        pytest.param(16, 2 * 5.0, marks=pytest.mark.prove),
    ],
)
def test_a_database_that_never_answers_is_503(people, limit):
    """Within five seconds, on a machine that has nothing else to do (make prove)."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(people)
        url = f"postgresql://web@127.0.0.1:{silent.getsockname()[1]}/clinic"
        with serving(DATABASE_URL=url, DATABASE_OWNER_URL=url) as server:
            answers: list[tuple[int, float]] = []

            def ask() -> None:
                began = time.monotonic()
                cookie = "__Host-sessionid=0123456789abcdef0123456789abcdef"
                status, _ = server.get("/rows/", cookie=cookie, timeout=20)
                answers.append((status, time.monotonic() - began))

            threads = [threading.Thread(target=ask) for _ in range(people)]
            for thread in threads:
                thread.start()
            assert server.get("/hello/", timeout=20)[0] == 200
            for thread in threads:
                thread.join()
    assert [status for status, _ in answers] == [503] * people
    if limit is not None:
        assert max(seconds for _, seconds in answers) <= limit


@pytest.mark.prove
def test_it_serves_again_after_its_database_was_killed():
    folder = Path(tempfile.mkdtemp(prefix="np-", dir="/tmp"))
    folder.chmod(0o755)
    var = folder / "var"
    try:
        with serving(NEEDLEPOINT_VAR=str(var), DATABASE_URL="") as server:
            assert server.get("/rows/") == (200, "a row")
            os.kill(localdb.postmaster_pid(var), signal.SIGKILL)
            assert soon(lambda: server.get("/rows/")[0] == 200)
            os.kill(localdb.keeper_pids(var)[0], signal.SIGKILL)
            os.kill(localdb.postmaster_pid(var), signal.SIGKILL)
            assert soon(lambda: server.get("/rows/")[0] == 200)
        assert soon(lambda: localdb.postmaster_pid(var) is None)
    finally:
        localdb.stop(var)
        shutil.rmtree(folder)


@pytest.mark.prove
def test_a_private_server_that_cannot_start_is_503_within_five_seconds():
    folder = Path(tempfile.mkdtemp(prefix="np-", dir="/tmp"))
    folder.chmod(0o755)
    var = folder / "var"
    config = var / "postgres" / "data" / "postgresql.conf"
    try:
        with serving(NEEDLEPOINT_VAR=str(var), DATABASE_URL="") as server:
            assert server.get("/rows/") == (200, "a row")
            config.write_text(config.read_text() + "\nno_such_setting = 1\n")
            os.kill(localdb.postmaster_pid(var), signal.SIGKILL)
            times = []
            for _ in range(8):
                began = time.monotonic()
                assert server.get("/rows/")[0] == 503
                times.append(time.monotonic() - began)
            assert max(times) <= 2 * 5  # other work may be going on here
            text = config.read_text().replace("\nno_such_setting = 1\n", "\n")
            config.write_text(text)
            assert soon(lambda: server.get("/rows/")[0] == 200, seconds=15)
    finally:
        localdb.stop(var)
        shutil.rmtree(folder)


def soon(
    condition: Callable[[], bool], *, seconds: float = 10, every: float = 0.05
) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(every)
    return False


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
