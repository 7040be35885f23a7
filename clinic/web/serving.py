"""The production server: a few processes of waitress behind one listening socket.

Waitress takes a request in whole before one of its threads sees it, and keeps an
answer for a slow reader, so that slow connections occupy nobody (tests/start).
"""

import contextlib
import errno
import gc
import logging
import os
import resource
import signal
import socket
import threading
import time
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError

logger = logging.getLogger(__name__)

THREADS = 4  # per process
CONNECTIONS = 1000  # per process, idle and slow ones as well
OPEN_FILES = 4096
REQUEST_BYTES = 26 * 1024 * 1024  # one picture of 25 MB and its form
DRAIN_SECONDS = 10.0
CRASH_SECONDS = 2.0  # a process that ends sooner than this cannot start
FOR_GOOD = 3  # quick ends in a row
STOPPING = (signal.SIGTERM, signal.SIGINT)


class CannotListenError(Exception):
    """The address is not to be had; the text is one sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where to listen, and with how many processes."""

    address: str
    port: int
    workers: int


class StrictParser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses a request that tells its length in two ways (request smuggling)."""

    def parse_header(self, header_plus: bytes) -> None:
        """Raise ParsingError, which answers 400 and hangs up."""
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Both Transfer-Encoding and Content-Length")
        if "TRANSFER_ENCODING" in self.headers:  # left there for HTTP/1.0 only
            raise ParsingError("Transfer-Encoding in HTTP/1.0")


class StrictChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests are parsed strictly."""

    parser_class = StrictParser


def listen(where: Listening) -> socket.socket:
    """The listening socket; raises CannotListenError with the reason."""
    family = socket.AF_INET6 if ":" in where.address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((where.address, where.port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise CannotListenError(reason(error, where=where)) from error
    return listener


def reason(error: OSError, *, where: Listening) -> str:
    """Why we cannot listen, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {where.port} is in use: stop what uses it or choose another, "
            f"for example PORT={where.port % 65535 + 1}."
        )
    if error.errno == errno.EACCES:
        return f"Port {where.port} is not open to this user: choose one above 1023."
    return f"Cannot listen at {where.address}:{where.port}: {error.strerror}."


def serve(where: Listening, listener: socket.socket) -> int:
    """Serve until SIGTERM or Ctrl-C; the exit status.

    A process that ends is replaced; when processes end as soon as they start, all end.
    """
    application = import_module("clinic.wsgi").application
    raise_open_files()
    gc.freeze()  # what is loaded now stays shared with the processes
    family = Family(application, listener)
    for sign in STOPPING:
        signal.signal(sign, family.stop)
    for _ in range(where.workers):
        family.add()
    return family.watch()


class Family:
    """The parent of the serving processes."""

    def __init__(self, application: Any, listener: socket.socket) -> None:
        """No process yet."""
        self.application = application
        self.listener = listener
        self.born: dict[int, float] = {}
        self.stopping = False
        # Its writing end closes with this process however that ends.
        self.lifeline = os.pipe()

    def add(self) -> None:
        """One more process, unless all were asked to stop."""
        # A signal waits until the child has its own handler and we know the child.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        if not self.stopping:
            pid = os.fork()
            if pid == 0:
                os.close(self.lifeline[1])
                work(self.application, self.listener, lifeline=self.lifeline[0])
            self.born[pid] = time.monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def stop(self, *_: object) -> None:
        """Ask every process to finish what it has begun."""
        self.stopping = True
        for pid in list(self.born):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def watch(self) -> int:
        """Replace what ends, until all were asked to stop and have."""
        quick_ends = 0
        while self.born:
            pid, status = os.wait()
            lived = time.monotonic() - self.born.pop(pid, 0.0)
            if self.stopping:
                continue
            logger.error("A serving process ended with status %d.", status)
            quick_ends = quick_ends + 1 if lived < CRASH_SECONDS else 0
            if quick_ends >= FOR_GOOD:
                self.stop()
            else:
                self.add()
        return 1 if quick_ends >= FOR_GOOD else 0


def work(application: Any, listener: socket.socket, *, lifeline: int) -> NoReturn:
    """The life of one serving process."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent tells us
        sockets: dict[int, Any] = {}
        server = waitress.create_server(
            application,
            map=sockets,
            sockets=[listener],
            threads=THREADS,
            connection_limit=CONNECTIONS,
            max_request_body_size=REQUEST_BYTES,
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=False,  # client_address_middleware decides
            ident="",
        )
        server.channel_class = StrictChannel
        stop = threading.Event()

        def ask_to_stop(*_: object) -> None:
            stop.set()
            server.pull_trigger()

        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        threading.Thread(target=end_with_parent, args=[lifeline], daemon=True).start()
        while not stop.is_set():
            wasyncore.loop(timeout=5, use_poll=True, map=sockets, count=1)
        drain(server, sockets)
        status = 0
    finally:
        os._exit(status)


def drain(server: Any, sockets: dict[int, Any]) -> None:
    """Take nothing new, answer what has come in whole."""
    wasyncore.dispatcher.close(server)
    until = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until and any(
        channel.requests or channel.total_outbufs_len
        for channel in server.active_channels.values()
    ):
        wasyncore.loop(timeout=0.1, use_poll=True, map=sockets, count=1)


def end_with_parent(lifeline: int) -> None:
    """Stop when the parent is gone, even by kill -9."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def raise_open_files() -> None:
    """Let a process hold all the connections that it accepts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
