"""The forms of one visit: a step, a cancellation, a new visit."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import ChipRadio, DayInput, KeyedForm, SegmentRadio
from sessions.booking.models import VISIT_STATUSES
from sessions.booking.statuses import Status

KINDS = [("consultation", _("Consultation")), ("review", _("Review"))]
WITH_SESSION = [*KINDS, ("session", _("Session"))]


class StepForm(KeyedForm):
    """One step of a visit, as the page of that version offered it."""

    status = forms.ChoiceField(choices=VISIT_STATUSES)
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        required=False,
        help_text=_("A few words, nothing about health."),
    )

    past_reason = forms.CharField(max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        """A cancellation says why."""
        data = super().clean() or self.cleaned_data
        if data.get("status") == Status.CANCELLED and not data.get("reason"):
            self.add_error("reason", _("Write a few words why the visit is cancelled."))
        return data

    @property
    def refusal(self) -> str:
        """What is wrong, as one sentence for the page that sent it."""
        said = self.errors.get("reason")
        return str(said[0]) if said else str(_("Not saved. Open the page again."))


class CancelForm(StepForm):
    """A cancellation as the page shows it: it needs a few words."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("A few words, nothing about health."),
    )


class NewVisitForm(forms.Form):
    """What kind of visit, with whom and from when; asked by GET."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=_("Visit"), widget=SegmentRadio)
    practitioner = forms.ChoiceField(label=_("With"), required=False)
    start_on = forms.DateField(label=_("Not before"), widget=DayInput)
    part = forms.ChoiceField(
        label=_("Time of day"),
        choices=[
            ("", _("Any time")),
            ("morning", _("Morning")),
            ("midday", _("Midday")),
            ("late", _("Late")),
        ],
        required=False,
        widget=ChipRadio,
    )
    anyhow = forms.BooleanField(
        label=_("Also days too soon by the rule, with a written reason"),
        required=False,
    )
    sooner = forms.BooleanField(
        label=_("Also days sooner than usual, with a confirmation"), required=False
    )


class SlotForm(KeyedForm):
    """A chosen time, as a slot of the page."""

    slot = forms.CharField(widget=forms.HiddenInput)
    past_reason = forms.CharField(max_length=500, required=False)
