"""How allauth treats the people of a clinic: nobody signs up, everything is logged."""

import re
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.audit import actions as audit
from clinic.staff import resume, second_factor, timeouts
from clinic.staff.models import User
from clinic.web.sealed import box


def display_name(user: User) -> str:
    """What a passkey calls its owner."""
    return user.full_name or user.email


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by e-mail and password; an owner adds people."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "That e-mail and password do not fit together. Check both and try again."
        ),
        "incorrect_password": _("That is not your password. Try again."),
        "too_many_login_attempts": _(
            "Too many tries. Wait 15 minutes, or sign in with a passkey."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed for all."""
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in and start counting the time."""
        super().login(request, user)
        timeouts.begin(request.session, now=timeouts.clock())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where kept work waits, else the landing page."""
        if isinstance(request.user, User):
            work = resume.look(request.session, user=request.user, now=timeouts.clock())
            if work is not None:
                return work.page
        return str(super().get_login_redirect_url(request))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log it; the address itself is not kept, people type passwords there."""
        email = str(credentials.get("email", "")).lower()
        known = User.objects.filter(email=email).values_list("pk", flat=True).first()
        audit.record(
            by=None,
            now=timezone.now(),
            action="sign_in.failed",
            object_kind="user" if known else "",
            object_id=known,
        )

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within five minutes of the sign-in itself."""
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        started = context.request.session.get(timeouts.STARTED_KEY, 0)
        age_s = timeouts.clock().timestamp() - started
        return required and age_s >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """The password of the person who is signed in, with the limits on guessing."""
        credentials = {"email": user.get_username(), "password": password}
        again = self.authenticate(context.request, **credentials)
        return again is not None and again.pk == user.pk


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Passkeys and codes: secrets encrypted, the last factor kept where it is due."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _(
            "Your role needs a second step. Add another one before you remove this."
        ),
        "incorrect_code": _("That code does not fit. Wait for the next one and retry."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of a person who needs one."""
        return second_factor.may_remove(authenticator)

    def encrypt(self, text: str) -> str:
        """Secrets are never in the clear in the database."""
        return box("second factor").encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Counterpart of `encrypt`."""
        return box("second factor").decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> SafeString:
        """The QR code as a picture that stands in the page itself (CSP)."""
        drawn = re.sub(r"<\?xml[^>]*\?>\s*", "", super().build_totp_svg(url))
        label = escape(gettext("QR code for the authenticator app"))
        # Trusted: drawn by the library from an address that we built.
        return mark_safe(  # noqa: S308
            drawn.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
        )

    def generate_authenticator_name(
        self,
        user: AbstractBaseUser,
        type: Authenticator.Type,  # noqa: A002
    ) -> str:
        """A first name for a passkey; its owner may change it."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host name; they show our name."""
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": self.get_totp_issuer()}
