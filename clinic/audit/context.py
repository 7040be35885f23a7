"""Who is acting, and from where: set once per request or command."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an action comes from."""

    source: str = "command"
    address: str | None = None
    request_id: str = ""


_origin: ContextVar[Origin] = ContextVar("audit_origin")
_UNKNOWN = Origin(source="unknown")


def current() -> Origin:
    """The origin of what happens now."""
    return _origin.get(_UNKNOWN)


@contextmanager
def acting_from(origin: Origin) -> Iterator[None]:
    """Name the origin for everything inside the block."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)
