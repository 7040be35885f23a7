"""The shape of what is tapped and typed on the sheet; medicine is not decided here."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.book import RuleBook
from clinic.web.forms import ChipCheckboxes, DayInput, KeyedForm
from sessions.charting import entries
from sessions.charting.actions.after import EventEntry
from sessions.charting.entries import Entry, Tap
from sessions.charting.errors import SheetRefusedError

SHORT = 200
LONG = 4000
THREE_WAYS = {"yes": True, "no": False}


class CodesField(forms.CharField):
    """Codes in one text, `CM-R CM-L`, as a tuple."""

    def to_python(self, value: Any) -> Any:
        """Split at spaces and commas."""
        return tuple((super().to_python(value) or "").replace(",", " ").split())


class TapForm(forms.Form):
    """What every tap brings: its number on the tablet, and the version it saw."""

    tablet = forms.UUIDField()
    sequence = forms.IntegerField(min_value=1)
    version = forms.IntegerField(min_value=1)
    entry_type: ClassVar[type]

    def __init__(self, data: QueryDict, *, day: date, zone: tzinfo) -> None:
        super().__init__(data)
        self.day = day
        self.zone = zone

    def entry(self) -> Entry:
        """The tap's own values."""
        own = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in TapForm.base_fields
        }
        made: Entry = self.entry_type(**own)
        return made

    def tap(self) -> Tap:
        """The whole tap."""
        return Tap(
            entry=self.entry(),
            tablet=self.cleaned_data["tablet"],
            sequence=self.cleaned_data["sequence"],
            version=self.cleaned_data["version"],
        )


class DepthForm(TapForm):
    """A depth for zones."""

    entry_type = entries.DepthEntry
    zones = CodesField()
    mm = forms.DecimalField(max_digits=4, decimal_places=2)
    reason = forms.CharField(required=False, max_length=SHORT)
    override_reason = forms.CharField(required=False, max_length=LONG)


class PassesForm(TapForm):
    """Passes of zones."""

    entry_type = entries.PassesEntry
    zones = CodesField()
    passes = forms.IntegerField()


class EndpointForm(TapForm):
    """What the skin showed."""

    entry_type = entries.EndpointEntry
    zones = CodesField()
    endpoint = forms.CharField()


class LeaveOutForm(TapForm):
    """Zones left out or brought in."""

    entry_type = entries.LeaveOutEntry
    zones = CodesField()
    left_out = forms.BooleanField(required=False)


class ScarForm(TapForm):
    """A scar in zones."""

    entry_type = entries.ScarEntry
    zones = CodesField()
    is_scar = forms.BooleanField(required=False)


class DeviceForm(TapForm):
    """The handpiece."""

    entry_type = entries.DeviceEntry
    device_id = forms.IntegerField()


class LotForm(TapForm):
    """A lot of which a unit is opened."""

    entry_type = entries.LotEntry
    lot_id = forms.IntegerField()
    serial = forms.CharField(required=False, max_length=40)
    zones = CodesField(required=False)


class DiscardForm(TapForm):
    """Units in the sharps box."""

    entry_type = entries.DiscardEntry
    is_discarded = forms.BooleanField(required=False)


class TopicalForm(TapForm):
    """Something on the skin."""

    topical_id = forms.IntegerField(required=False)
    kind = forms.CharField()
    topical_key = forms.CharField(required=False, max_length=30)
    product = forms.CharField(required=False, max_length=80)
    lot_id = forms.IntegerField(required=False)
    strength_percent = forms.DecimalField(
        required=False, max_digits=5, decimal_places=2
    )
    grams = forms.DecimalField(required=False, max_digits=6, decimal_places=2)
    on_at = forms.TimeField(required=False)
    off_at = forms.TimeField(required=False)
    is_occluded = forms.CharField(required=False)
    is_sterile = forms.CharField(required=False)
    for_needled_skin = forms.CharField(required=False)
    signoff_reason = forms.CharField(required=False, max_length=LONG)

    def entry(self) -> Entry:
        """Times are those of the session's day, at its site."""
        said = self.cleaned_data
        return entries.TopicalEntry(
            topical_id=said["topical_id"],
            kind=said["kind"],
            topical_key=said["topical_key"],
            product=said["product"],
            lot_id=said["lot_id"],
            strength_percent=said["strength_percent"],
            grams=said["grams"],
            on_at=self._moment("on_at"),
            off_at=self._moment("off_at"),
            is_occluded=THREE_WAYS.get(said["is_occluded"]),
            is_sterile=THREE_WAYS.get(said["is_sterile"]),
            for_needled_skin=THREE_WAYS.get(said["for_needled_skin"]),
            signoff_reason=said["signoff_reason"],
        )

    def _moment(self, name: str) -> datetime | None:
        clock = self.cleaned_data[name]
        if clock is None:
            return None
        return datetime.combine(self.day, clock, tzinfo=self.zone)


class TopicalOffForm(TapForm):
    """A product comes off now."""

    entry_type = entries.TopicalOffEntry
    topical_id = forms.IntegerField()


