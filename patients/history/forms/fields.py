"""Fields that several forms share: zones of the chart, a day known in part."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.book import RuleBook
from clinic.rules.zones import Group

GROUP_LABELS = {
    Group.FACE: gettext_lazy("Face"),
    Group.NECK: gettext_lazy("Neck"),
    Group.SCALP: gettext_lazy("Scalp"),
    Group.BODY: gettext_lazy("Body"),
}
Choices = list[tuple[str, str]]


def zone_groups(book: RuleBook) -> list[tuple[str, Choices]]:
    """The areas that can be chosen, by part of the body, in chart order."""
    groups: dict[str, Choices] = {}
    for area in book.areas.values():
        label = str(GROUP_LABELS[book.zones[area.zone].group])
        groups.setdefault(label, []).append((area.key, area.name))
    return list(groups.items())


class ZonesField(forms.MultipleChoiceField):
    """Zones of the chart, grouped by part of the body."""

    def __init__(self, *, book: RuleBook, **kwargs: Any) -> None:
        groups: Any = zone_groups(book)
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(choices=groups, **kwargs)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDay:
    """A day, month or year: its first day, and how exactly it is known."""

    on: date | None = None
    precision: str = ""


class PartialDayWidget(forms.MultiWidget):
    """Day, month and year apart; only the year must be known."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        months = [("", _("Month")), *((str(n), name) for n, name in MONTHS.items())]
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            "day": forms.TextInput(_part(_("Day"), "form-control day-part")),
            "month": forms.Select(
                {"class": "form-select month-part", "aria-label": _("Month")}, months
            ),
            "year": forms.TextInput(_part(_("Year"), "form-control year-part")),
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: PartialDay | None) -> list[str]:
        """The three parts of a day that is known in part."""
        if value is None or value.on is None:
            return ["", "", ""]
        known = ("year", "month", "day").index(value.precision or "day")
        return [
            str(value.on.day) if known > 1 else "",
            str(value.on.month) if known > 0 else "",
            str(value.on.year),
        ]


def _part(name: str, css: str) -> dict[str, str]:
    return {
        "class": css,
        "aria-label": name,
        "placeholder": name,
        "inputmode": "numeric",
        "autocomplete": "off",
    }


class PartialDayField(forms.MultiValueField):
    """A day that may be known to the month or the year only."""

    widget = PartialDayWidget

    def __init__(self, **kwargs: Any) -> None:
        parts = [forms.CharField(required=False) for _part in range(3)]
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> PartialDay:
        """The parts as one day; raises ValidationError for what is no day."""
        day, month, year = (*(part.strip() for part in data_list), "", "", "")[:3]
        if not (day or month or year):
            return PartialDay()
        if not year.isdigit() or not 1900 <= int(year) <= 2200:
            raise ValidationError(_("Enter the year with four digits."))
        if not month:
            if day:
                raise ValidationError(_("Choose the month as well."))
            return PartialDay(on=date(int(year), 1, 1), precision="year")
        if not day:
            return PartialDay(on=date(int(year), int(month), 1), precision="month")
        last = monthrange(int(year), int(month))[1]
        if not day.isdigit() or not 1 <= int(day) <= last:
            raise ValidationError(_("This month has no such day."))
        return PartialDay(on=date(int(year), int(month), int(day)), precision="day")
