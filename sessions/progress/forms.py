"""Entering a reading: a field for each item of the scale, ranges shown beside it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.scales import Scale
from clinic.rules.scales.shape import InvalidScore, Item
from clinic.web.forms import (
    ChipRadio,
    DayInput,
    KeyedForm,
    ShortInput,
    ask_by_name,
    helper,
)
from sessions.progress.actions import ScoreEntry

CHIPS_UP_TO = 11
OWN = "nrs-own"


class ScoreForm(KeyedForm):
    """One reading of one scale. The scale decides which fields there are."""

    rated_on = forms.DateField(label=gettext_lazy("Rated on"), widget=DayInput)

    def __init__(
        self, *args: Any, scale: Scale, today: date, born_on: date | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scale, self.today, self.born_on = scale, today, born_on
        self.fields["rated_on"].initial = today
        for item in scale.items:
            self.fields[_name(item)] = _field(item)
            ask_by_name(self.fields[_name(item)])
        self.order_fields([_name(item) for item in scale.items])
        self.helper = helper(submit=_("Save the reading"))
        if len(scale.items) > 1 and not any(map(_has_chips, scale.items)):
            self.helper.form_class = "score-numbers"

    def clean_rated_on(self) -> date:
        """Not in the future, not before the patient was born."""
        day: date = self.cleaned_data["rated_on"]
        if day > self.today:
            raise forms.ValidationError(_("A reading cannot lie in the future."))
        if self.born_on is not None and day < self.born_on:
            raise forms.ValidationError(_("That is before the patient was born."))
        return day

    def clean(self) -> dict[str, Any]:
        """Every item within its range; the scale itself says what is wrong."""
        cleaned = super().clean() or self.cleaned_data
        if any(_name(item) in self.errors for item in self.scale.items):
            return cleaned
        try:
            self.scale.score(self._items())
        except InvalidScore as error:
            field = f"item_{error.item}"
            self.add_error(field if field in self.fields else None, str(error))
        return cleaned

    def entry(self) -> ScoreEntry:
        """The reading as the action takes it."""
        return ScoreEntry(
            scale=self.scale,
            items=self._items(),
            rated_on=self.cleaned_data["rated_on"],
            by_patient=self.scale.key == OWN,
        )

    def _items(self) -> Mapping[str, Decimal]:
        values = {
            item.key: self.cleaned_data.get(_name(item)) for item in self.scale.items
        }
        return {
            key: Decimal(value)
            for key, value in values.items()
            if value not in {None, ""}
        }


def _name(item: Item) -> str:
    return f"item_{item.key}"


def _has_chips(item: Item) -> bool:
    return not item.decimals and item.maximum - item.minimum < CHIPS_UP_TO


def _field(item: Item) -> forms.Field:
    """Chips for a few levels, a number for many; nothing is chosen beforehand."""
    if _has_chips(item):
        levels = int(item.maximum - item.minimum) + 1
        return forms.ChoiceField(
            label=item.label,
            required=not item.optional,
            choices=[
                (str(item.minimum + number), _level(item, number))
                for number in range(levels)
            ],
            widget=ChipRadio,
        )
    return forms.DecimalField(
        label=item.label,
        required=not item.optional,
        help_text=_range(item),
        widget=ShortInput(attrs={"inputmode": "decimal"}),
    )


def _range(item: Item) -> str:
    """What may be entered: "0 to 999 lesions"."""
    if item.above_minimum:
        return item.allowed.capitalize()
    words = _("%(low)s to %(high)s") % {"low": item.minimum, "high": item.maximum}
    return f"{words} {item.unit}".strip()


def _level(item: Item, number: int) -> str:
    value = item.minimum + number
    if number < len(item.levels):
        return f"{value}: {item.levels[number]}"
    return str(value)


class WithdrawForm(KeyedForm):
    """Why a reading is taken out of the course."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200)

    helper = helper(submit=gettext_lazy("Withdraw the reading"))


class CalmForm(KeyedForm):
    """On which day after the session the skin was calm."""

    calm_on_day = forms.IntegerField(
        label=gettext_lazy("Calm on day"),
        min_value=0,
        max_value=120,
        help_text=gettext_lazy("Day 0 is the day of the session."),
        widget=ShortInput(attrs={"inputmode": "numeric"}),
    )

    helper = helper(submit=gettext_lazy("Save"))
