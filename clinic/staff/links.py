"""The one-time link with which a person sets a password: first, or anew.

An owner makes it and hands it over; it dies when it is used, when the person signs in
or changes the password, and by itself. It never goes round the second step.
"""

from datetime import timedelta

from django.core import signing
from django.utils.crypto import salted_hmac

from clinic.staff.models import User

FIRST_HOURS = 24
AGAIN_MINUTES = 30
SALT = "clinic.staff.links"


def is_first(user: User) -> bool:
    """Whether the person has never signed in."""
    return user.last_login is None


def lasts(user: User) -> timedelta:
    """How long a link of the person stands open."""
    return (
        timedelta(hours=FIRST_HOURS)
        if is_first(user)
        else timedelta(minutes=AGAIN_MINUTES)
    )


def make(user: User) -> str:
    """A new link's secret part."""
    return signing.dumps([user.pk, _state(user)], salt=SALT)


def owner_of(token: str) -> User | None:
    """Whose link it is, None when it is none, was used or has run out."""
    try:
        pk, state = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or state != _state(user):
        return None
    try:
        signing.loads(token, salt=SALT, max_age=lasts(user))
    except signing.SignatureExpired:
        return None
    return user


def _state(user: User) -> str:
    """What changes as soon as the link must not work any more."""
    facts = f"{user.password}|{user.email}|{user.last_login}"
    return salted_hmac(SALT, facts, algorithm="sha256").hexdigest()[:32]
