"""The main navigation as data: what stands in the rail, for whom, in which order.

Places are named by their addresses, which are a promise of their own (UX 5.2); a
slice may name its views as it likes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.urls import Resolver404, get_urlconf, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PRACTITIONER = "practitioner"
FRONT_DESK = "front_desk"
OWNER = "owner"
EVERYONE = frozenset({PRACTITIONER, FRONT_DESK, OWNER})


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One place in the rail; `key` is the letter after G, `below` puts it last."""

    name: str
    label: Promise | str
    icon: str
    path: str
    roles: frozenset[str] = EVERYONE
    key: str = ""
    below: bool = False

    @property
    def root(self) -> str:
        """Where its pages lie: "/stock/" for "/stock/devices/"."""
        return f"/{self.path.split('/')[1]}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class NavLink:
    """A NavItem as one person sees it now."""

    item: NavItem
    url: str
    is_current: bool


ITEMS = (
    NavItem(
        name="today",
        label=_("Today"),
        icon="sun",
        path="/today/",
        roles=frozenset({PRACTITIONER, FRONT_DESK}),
        key="t",
    ),
    NavItem(
        name="calendar",
        label=_("Calendar"),
        icon="calendar-days",
        path="/calendar/",
        roles=frozenset({PRACTITIONER, FRONT_DESK}),
        key="c",
    ),
    NavItem(
        name="patients",
        label=_("Patients"),
        icon="users",
        path="/patients/",
        key="p",
    ),
    NavItem(
        name="plans",
        label=_("Plans"),
        icon="git-commit-vertical",
        path="/plans/",
        key="l",
    ),
    NavItem(
        name="follow-ups",
        label=_("Follow-ups"),
        icon="phone-call",
        path="/follow-ups/overdue/",
        roles=frozenset({PRACTITIONER, FRONT_DESK}),
        key="f",
    ),
    NavItem(
        name="reports",
        label=_("Reports"),
        icon="chart-line",
        path="/reports/",
        roles=frozenset({PRACTITIONER, OWNER}),
        key="r",
    ),
    NavItem(
        name="stock",
        label=_("Devices and lots"),
        icon="boxes",
        path="/stock/devices/",
        key="d",
    ),
    NavItem(
        name="settings",
        label=_("Settings"),
        icon="settings",
        path="/settings/",
        roles=frozenset({PRACTITIONER, OWNER}),
        key="s",
        below=True,
    ),
)


def links_for(*, roles: Iterable[str], path: str) -> tuple[NavLink, ...]:
    """The places these roles may open, the one holding `path` marked.

    A place that no slice serves is left out, so no link is ever dead.
    """
    held = frozenset(roles)
    places = [
        item
        for item in ITEMS
        if item.roles & held and is_served(item.path, get_urlconf())
    ]
    holding = [item for item in places if path.startswith(item.root)]
    current = max(holding, key=lambda item: len(item.root), default=None)
    return tuple(
        NavLink(item=item, url=item.path, is_current=item is current) for item in places
    )


@lru_cache(maxsize=64)
def is_served(path: str, urlconf: str | None) -> bool:
    """Whether a view answers at the address."""
    try:
        resolve(path, urlconf)
    except Resolver404:
        return False
    return True
