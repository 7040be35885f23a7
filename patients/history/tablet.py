"""Handing the tablet to the patient: the sign-in opens one form and nothing else.

The lock lies in the session, so it holds in every tab. It ends when the person
who handed the tablet over types the password, or with the sign-in itself.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from clinic.audit import actions as audit
from clinic.staff.models import User

SESSION_KEY = "tablet_lock"
TRIES_KEY = "tablet_tries"
MOST_TRIES = 5  # then the sign-in ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What the tablet may open: one form and what lies below its address.

    `after` is where the member of staff goes on when it is handed back.
    """

    form: str
    after: str
    patient_id: int


def lock_of(request: HttpRequest) -> Lock | None:
    """The lock of this sign-in, None when the tablet is in staff's hands."""
    kept: dict[str, Any] | None = request.session.get(SESSION_KEY)
    return Lock(**kept) if kept else None


def hand_over(
    request: HttpRequest, *, lock: Lock, by: User, now: datetime
) -> HttpResponse:
    """Lock the sign-in to the form and go there.

    The new session cookie also makes the browser forget the pages it kept for
    its back button.
    """
    request.session[SESSION_KEY] = asdict(lock)
    request.session[TRIES_KEY] = 0
    request.session.cycle_key()
    list(messages.get_messages(request))  # what was said to staff is not for patients
    audit.record(
        by=by, now=now, action="tablet handed over", patient_id=lock.patient_id
    )
    response = redirect(lock.form)
    response["Clear-Site-Data"] = '"cache"'
    return response


def take_back(
    request: HttpRequest, *, password: str, by: User, now: datetime
) -> str | None:
    """Where to go on when the password is right, None when it is wrong.

    After the fifth wrong one the sign-in is ended.
    """
    lock = lock_of(request)
    if lock is None:
        return "/"
    if by.check_password(password):
        del request.session[SESSION_KEY]
        request.session.cycle_key()
        audit.record(
            by=by, now=now, action="tablet taken back", patient_id=lock.patient_id
        )
        return lock.after
    tries = int(request.session.get(TRIES_KEY, 0)) + 1
    request.session[TRIES_KEY] = tries
    audit.record(
        by=by, now=now, action="tablet password wrong", patient_id=lock.patient_id
    )
    if tries >= MOST_TRIES:
        logout(request)
    return None


def is_open(lock: Lock, path: str) -> bool:
    """Whether a locked tablet may open an address."""
    return path.startswith(lock.form) or path == reverse("tablet:unlock")


class TabletMiddleware:
    """Refuses everything but the form, and the way to hand the tablet back.

    Marks the request as `handed_over`: its page is in a patient's hands.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 403 while the lock holds and the address is another."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        lock = lock_of(request)
        if lock is None:
            return self.get_response(request)
        request.handed_over = True  # type: ignore[attr-defined]
        if is_open(lock, request.path):
            return self.get_response(request)
        template = "patients/history/tablet_locked.html"
        return render(request, template, {"form_url": lock.form}, status=403)
