"""Languages a clinic may speak with its patients, by ISO 639-1 code."""

from functools import cache

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext

# Spoken by many people in cities, and not among Django's translations.
_FURTHER = {
    "am": "Amharic",
    "gu": "Gujarati",
    "ha": "Hausa",
    "pa": "Punjabi",
    "ps": "Pashto",
    "si": "Sinhala",
    "so": "Somali",
    "ti": "Tigrinya",
    "tl": "Tagalog",
    "yo": "Yoruba",
    "zh": "Chinese",
}


def languages() -> list[tuple[str, str]]:
    """Codes and names, English first and the rest by name."""
    known = {
        code: info["name"]
        for code, info in LANG_INFO.items()
        if len(code) == 2 and "name" in info
    }
    named = {code: gettext(name) for code, name in {**known, **_FURTHER}.items()}
    return sorted(named.items(), key=lambda item: (item[0] != "en", item[1]))


@cache
def _codes() -> dict[str, str]:
    """Codes by code, English name and own name, in small letters."""
    codes = {}
    for code, info in LANG_INFO.items():
        if len(code) == 2 and "name" in info:
            codes.update({code: code, info["name"].casefold(): code})
            codes[info["name_local"].casefold()] = code
    further = {name.casefold(): code for code, name in _FURTHER.items()}
    return {**codes, **further, **{code: code for code in _FURTHER}}


def code_of(text: str) -> str:
    """`fr` for French, français, fr or fr-CA; empty for what is no language."""
    small = text.strip().casefold().replace("_", "-")
    bare, dash, _region = small.partition("-")
    return _codes().get(small, "") or (_codes().get(bare, "") if dash else "")
