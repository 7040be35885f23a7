"""The one way to leave a door open: said at the view, and listed in a test."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase

View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """Mark a view that strangers may see (tests/web/test_doors.py lists them all)."""
    view.is_public = True  # type: ignore[attr-defined]
    return login_not_required(view)
