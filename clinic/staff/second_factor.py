"""Who needs a second factor, and whether they have one (SECURITY S9)."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from clinic.staff.models import User

SEEN_KEY = "second_factor_of"
MAIN_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

# What a person without one may still reach: enrolment, help, and the way out.
ENROLMENT = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "clinic:help",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
)


def is_enforced_for(user: User) -> bool:
    """Practitioners and owners need one, except in the demo clinic."""
    return bool(settings.SECOND_FACTOR_ENFORCED) and (
        user.is_practitioner or user.is_owner
    )


def factors_of(user: User) -> int:
    """How many passkeys and authenticator apps the person has."""
    count: int = Authenticator.objects.filter(user=user, type__in=MAIN_TYPES).count()
    return count


def is_missing(*, user: User, session: SessionBase) -> bool:
    """Whether the person has to enrol first; a found factor is remembered."""
    if not is_enforced_for(user) or session.get(SEEN_KEY) == user.pk:
        return False
    if not factors_of(user):
        return True
    session[SEEN_KEY] = user.pk
    return False


def may_remove(authenticator: Authenticator) -> bool:
    """Whether removing it leaves the person with what they need."""
    user = authenticator.user
    if authenticator.type not in MAIN_TYPES or not is_enforced_for(user):
        return True
    return factors_of(user) > 1
