"""The demo's own clock: it may run ahead, so that a closed day shows an open one.

A second session lies four weeks after the first, and on a Sunday the demo clinic is
closed; so the demo's "now" is the real one plus a kept offset. `install` puts it in
the place of Django's clock, in demo mode and nowhere else. The offset is a file that
all processes of the demo read; only `manage.py demo` and the demo's banner write it.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

FILE = "demo-clock"
FURTHEST = timedelta(days=3660)


def real_now() -> datetime:
    """The moment on the machine's clock."""
    return datetime.now(tz=UTC)


def now() -> datetime:
    """The moment in the demo."""
    return real_now() + offset()


def offset() -> timedelta:
    """How far the demo runs ahead; nothing when no file says so."""
    try:
        changed = _file().stat().st_mtime_ns
    except FileNotFoundError:
        return timedelta()
    return _read(changed)


@cache
def _read(_changed: int) -> timedelta:
    """The offset in the file as it was written at a moment."""
    try:
        return timedelta(seconds=float(_file().read_text()))
    except (OSError, ValueError):
        return timedelta()


def set_offset(ahead: timedelta) -> None:
    """Let the demo run ahead by so much. Raises ValueError beyond ten years."""
    if not timedelta() <= ahead <= FURTHEST:
        raise ValueError("The demo runs ahead by ten years at most.")
    file = _file()
    fresh = file.with_suffix(".new")
    fresh.write_text(str(ahead.total_seconds()))
    fresh.replace(file)


def install() -> None:
    """Make the demo's clock Django's. Raises RuntimeError outside demo mode."""
    if not settings.DEMO:
        raise RuntimeError("Only the demo has a clock of its own.")
    timezone.now = now


def _file() -> Path:
    return Path(settings.VAR_DIR) / FILE
