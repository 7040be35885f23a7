"""No address without a door: every view says who may open it, or nothing starts."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver


def addresses(
    patterns: Sequence[URLPattern | URLResolver], *, before: str = "", space: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Each address as text, its full name (empty without one), and its pattern."""
    for pattern in patterns:
        text = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, before=text, space=inner)
        else:
            yield text, f"{space}{pattern.name}" if pattern.name else "", pattern


def has_door(pattern: URLPattern) -> bool:
    """Whether the view says `requires(...)` or `public`."""
    view = pattern.callback
    return hasattr(view, "required_action") or getattr(view, "is_public", False)


def open_doors() -> list[str]:
    """The addresses of this project whose view says neither."""
    found = addresses(get_resolver().url_patterns)
    return [f"/{text} ({name})" for text, name, p in found if not has_door(p)]


def check_doors(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Django's check: an error for each open door."""
    return [
        checks.Error(
            f"{address} says neither requires(Action...) nor public.",
            hint="See clinic/staff/policy.py.",
            id="clinic.E001",
        )
        for address in open_doors()
    ]


def refuse_open_doors() -> None:
    """For a server that runs no checks; raises ImproperlyConfigured."""
    found = open_doors()
    if found:
        raise ImproperlyConfigured(
            f"Nobody says who may open {', '.join(found)}: see clinic/staff/policy.py."
        )
