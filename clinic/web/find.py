"""The find box: each slice answers for what it knows, in its own order.

A finder gets the user, the text, the time and how many at most, and decides itself
what this user may find. It is registered when the app starts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing found: what it is called, a line about it, where it leads."""

    title: str
    detail: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one finder found, under its heading."""

    heading: str | Promise
    hits: Sequence[Hit]


Finder = Callable[[AbstractBaseUser, str, datetime, int], Group]
_finders: dict[str, tuple[int, Finder]] = {}


def register(key: str, finder: Finder, *, order: int) -> None:
    """Let a finder answer; patients are 10, plans 20, lots 30, pages 90."""
    _finders[key] = (order, finder)


def find(
    *, user: AbstractBaseUser, text: str, now: datetime, limit: int
) -> list[Group]:
    """What every finder found, empty groups left out."""
    in_order = sorted(_finders.values(), key=lambda entry: entry[0])
    groups = [finder(user, text, now, limit) for _order, finder in in_order]
    return [group for group in groups if group.hits]
