"""The main navigation as data: what stands in the rail, for whom, in which order."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
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
    url_name: str
    roles: frozenset[str] = EVERYONE
    key: str = ""
    below: bool = False


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
        url_name="treatments:today",
        roles=frozenset({PRACTITIONER, FRONT_DESK}),
        key="t",
    ),
    NavItem(
        name="calendar",
        label=_("Calendar"),
        icon="calendar-days",
        url_name="treatments:calendar",
        roles=frozenset({PRACTITIONER, FRONT_DESK}),
        key="c",
    ),
    NavItem(
        name="patients",
        label=_("Patients"),
        icon="users",
        url_name="records:list",
        key="p",
    ),
    NavItem(
        name="plans",
        label=_("Plans"),
        icon="git-commit-vertical",
        url_name="treatments:plans",
        key="l",
    ),
    NavItem(
        name="follow-ups",
        label=_("Follow-ups"),
        icon="phone-call",
        url_name="treatments:overdue",
        roles=frozenset({PRACTITIONER, FRONT_DESK}),
        key="f",
    ),
    NavItem(
        name="reports",
        label=_("Reports"),
        icon="chart-line",
        url_name="treatments:reports",
        roles=frozenset({OWNER}),
        key="r",
    ),
    NavItem(
        name="stock",
        label=_("Devices and lots"),
        icon="boxes",
        url_name="clinic:devices",
        key="d",
    ),
    NavItem(
        name="settings",
        label=_("Settings"),
        icon="settings",
        url_name="clinic:settings",
        roles=frozenset({OWNER}),
        key="s",
        below=True,
    ),
)


def links_for(*, roles: Iterable[str], path: str) -> tuple[NavLink, ...]:
    """The places these roles may open, the one holding `path` marked.

    An item whose address does not exist is left out, so no link is ever dead.
    """
    held = frozenset(roles)
    open_items = [item for item in ITEMS if item.roles & held]
    urls = {item.name: url for item in open_items if (url := url_of(item))}
    holding = [name for name, url in urls.items() if path.startswith(url)]
    current = max(holding, key=lambda name: len(urls[name]), default="")
    return tuple(
        NavLink(item=item, url=urls[item.name], is_current=item.name == current)
        for item in open_items
        if item.name in urls
    )


def url_of(item: NavItem) -> str:
    """The item's address, or nothing when no slice has brought it yet."""
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""
