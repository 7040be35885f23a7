"""How long a password has to be: it depends on what else guards the sign-in."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.staff import second_factor
from clinic.staff.models import User

WITH_SECOND_STEP = 12
ALONE = 15


class LengthValidator:
    """At least 12 characters with a second step, 15 without (SECURITY S8).

    Nothing is asked about kinds of characters, and nothing is ever cut off.
    """

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError when it is too short for this person."""
        least = least_length(user)
        if len(password) < least:
            raise ValidationError(
                _("This password is too short: use at least %(count)d characters."),
                code="password_too_short",
                params={"count": least},
            )

    def get_help_text(self) -> str:
        """What stands beside the field, for the longer of the two."""
        return _(
            "At least %(count)d characters. Four plain words make a good password."
        ) % {"count": ALONE}


def least_length(user: AbstractBaseUser | None) -> int:
    """The shortest password for the person; 15 for somebody unknown."""
    if not isinstance(user, User) or user.pk is None:
        return ALONE
    is_guarded = second_factor.is_enforced_for(user) or second_factor.factors_of(user)
    return WITH_SECOND_STEP if is_guarded else ALONE