class RemoveTopicalForm(TapForm):
    """A product that was not used."""

    entry_type = entries.RemoveTopicalEntry
    topical_id = forms.IntegerField()


class TickForm(TapForm):
    """Steps of the checklist."""

    entry_type = entries.TickEntry
    items = CodesField()
    done = forms.BooleanField(required=False)
    in_sharps = forms.BooleanField(required=False)


class ToleranceForm(TapForm):
    """How it was borne."""

    entry_type = entries.ToleranceEntry
    chip = forms.CharField()
    on = forms.BooleanField(required=False)


class NoteForm(TapForm):
    """The note."""

    entry_type = entries.NoteEntry
    text = forms.CharField(required=False, max_length=LONG)


class ReactionForm(TapForm):
    """The skin at the end."""

    entry_type = entries.ReactionEntry
    reaction = forms.CharField()


class PainForm(TapForm):
    """Pain from 0 to 10."""

    entry_type = entries.PainEntry
    pain = forms.IntegerField()


class AftercareForm(TapForm):
    """The aftercare sheet."""

    entry_type = entries.AftercareEntry
    given = forms.BooleanField(required=False)


class ExposureForm(TapForm):
    """A needle-stick or blood."""

    entry_type = entries.ExposureEntry
    happened = forms.BooleanField(required=False)


class UndoForm(TapForm):
    """Take the last change back."""

    entry_type = entries.UndoEntry


FORMS: Mapping[str, type[TapForm]] = {
    "depth": DepthForm,
    "passes": PassesForm,
    "endpoint": EndpointForm,
    "leave_out": LeaveOutForm,
    "scar": ScarForm,
    "device": DeviceForm,
    "lot": LotForm,
    "discard": DiscardForm,
    "topical": TopicalForm,
    "topical_off": TopicalOffForm,
    "topical_remove": RemoveTopicalForm,
    "tick": TickForm,
    "tolerance": ToleranceForm,
    "note": NoteForm,
    "reaction": ReactionForm,
    "pain": PainForm,
    "aftercare": AftercareForm,
    "exposure": ExposureForm,
    "undo": UndoForm,
}


def read_tap(data: QueryDict, *, day: date, zone: tzinfo) -> Tap:
    """The tap that was sent. Raises SheetRefusedError when it cannot be read."""
    kind = FORMS.get(data.get("tap", ""))
    if kind is None:
        raise SheetRefusedError(_("This is no change of the sheet. Open it again."))
    form = kind(data, day=day, zone=zone)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise SheetRefusedError(f"{_word(field)}: {errors[0]}", field=field)
    return form.tap()


def _word(field: str) -> str:
    words = {
        "mm": _("Depth"),
        "zones": _("Zones"),
        "passes": _("Passes"),
        "reason": _("Why deeper"),
        "override_reason": _("Reason"),
        "signoff_reason": _("Reason"),
        "lot_id": _("Lot"),
        "device_id": _("Device"),
        "serial": _("Serial"),
        "product": _("Product"),
        "strength_percent": _("Strength"),
        "grams": _("Grams"),
        "on_at": _("On at"),
        "off_at": _("Off at"),
        "text": _("Note"),
        "pain": _("Pain"),
    }
    return words.get(field, _("Sheet"))


class AdditionForm(KeyedForm):
    """Something added to a signed record."""

    text = forms.CharField(
        label=gettext_lazy("Addition"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class EventForm(KeyedForm):
    """An adverse event, new or followed up."""

    kind = forms.ChoiceField(label=gettext_lazy("What was seen"))
    onset_on = forms.DateField(label=gettext_lazy("Began on"), widget=DayInput)
    grade = forms.TypedChoiceField(label=gettext_lazy("Grade"), coerce=int)
    zones = forms.MultipleChoiceField(
        label=gettext_lazy("Zones"), required=False, widget=ChipCheckboxes
    )
    description = forms.CharField(
        label=gettext_lazy("How it looks"),
        required=False,
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    action = forms.CharField(
        label=gettext_lazy("What was done"),
        required=False,
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    outcome = forms.CharField(
        label=gettext_lazy("Outcome"), required=False, max_length=SHORT
    )
    closed_on = forms.DateField(
        label=gettext_lazy("Settled on"), required=False, widget=DayInput
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, book: RuleBook, zones: list[tuple[str, str]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        kinds = [("", _("Choose"))]
        kinds += [(key, kind.name) for key, kind in book.events.items()]
        grades = [("", _("Choose"))]
        grades += [(key, f"{key} {row.name}") for key, row in book.grades.items()]
        self._choices("kind", kinds)
        self._choices("grade", grades)
        self._choices("zones", zones)

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def entry(self) -> EventEntry:
        """What was entered."""
        said = self.cleaned_data
        return EventEntry(
            kind=said["kind"],
            onset_on=said["onset_on"],
            grade=said["grade"],
            zones=tuple(said["zones"]),
            description=said["description"],
            action=said["action"],
            outcome=said["outcome"],
            closed_on=said["closed_on"],
        )
