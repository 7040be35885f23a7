"""Weighty things need a sign-in, or a repeated one, not older than five minutes."""

from collections.abc import Callable
from typing import cast

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponseBase

View = Callable[..., HttpResponseBase]


def weighty_to_send(view: View) -> View:
    """Looking is free; sending the form asks for the password first."""
    return cast("View", reauthentication_required(allow_get=True, app="clinic")(view))


def weighty(view: View) -> View:
    """Even looking asks for the password first, for example at an export."""
    return cast("View", reauthentication_required(app="clinic")(view))
