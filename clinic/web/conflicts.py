"""Two people changed the same thing: both texts, side by side (DESIGN 3.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import dateformat
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of which the record and the form say different things."""

    label: str
    stored: str
    typed: str


def differences(
    *, form: forms.Form, stored: Mapping[str, Any], typed: Mapping[str, Any]
) -> list[Difference]:
    """The fields that differ, in the order of the form; values as columns hold them."""
    return [
        Difference(
            label=str(field.label),
            stored=in_words(field, stored[name]),
            typed=in_words(field, typed[name]),
        )
        for name, field in form.fields.items()
        if name in stored and name in typed and stored[name] != typed[name]
    ]


def in_words(field: forms.Field, value: Any) -> str:
    """A value as people read it; nothing is a dash."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return dateformat.format(value, "j F Y")
    if isinstance(field, forms.ChoiceField):
        words: dict[Any, Any] = dict(field.widget.choices)
        value = words.get(value, value)
    return str(value) if value not in {None, ""} else "\N{EN DASH}"
