"""How long a sign-in lasts (SECURITY S5): idle, at the chair, and at the longest.

Idle time is counted from the last request that a person made: a page that asks by
itself whether something changed is marked and never extends the sign-in. No request
can skip the check; a request can only fail to extend.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]

IDLE = timedelta(minutes=15)
IDLE_AT_THE_CHAIR = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
CLOCK_SLACK = timedelta(minutes=5)
TOUCH_EVERY = timedelta(seconds=30)

BACKGROUND_HEADER = "X-Background"
STARTED_KEY = "signed_in_at"
SEEN_KEY = "seen_at"
IDLE_KEY = "idle_minutes"


def clock() -> datetime:
    """The machine's own time: the demo's days pass faster, its sign-ins do not."""
    return datetime.now(tz=UTC)


class Ending(StrEnum):
    """Why a sign-in ended by itself."""

    IDLE = "idle"
    LONGEST = "longest"


def background(view: View) -> View:
    """Mark a view that pages ask by themselves: it never extends a sign-in."""
    view.is_background = True  # type: ignore[attr-defined]
    return view


def at_the_chair(view: View) -> View:
    """Mark a view of the session sheet: idle time is 60 minutes after it."""
    view.idle_limit = IDLE_AT_THE_CHAIR  # type: ignore[attr-defined]
    return view


def is_background(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Whether nobody touched anything to make this request."""
    marked = getattr(view, "is_background", False)
    return bool(marked) or BACKGROUND_HEADER in request.headers


def idle_limit(view: Callable[..., Any]) -> timedelta:
    """How long a person may do nothing after this view."""
    limit = getattr(view, "idle_limit", IDLE)
    return limit if isinstance(limit, timedelta) else IDLE


def ending_of(session: SessionBase, *, now: datetime) -> Ending | None:
    """Whether the sign-in is over, and why. One never counted begins now.

    A time well ahead of the clock is treated as over: nothing comes back to life
    when a server's clock is set back.
    """
    started, seen = session.get(STARTED_KEY), session.get(SEEN_KEY)
    if started is None or seen is None:
        return None
    if is_over(now.timestamp() - started, limit=LONGEST):
        return Ending.LONGEST
    limit = timedelta(minutes=session.get(IDLE_KEY, 0)) or IDLE
    return Ending.IDLE if is_over(now.timestamp() - seen, limit=limit) else None


def is_over(passed_s: float, *, limit: timedelta) -> bool:
    """Whether so many seconds reach the limit, or lie well before their start."""
    return not -CLOCK_SLACK.total_seconds() <= passed_s < limit.total_seconds()


def left_s(session: SessionBase, *, now: datetime) -> int:
    """How many seconds the sign-in still has when nobody does anything."""
    seen = session.get(SEEN_KEY, now.timestamp())
    started = session.get(STARTED_KEY, now.timestamp())
    limit = timedelta(minutes=session.get(IDLE_KEY, 0)) or IDLE
    ends = min(seen + limit.total_seconds(), started + LONGEST.total_seconds())
    return max(0, int(ends - now.timestamp()))


def begin(session: SessionBase, *, now: datetime) -> None:
    """Start counting at a sign-in."""
    session[STARTED_KEY] = session[SEEN_KEY] = now.timestamp()
    session[IDLE_KEY] = minutes(IDLE)


def touch(session: SessionBase, *, limit: timedelta, now: datetime) -> bool:
    """Count from now; writes at most twice a minute. Says whether it counted on."""
    if STARTED_KEY not in session:
        begin(session, now=now)
        session[IDLE_KEY] = minutes(limit)
        return False
    if session.get(IDLE_KEY) == minutes(limit) and (
        abs(now.timestamp() - session[SEEN_KEY]) < TOUCH_EVERY.total_seconds()
    ):
        return False
    session[SEEN_KEY] = now.timestamp()
    session[IDLE_KEY] = minutes(limit)
    return True


def minutes(limit: timedelta) -> int:
    """Whole minutes."""
    return int(limit.total_seconds() // 60)
