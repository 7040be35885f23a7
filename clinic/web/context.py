"""What every page knows: demo mode, the theme, the name of the clinic."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

THEMES = frozenset({"light", "dark", "system"})


def page(request: HttpRequest) -> dict[str, object]:
    """Context processor for all templates; reads no database beyond the user."""
    return {
        "demo": getattr(settings, "DEMO", False),
        "demo_now": timezone.localtime() if getattr(settings, "DEMO", False) else None,
        "clinic_name": getattr(request, "clinic_name", "") or "Needlepoint",
        "site_name": getattr(getattr(request, "site", None), "name", ""),
        "theme": theme_of(request),
        "single_keys": getattr(getattr(request, "user", None), "single_keys", True),
    }


def theme_of(request: HttpRequest) -> str:
    """The signed-in person's theme; strangers follow their device."""
    theme = getattr(getattr(request, "user", None), "theme", "system")
    return theme if theme in THEMES else "system"
