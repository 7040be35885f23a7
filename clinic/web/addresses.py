"""Addresses by one reference: the address book is asked once for each kind."""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

MARK = "0ref0"


def addresses(name: str) -> Callable[[str], str]:
    """The address of a view by the reference it takes, its only argument.

    References are letters and digits, so they stand in an address as they are.
    Raises NoReverseMatch where no view has the name.
    """
    urlconf = get_urlconf() or settings.ROOT_URLCONF
    before, after = _around(name, urlconf, get_script_prefix())
    return lambda reference: f"{before}{reference}{after}"


@lru_cache(maxsize=64)
def _around(name: str, urlconf: str, _prefix: str) -> tuple[str, str]:
    """What stands before the reference and what after; pages ask for the same few."""
    before, after = reverse(name, urlconf=urlconf, args=[MARK]).split(MARK)
    return before, after
