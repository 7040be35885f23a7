"""How allauth treats the people of a clinic."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up: an owner adds people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed for all."""
        return False
