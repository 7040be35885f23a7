"""Forms of a patient: identity and contact, the practitioners' part, break-glass."""

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import NO_E_MAIL, DayInput, KeyedForm, SegmentRadio, helper
from patients.records import names, phones
from patients.records.actions import ClinicalEntry, PatientEntry
from patients.records.languages import languages
from patients.records.models import PHOTOTYPES, SEXES, Patient

OLDEST_YEARS = 120
LEAST_REASON_LETTERS = 10
_ANSWERS = [("yes", _("Yes")), ("no", _("No")), ("", _("Not asked"))]
_KNOWN = {"yes": True, "no": False}
_SAID = {True: "yes", False: "no", None: ""}


def _text(label: Any, length: int, *, required: bool = False, **attrs: str) -> Any:
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        widget=forms.TextInput(attrs=attrs),
    )


def _answer(label: Any) -> Any:
    return forms.ChoiceField(
        label=label, choices=_ANSWERS, required=False, widget=SegmentRadio
    )


class PatientForm(KeyedForm):
    """Identity and contact; with `clinical` also what only practitioners write.

    `region` is the country whose phone numbers need no code, `today` ends the
    days a person may be born on. Browsers are told not to fill it in: it is never
    the person at the keyboard.
    """

    given_name = _text(_("First name"), 80, required=True, autocomplete="off")
    family_name = _text(_("Last name"), 80, autocomplete="off")
    preferred_name = forms.CharField(
        label=_("Preferred first name"),
        max_length=80,
        required=False,
        help_text=_("When she or he is called something else. It is shown instead."),
    )
    born_on = forms.DateField(label=_("Date of birth"), required=False, widget=DayInput)
    sex = forms.ChoiceField(
        label=_("Sex"), choices=SEXES, required=False, widget=SegmentRadio
    )
    phone = _text(_("Phone"), 40, autocomplete="off", inputmode="tel")
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        error_messages={"invalid": NO_E_MAIL},
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    may_call = _answer(_("May be called"))
    may_text = _answer(_("May be texted"))
    may_email = _answer(_("May be e-mailed"))
    street = _text(_("Street and number"), 160, autocomplete="off")
    postcode = _text(_("Postcode"), 16, autocomplete="off")
    city = _text(_("Town"), 80, autocomplete="off")
    region = _text(_("County or state"), 80, autocomplete="off")
    country = _text(_("Country"), 60, autocomplete="off")
    emergency_name = _text(_("Name"), 120, autocomplete="off")
    emergency_relation = _text(_("Relation"), 60, autocomplete="off")
    emergency_phone = _text(_("Phone of the contact"), 40, inputmode="tel")
    desk_note = forms.CharField(
        label=_("Note for the desk"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody in the clinic reads it. Nothing about health."),
    )
    is_deceased = forms.BooleanField(label=_("Has died"), required=False)
    deceased_on = forms.DateField(label=_("Died on"), required=False, widget=DayInput)
    phototype = forms.TypedChoiceField(
        label=_("Skin type"),
        choices=[("", _("Not assessed")), *PHOTOTYPES],
        coerce=int,
        empty_value=None,
        required=False,
    )
    clinical_note = forms.CharField(
        label=_("Clinical note"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only practitioners read it."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    CLINICAL = ("phototype", "clinical_note")

    def __init__(
        self,
        *args: Any,
        today: date,
        region: str | None,
        clinical: bool,
        patient: Patient | None = None,
        **kwargs: Any,
    ) -> None:
        self.today, self.phone_region, self.patient = today, region, patient
        self.is_clinical = clinical
        kwargs.setdefault(
            "initial", initial_of(patient) if patient else {"language": "en"}
        )
        super().__init__(*args, **kwargs)
        if not clinical:
            for name in self.CLINICAL:
                del self.fields[name]
        if patient is None:
            for name in ("is_deceased", "deceased_on"):
                del self.fields[name]
        self.fields["language"].choices = languages()  # type: ignore[attr-defined]
        self.helper = self._helper()

    def _helper(self) -> FormHelper:
        def arrange(made: FormHelper) -> None:
            made.layout = Layout("idempotency_key", "version", self._columns())

        return helper(layout=arrange)

    def _columns(self) -> Div:
        """Cards in two columns; one below the other on a phone."""
        left = [
            _section(
                _("Who it is"),
                Div("given_name", "family_name", css_class="cols-2"),
                Div("preferred_name", "born_on", css_class="cols-2"),
                "sex",
            ),
            _section(
                _("How to reach her or him"),
                Div("phone", "email", css_class="cols-2"),
                Div("may_call", "may_text", "may_email", css_class="answers"),
                Div("language", css_class="cols-2"),
            ),
        ]
        if self.is_clinical:
            skin_type = Div("phototype", css_class="cols-2")
            left.append(_section(_("For practitioners"), skin_type, "clinical_note"))
        right = [
            _section(_("For the desk"), "desk_note"),
            _section(
                _("Address"),
                "street",
                Div("postcode", "city", css_class="cols-2"),
                Div("region", "country", css_class="cols-2"),
            ),
            _section(
                _("In an emergency"),
                Div("emergency_name", "emergency_relation", css_class="cols-2"),
                Div("emergency_phone", css_class="cols-2"),
            ),
        ]
        if self.patient is not None:
            right.append(_section(_("Death"), "is_deceased", "deceased_on"))
        return Div(
            Div(*left, css_class="stack"),
            Div(*right, css_class="stack"),
            css_class="cols-2",
        )

    def clean_given_name(self) -> str:
        """A name the search can find."""
        name = str(self.cleaned_data["given_name"])
        if not names.fold(name):
            raise forms.ValidationError(_("Enter a name with at least one letter."))
        return name

    def clean_born_on(self) -> date | None:
        """A birth in the past, of somebody who may be alive."""
        born_on: date | None = self.cleaned_data["born_on"]
        if born_on is not None and born_on > self.today:
            raise forms.ValidationError(_("The date of birth is in the future."))
        if born_on is not None and self.today.year - born_on.year > OLDEST_YEARS:
            raise forms.ValidationError(
                _("The date of birth is more than 120 years ago. Check the year.")
            )
        return born_on

    def clean_phone(self) -> str:
        """The number in E.164."""
        return self._phone("phone")

    def clean_emergency_phone(self) -> str:
        """The number in E.164."""
        return self._phone("emergency_phone")

    def clean_email(self) -> str:
        """Small letters, so that one address is one address."""
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        """A day of death makes a death, and comes after the birth."""
        data = super().clean() or self.cleaned_data
        died, born = data.get("deceased_on"), data.get("born_on")
        if died is not None:
            data["is_deceased"] = True
            if died > self.today:
                self.add_error("deceased_on", _("The day of death is in the future."))
            elif born is not None and died < born:
                self.add_error(
                    "deceased_on", _("The day of death is before the birth.")
                )
        return data

    def _phone(self, name: str) -> str:
        typed = str(self.cleaned_data[name]).strip()
        if not typed:
            return ""
        try:
            return phones.normalised(typed, region=self.phone_region)
        except phones.PhoneNumberError as error:
            raise forms.ValidationError(
                _("Enter a phone number such as %(example)s.")
                % {"example": phones.example(region=self.phone_region)}
            ) from error

    def entry(self) -> PatientEntry:
        """What was typed, as the action takes it."""
        data = self.cleaned_data
        answers = {name: _KNOWN.get(data[name]) for name in _ANSWER_FIELDS}
        plain = {name: data[name] for name in _PLAIN_FIELDS if name in data}
        return PatientEntry(
            **{**plain, **answers, "language": data["language"] or "en"}
        )

    def clinical_entry(self) -> ClinicalEntry | None:
        """The practitioners' part; None for those who do not see it."""
        if not self.is_clinical:
            return None
        data = self.cleaned_data
        return ClinicalEntry(
            phototype=data["phototype"], clinical_note=data["clinical_note"]
        )


_ANSWER_FIELDS = ("may_call", "may_text", "may_email")
_PLAIN_FIELDS = tuple(
    name
    for name in PatientEntry.__dataclass_fields__
    if name not in {*_ANSWER_FIELDS, "language"}
)


def _section(heading: Any, *fields: Any) -> Div:
    """A card with a heading and its fields."""
    return Div(
        Fieldset(heading, *fields, css_class="card-body form-section"), css_class="card"
    )


def initial_of(patient: Patient) -> dict[str, Any]:
    """A stored patient as the form shows it."""
    values = {name: getattr(patient, name) for name in _PLAIN_FIELDS}
    for name in _ANSWER_FIELDS:
        values[name] = _SAID[getattr(patient, name)]
    for name in ("phone", "emergency_phone"):
        values[name] = phones.shown(values[name]) if values[name] else ""
    deferred = patient.get_deferred_fields()
    for name in PatientForm.CLINICAL:
        if name not in deferred:
            values[name] = getattr(patient, name)
    return {**values, "language": patient.language, "version": patient.version}


class BreakGlassForm(KeyedForm):
    """Why an owner opens a patient."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One sentence. It is kept with your name and read in a review."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(submit=_("Open for 60 minutes"))

    def clean_reason(self) -> str:
        """A sentence, not a word."""
        reason = " ".join(str(self.cleaned_data["reason"]).split())
        if len(reason) < LEAST_REASON_LETTERS:
            raise forms.ValidationError(
                _("Write a sentence, so that it can be reviewed.")
            )
        return reason
