"""Flags of a patient's header: what everybody on the page should know at once.

Higher slices bring theirs by `add_source` when the app starts (a latex allergy
from the history, an adverse event from charting); this slice knows of death only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.staff.models import User
from patients.records.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One pill: a few words, a tone of the `pill` tag, and perhaps an icon."""

    text: str | Promise
    tone: str = ""
    icon: str = ""


Source = Callable[[Patient, User, date], Iterable[Flag]]
_sources: list[Source] = []


def add_source(source: Source) -> None:
    """Let `source(patient, user, today)` add flags; it decides who sees which."""
    if source not in _sources:
        _sources.append(source)


def flags_of(*, patient: Patient, user: User, today: date) -> list[Flag]:
    """All flags of the patient that this user may see, in the order of sources."""
    own = [Flag(text=_("Has died"), tone="solid")] if patient.is_deceased else []
    return own + [flag for source in _sources for flag in source(patient, user, today)]
