"""The forms of one visit: a step, a cancellation, a new visit."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import ChipRadio, DayInput, KeyedForm, SegmentRadio
from sessions.booking.models import VISIT_STATUSES

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
    sooner = forms.BooleanField(
        label=_("Also days sooner than usual, with a confirmation"), required=False
    )


class SlotForm(KeyedForm):
    """A chosen time, as a slot of the page."""

    slot = forms.CharField(widget=forms.HiddenInput)
