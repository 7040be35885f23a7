"""Who may set how the rules run here: owners, and the medical lead (DESIGN 6)."""

from django.core.exceptions import PermissionDenied

from clinic.staff import policy
from clinic.staff.models import User
from clinic.staff.policy import Action
from clinic.staff.roles import Capability


def may_set_medicine(user: User) -> bool:
    """Whether the person may change rule modes and the wording of consents."""
    return user.is_active and (
        policy.may(user, Action.SETTINGS_WRITE) or user.can(Capability.MEDICAL_LEAD)
    )


def require_may_set_medicine(user: User) -> None:
    """Raise PermissionDenied for everybody else."""
    if not may_set_medicine(user):
        raise PermissionDenied
