"""Typed work survives a time-out (SECURITY R11).

When a form arrives after the sign-in ran out, what was typed is kept, encrypted and
bound to the person, in the new and empty session of the same browser. Once the same
person has signed in again, the page the form stood on is shown with the values back
in their fields (clinic/web/prefill.py). Nothing is sent by itself: the person reads
it and presses the button again. Anybody else who signs in never sees it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from clinic.staff.models import User
from clinic.web import prefill
from clinic.web.sealed import box

SESSION_KEY = "kept_work"
KEPT_FOR = timedelta(hours=12)
MOST_CHARACTERS = 200_000
SECRET_WORDS = ("password", "passphrase", "secret", "credential", "otp")
PAGE_FIELD, ACTION_FIELD = "kept-page", "kept-action"
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", PAGE_FIELD, ACTION_FIELD})
UNSEEN = frozenset({"csrfmiddlewaretoken", "idempotency_key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWork:
    """A form that came too late: where it stood, where it went, what it said."""

    page: str
    action: str
    values: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()
    too_long: bool = False


def page_of(request: HttpRequest) -> str:
    """The page a request came from, as a path here; its own for a plain visit.

    Browsers name it in Referer, htmx in HX-Current-URL; another host counts as none.
    """
    if request.method in {"GET", "HEAD"} and "HX-Current-URL" not in request.headers:
        return request.get_full_path()
    named = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    parts = urlsplit(named)
    if not parts.path or parts.netloc != request.get_host():
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def kept_from(request: HttpRequest) -> KeptWork | None:
    """What a late form said, without passwords; files cannot be kept.

    A page that was left alone sends its unsent form along (static/js/idle.js): then
    the page and the form's address stand in two fields; None when nothing was typed.
    """
    unsent = PAGE_FIELD in request.POST
    page = local_path(request.POST.get(PAGE_FIELD, "")) if unsent else page_of(request)
    action = local_path(request.POST.get(ACTION_FIELD, "")) if unsent else request.path
    if unsent and not action:
        return None
    values = tuple(
        (name, value)
        for name, several in request.POST.lists()
        for value in several
        if name not in NEVER_KEPT and not is_secret(name)
    )
    too_long = sum(len(name) + len(value) for name, value in values) > MOST_CHARACTERS
    return KeptWork(
        page=page or "/",
        action=urlsplit(action).path,
        values=() if too_long else values,
        files=tuple(
            str(upload) for _, several in request.FILES.lists() for upload in several
        ),
        too_long=too_long,
    )


def local_path(text: str) -> str:
    """The text when it is a path here, else nothing."""
    is_local = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_local else ""


def is_secret(name: str) -> bool:
    """Whether a field of that name is never kept."""
    return any(word in name.lower() for word in SECRET_WORDS)


def keep(session: SessionBase, *, user: User, work: KeptWork, now: datetime) -> None:
    """Put the work into the session for this person alone."""
    text = json.dumps(asdict(work)).encode()
    token = box("kept work", user.pk).encrypt_at_time(text, int(now.timestamp()))
    session[SESSION_KEY] = token.decode()


def look(session: SessionBase, *, user: User, now: datetime) -> KeptWork | None:
    """The work kept for this person; what is kept for another is thrown away."""
    token = session.get(SESSION_KEY)
    if token is None:
        return None
    try:
        text = box("kept work", user.pk).decrypt_at_time(
            token.encode(),
            ttl=int(KEPT_FOR.total_seconds()),
            current_time=int(now.timestamp()),
        )
    except InvalidToken:
        del session[SESSION_KEY]
        return None
    found = json.loads(text)
    return KeptWork(
        page=found["page"],
        action=found["action"],
        values=tuple((name, value) for name, value in found["values"]),
        files=tuple(found["files"]),
        too_long=found["too_long"],
    )


def show_again(
    request: HttpRequest, response: HttpResponse, *, user: User, now: datetime
) -> None:
    """Put kept work into a page that is about to be shown, then forget it."""
    work = look(request.session, user=user, now=now)
    if work is None or urlsplit(work.page).path != request.path:
        return

    def note(left: Sequence[tuple[str, str]]) -> str:
        shown = [(label_of(n), v) for n, v in left if v.strip() and n not in UNSEEN]
        context = {"left": shown, "files": work.files, "too_long": work.too_long}
        return render_to_string("staff/_kept_work.html", context, request=request)

    page = response.content.decode(response.charset)
    response.content = prefill.fill(
        page,
        page=request.path,
        action=work.action,
        values=list(work.values),
        note=note,
    ).encode(response.charset)
    del request.session[SESSION_KEY]


def label_of(name: str) -> str:
    """A field's name as words: `family_name` is "Family name"."""
    return name.rsplit("-", 1)[-1].replace("_", " ").capitalize()
