"""What is treated on a patient, as it is typed."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.rules import scales
from clinic.rules.book import RuleBook
from clinic.web.forms import KeyedForm, ShortInput
from patients.history.actions.conditions import ConditionEntry
from patients.history.forms.fields import PartialDay, PartialDayField, ZonesField
from patients.history.models import PatientCondition


class ConditionForm(KeyedForm):
    """One condition: what, where, how bad at the start, since when."""

    kind = forms.ChoiceField(label=_("What is treated"))
    subtype = forms.CharField(
        label=_("More exactly"),
        help_text=_("For example: shallow, or after acne in the teens."),
        max_length=80,
        required=False,
    )
    baseline_scale = forms.ChoiceField(label=_("Scale at the start"), required=False)
    baseline_value = forms.DecimalField(
        label=_("Score at the start"),
        max_digits=7,
        decimal_places=2,
        required=False,
        widget=ShortInput(attrs={"inputmode": "decimal"}),
    )
    severity = forms.CharField(
        label=_("How bad, in words"), max_length=80, required=False
    )
    onset = PartialDayField(
        label=_("Since"),
        help_text=_("The year is enough."),
        required=False,
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        book: RuleBook,
        condition: PatientCondition | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"initial": _initial(condition), **kwargs})
        self.condition = condition
        kinds = [(c.key, c.name) for c in book.conditions.values()]
        named = [
            (scale.key, scale.name)
            for scale in scales.all_scales(book=book)
            if scale.offered and not scale.is_comparison
        ]
        choices_of(self, "kind", [("", _("Choose")), *kinds])
        choices_of(self, "baseline_scale", [("", _("No scale")), *named])
        zones = ZonesField(book=book, label=_("Zones"), required=True)
        zones.error_messages["required"] = _("Choose at least one zone.")
        self.fields["zones"] = zones

    def entry(self) -> ConditionEntry:
        """What was typed."""
        said = self.cleaned_data
        onset: PartialDay = said["onset"] or PartialDay()
        return ConditionEntry(
            kind=said["kind"],
            zones=tuple(said["zones"]),
            subtype=said["subtype"],
            baseline_scale=said["baseline_scale"],
            baseline_value=said["baseline_value"],
            severity=said["severity"],
            onset_on=onset.on,
            onset_precision=onset.precision,
            note=said["note"],
        )

    @property
    def seen_version(self) -> int:
        """The version the person had before them."""
        return int(self.cleaned_data["version"] or 0)


def choices_of(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    """Fill a choice field that its class declares without choices."""
    field = cast("forms.ChoiceField", form.fields[name])
    field.choices = choices


def _initial(condition: PatientCondition | None) -> dict[str, Any]:
    if condition is None:
        return {}
    names = ("kind", "subtype", "baseline_scale", "severity", "note", "version")
    value = condition.baseline_value
    return {
        **{name: getattr(condition, name) for name in names},
        "baseline_value": None if value is None else f"{value.normalize():f}",
        "zones": condition.zones,
        "onset": PartialDay(on=condition.onset_on, precision=condition.onset_precision),
    }
