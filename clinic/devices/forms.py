"""Forms of the register: a handpiece, a lot, a withdrawal."""

from collections.abc import Iterable
from copy import copy
from dataclasses import asdict
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.devices.actions import DeviceEntry, LotEntry
from clinic.devices.models import LOT_KINDS, Device, Lot
from clinic.places.models import Site
from clinic.rules.book import load_book
from clinic.rules.devices import Kind
from clinic.web.forms import (
    ChipRadio,
    DayInput,
    KeyedForm,
    SegmentRadio,
    ShortInput,
    Switch,
    helper,
)

KINDS = LOT_KINDS
_ANSWERS = [("yes", _("Yes")), ("no", _("No")), ("", _("Not stated"))]
_KNOWN = {"yes": True, "no": False}
_SAID = {True: "yes", False: "no", None: ""}


def model_choices(*kinds: Kind, empty: Any = "") -> list[tuple[str, Any]]:
    """The device models of the rule book, by name."""
    found = sorted(
        (device.name, device.key)
        for device in load_book().devices.values()
        if device.kind in kinds
    )
    return [("", empty or _("Choose")), *[(key, name) for name, key in found]]


def answer(label: Any) -> Any:
    """Yes, no, or not stated on the box."""
    return forms.ChoiceField(
        label=label, choices=_ANSWERS, required=False, widget=SegmentRadio
    )


def measure(label: Any, **limits: Any) -> Any:
    """A measure with two decimals that may be left out."""
    return forms.DecimalField(
        label=label,
        required=False,
        decimal_places=2,
        widget=ShortInput(attrs={"inputmode": "decimal"}),
        **limits,
    )


class RowForm(KeyedForm):
    """A form over one row: the row's own constraints answer in its fields."""

    row_class: type[models.Model]

    def __init__(
        self, *args: Any, row: models.Model | None, site: Site, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.site = row, site

    def check_row(self, values: dict[str, Any], *, skip: Iterable[str] = ()) -> None:
        """Ask the model what it thinks of the values."""
        made = copy(self.row) if self.row else self.row_class(site=self.site)
        for name, value in values.items():
            setattr(made, name, value)
        try:
            made.full_clean(exclude=set(skip))
        except ValidationError as refused:
            for name, errors in refused.error_dict.items():
                field = name if name in self.fields else None
                self.add_error(None if name == NON_FIELD_ERRORS else field, errors)


class DeviceForm(RowForm):
    """A pen's handpiece."""

    row_class = Device
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("As the team calls it, for example Pen 1."),
    )
    model_key = forms.ChoiceField(label=_("Model"))
    serial = forms.CharField(label=_("Serial number"), max_length=60, widget=ShortInput)
    serviced_on = forms.DateField(
        label=_("Last serviced on"), required=False, widget=DayInput
    )
    is_active = forms.BooleanField(
        label=_("In use"), required=False, initial=True, widget=Switch
    )

    def __init__(self, *args: Any, row: Device | None, site: Site, **more: Any) -> None:
        if row is not None:
            more.setdefault("initial", {n: getattr(row, n) for n in _DEVICE_FIELDS})
        super().__init__(*args, row=row, site=site, **more)
        self.fields["model_key"].choices = model_choices(Kind.PEN)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Name and serial number must be its own."""
        if not self.errors:
            self.check_row(asdict(self.entry()))
        return self.cleaned_data

    def entry(self) -> DeviceEntry:
        """What was typed."""
        return DeviceEntry(**{name: self.cleaned_data[name] for name in _DEVICE_FIELDS})


_DEVICE_FIELDS = ("name", "model_key", "serial", "serviced_on", "is_active")


class LotForm(RowForm):
    """A lot, in the order of the label on its box."""

    row_class = Lot
    kind = forms.ChoiceField(label=_("What it is"), choices=LOT_KINDS, widget=ChipRadio)
    product = forms.CharField(label=_("Product"), max_length=80)
    number = forms.CharField(
        label=_("Lot number"),
        max_length=40,
        help_text=_("Beside LOT on the box. A scanner types it here."),
        error_messages={"required": _("Enter the lot number. It is on the box.")},
        widget=forms.TextInput(attrs={"class": "mono short", "autocomplete": "off"}),
    )
    expires_on = forms.DateField(
        label=_("Use by"),
        widget=DayInput,
        help_text=_("With only a month on the box, its last day."),
    )
    received_on = forms.DateField(label=_("Received on"), widget=DayInput)
    quantity = forms.IntegerField(
        label=_("How many pieces"),
        min_value=1,
        max_value=100_000,
        widget=ShortInput(attrs={"inputmode": "numeric"}),
    )
    model_key = forms.ChoiceField(label=_("Fits device model"), required=False)
    needle_count = forms.IntegerField(
        label=_("Needles"),
        required=False,
        min_value=1,
        max_value=2000,
        widget=ShortInput(attrs={"inputmode": "numeric"}),
    )
    needle_length_mm = measure(_("Needle length (mm), rollers only"))
    strength_percent = measure(_("Strength (%)"), min_value=0, max_value=100)
    is_sterile = answer(_("Sterile"))
    for_needled_skin = answer(_("Labelled for needled skin"))

    def __init__(
        self, *args: Any, row: Lot | None, site: Site, today: date, **more: Any
    ) -> None:
        initial: dict[str, Any] = {"received_on": today}
        if row is not None:
            initial = {name: getattr(row, name) for name in _LOT_FIELDS}
            for name in ("is_sterile", "for_needled_skin"):
                initial[name] = _SAID[initial[name]]
        super().__init__(*args, row=row, site=site, initial=initial, **more)
        self.today = today
        self.fields["model_key"].choices = model_choices(  # type: ignore[attr-defined]
            Kind.PEN, Kind.ROLLER, empty=_("None")
        )

    @property
    def helper(self) -> FormHelper:
        """The label first, then what only some kinds have."""
        made = helper()
        made.layout = Layout(
            "idempotency_key",
            "kind",
            "product",
            Div("number", "expires_on", css_class="cols-2"),
            Div("quantity", "received_on", css_class="cols-2"),
            Fieldset(
                str(_("Cartridges and rollers")),
                "model_key",
                Div("needle_count", "needle_length_mm", css_class="cols-2"),
                css_class="form-section",
            ),
            Fieldset(
                str(_("What the label says")),
                Div("is_sterile", "for_needled_skin", css_class="cols-2"),
                "strength_percent",
                css_class="form-section",
            ),
        )
        return made

    def clean_number(self) -> str:
        """One spelling of each number."""
        return str(self.cleaned_data["number"]).strip().upper()

    def clean_received_on(self) -> date:
        """Nothing is received in the future."""
        day: date = self.cleaned_data["received_on"]
        if day > self.today:
            raise ValidationError(_("Enter a day that is not in the future."))
        return day

    def clean(self) -> dict[str, Any]:
        """The label must make sense as a whole."""
        if not self.errors:
            self.check_row(asdict(self.entry()))
        return self.cleaned_data

    def entry(self) -> LotEntry:
        """What was typed."""
        values = {name: self.cleaned_data[name] for name in _LOT_FIELDS}
        for name in ("is_sterile", "for_needled_skin"):
            values[name] = _KNOWN.get(values[name])
        return LotEntry(**values)


_LOT_FIELDS = tuple(LotEntry.__dataclass_fields__)


class WithdrawForm(KeyedForm):
    """Why a lot is used no more."""

    reason = forms.CharField(
        label=_("Why is it withdrawn?"),
        max_length=160,
        error_messages={"required": _("Say why, for example a notice of the maker.")},
    )
    helper = helper(submit=_("Withdraw the lot"))
