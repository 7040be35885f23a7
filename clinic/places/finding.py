"""What the find box knows of pages: those the person may open, by a word of theirs."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.staff.models import User
from clinic.staff.policy import Action, may
from clinic.web import navigation
from clinic.web.find import Group, Hit

LEAST_LETTERS = 2
MORE: tuple[tuple[Promise, str, str, Action], ...] = (
    (_("Your settings"), "clinic:me", "user", Action.OWN_PROFILE),
    (_("Your activity"), "clinic:my-activity", "history", Action.OWN_PROFILE),
    (_("Second step and passkeys"), "mfa_index", "fingerprint", Action.OWN_PROFILE),
    (_("Lots"), "clinic:lots", "package", Action.STOCK_READ),
    (_("Receive a lot"), "clinic:lot-receive", "package", Action.STOCK_RECEIVE),
    (_("People"), "clinic:people", "users", Action.STAFF_WRITE),
    (_("Closures"), "clinic:closures", "calendar-off", Action.SETTINGS_WRITE),
    (_("Absences"), "clinic:absences", "user-x", Action.SETTINGS_WRITE),
    (_("Safety rules"), "rulebook:book", "shield-check", Action.HOME),
    (_("Protocols"), "plans:protocols", "clipboard-list", Action.PROTOCOL_READ),
    (_("Audit log"), "clinic:audit", "history", Action.AUDIT_READ),
)


def find_pages(user: AbstractBaseUser, text: str, _now: datetime, limit: int) -> Group:
    """Pages whose name holds the text."""
    heading = _("Pages")
    if not isinstance(user, User) or len(text) < LEAST_LETTERS:
        return Group(heading=heading, hits=())
    rail = navigation.links_for(roles=user.roles, path="")
    known = [(str(link.item.label), link.url, link.item.icon) for link in rail]
    for name, url_name, icon, action in MORE:
        if may(user, action) and (url := _address(url_name)):
            known.append((str(name), url, icon))
    hits = [
        Hit(title=name, detail="", url=url, icon=icon)
        for name, url, icon in known
        if text.casefold() in name.casefold()
    ]
    return Group(heading=heading, hits=hits[:limit])


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
