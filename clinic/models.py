"""Table of contents of the clinic app's models."""

from clinic.staff.models import Qualification, User

__all__ = ["Qualification", "User"]
