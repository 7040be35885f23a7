"""Languages a clinic may speak with its patients, by ISO 639-1 code."""

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
