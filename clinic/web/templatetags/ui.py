"""Template tags of the shared parts; `{% load ui %}` brings them all.

Each tag with markup of its own renders a file of templates/components/, whose
first line says what it needs. docs/components.md shows every tag in one line.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic.web import icons, navigation
from clinic.web.templatetags import drawings, formats, parts, tables

register = template.Library()
for library in (
    formats.register,
    parts.register,
    tables.register,
    drawings.register,
):
    register.tags.update(library.tags)
    register.filters.update(library.filters)

AVATAR_COLOURS = "abcdef"
ROLE_WORDS = {
    navigation.PRACTITIONER: _("Practitioner"),
    navigation.FRONT_DESK: _("Front desk"),
    navigation.OWNER: _("Owner"),
}
NOTE_ICONS = {
    "info": "info",
    "quiet": "info",
    "ok": "circle-check",
    "warn": "triangle-alert",
    "bad": "octagon-x",
}
# Skin line with five needles of growing depth.
BRAND_MARK = (
    '<svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor"'
    ' stroke-linecap="round" aria-hidden="true">'
    '<path d="M1.5 4.2h15" stroke-width="1.6" opacity=".75"/>'
    '<path d="M3.6 4.6v3.2M6.3 4.6v5.4M9 4.6v8.6M11.7 4.6v5.4M14.4 4.6v3.2"'
    ' stroke-width="1.7"/></svg>'
)


@register.simple_tag
def icon(name: str, size_px: int = 16, label: str = "", css: str = "") -> SafeString:
    """`{% icon "timer" 18 %}`: decoration, or with a label an image of that name."""
    return icons.icon(name, size_px=size_px, label=str(label), css=css)


@register.simple_tag
def brand_mark() -> SafeString:
    """The product's mark: the skin line and its needles."""
    return mark_safe(BRAND_MARK)  # noqa: S308  a constant


@register.inclusion_tag("components/nav.html", takes_context=True)
def nav(context: Context) -> dict[str, Any]:
    """The rail, with the places the signed-in person may open."""
    request = context.get("request")
    user = context.get("user")
    links = navigation.links_for(
        roles=getattr(user, "roles", ()), path=getattr(request, "path", "")
    )
    return {
        "links_above": [link for link in links if not link.item.below],
        "links_below": [link for link in links if link.item.below],
        "counts": context.get("nav_counts", {}),
        "user": user,
        "clinic_name": context.get("clinic_name", ""),
        "site_name": context.get("site_name", ""),
        "csrf_token": context.get("csrf_token"),
        "request": request,
    }


@register.simple_tag
def nav_link(link: navigation.NavLink, count: int | str = "") -> SafeString:
    """`{% nav_link link 3 %}`: one place of the rail, with how much waits there."""
    return _nav_link(link, count, get_language())


@lru_cache(maxsize=256)
def _nav_link(
    link: navigation.NavLink, count: int | str, _language: str | None
) -> SafeString:
    """Every page shows the same few."""
    place = link.item
    return format_html(
        '<a class="nav-item" href="{}"{}{}>{}<span class="nav-label">{}</span>{}</a>',
        link.url,
        parts.current_mark(link.is_current),
        format_html(' data-go="{}"', place.key) if place.key else "",
        icons.icon(place.icon, size_px=18),
        place.label,
        format_html('<span class="count">{}</span>', count) if count else "",
    )


@register.simple_tag
def avatar(name: str, seed: int | str = 0, size: str = "") -> SafeString:
    """`{% avatar patient.full_name patient.pk "lg" %}`: initials on one of six papers.

    The seed picks the paper, so a person keeps hers on every page. Decoration: the
    name stands beside it. Sizes sm, lg, xl.
    """
    number = sum(str(seed).encode())
    css = f"avatar avatar-{AVATAR_COLOURS[number % len(AVATAR_COLOURS)]}"
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>',
        f"{css} avatar-{size}" if size else css,
        initials_of(name),
    )


def initials_of(name: str) -> str:
    """First letters of the first and last word: "Amara Okafor" is "AO"."""
    words = [word for word in name.split() if word[:1].isalnum()]
    chosen = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0].upper() for word in chosen)


@register.filter
def at(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    """`{{ counts|at:"plans" }}`: the value at a key that is itself a variable."""
    return (mapping or {}).get(key, "")


@register.filter
def role_words(user: Any) -> str:
    """The roles of a person in words, "Practitioner, Owner"."""
    roles = getattr(user, "roles", ())
    return ", ".join(str(ROLE_WORDS[r]) for r in roles if r in ROLE_WORDS)


@register.simple_block_tag
def note(content: str, kind: str = "info", symbol: str = "") -> SafeString:
    """`{% note "warn" %}text{% endnote %}`: a boxed remark of five kinds."""
    drawing = icons.icon(symbol or NOTE_ICONS[kind])
    role = ' role="alert"' if kind == "bad" else ""
    # Trusted: the content is a rendered, escaped piece of the template.
    return mark_safe(  # noqa: S308
        f'<div class="note note-{kind}"{role}>{drawing}'
        f'<div class="grow">{content}</div></div>'
    )
