"""Sign-ins and second factors in the audit log, from allauth's own announcements.

The product has no signals of its own; these are the library's published ones, and
the only place that listens. What an adapter can log stands in adapter.py.
"""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth
from django.http import HttpRequest
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.staff import second_factor
from clinic.staff.models import User


def connect() -> None:
    """Listen; called once when the app is ready."""
    account.user_logged_in.connect(signed_in)
    auth.user_logged_out.connect(signed_out)
    account.password_changed.connect(password_changed)
    mfa.authenticator_added.connect(factor_added)
    mfa.authenticator_removed.connect(factor_removed)
    mfa.authenticator_reset.connect(codes_renewed)
    mfa.authentication_failed.connect(second_step_failed)


def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    """With which steps, in their order."""
    records = request.session.get("account_authentication_methods", [])
    steps = [str(record.get("type") or record.get("method")) for record in records]
    audit.record(by=user, now=timezone.now(), action="sign_in.done", steps=steps)


def signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    """By a button or by the clock (then `sign_in.timed_out` stands before it)."""
    if user is not None:
        audit.record(by=user, now=timezone.now(), action="sign_out")


def password_changed(user: User, **_: Any) -> None:
    """By the person; every other session of theirs ends."""
    _about(user, "password.changed")


def factor_added(user: User, authenticator: Authenticator, **_: Any) -> None:
    """A passkey, an app, or the first recovery codes."""
    _about(user, "second_factor.added", type=str(authenticator.type))


def factor_removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """Whether the person still has one is looked up again."""
    request.session.pop(second_factor.SEEN_KEY, None)
    _about(user, "second_factor.removed", type=str(authenticator.type))


def codes_renewed(user: User, **_: Any) -> None:
    """New recovery codes; the old ones work no more."""
    _about(user, "second_factor.codes_renewed")


def second_step_failed(user: User, **_: Any) -> None:
    """A wrong code after a right password."""
    _about(user, "second_factor.failed")


def _about(user: User, action: str, **details: audit.Detail) -> None:
    entry = audit.Entry(
        action=action, object_kind="user", object_id=user.pk, details=details
    )
    audit.record_many(by=user, now=timezone.now(), entries=[entry])
