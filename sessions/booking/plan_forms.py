"""The forms by which plans are written: book, keep, pause, stop."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import KeyedForm

BOOK, TO_BOOK, DRAFT = "book", "to_book", "draft"


class BookForm(KeyedForm):
    """What is posted besides the wishes: what to do, the plan's version."""

    then = forms.ChoiceField(
        choices=[(BOOK, BOOK), (TO_BOOK, TO_BOOK), (DRAFT, DRAFT)], required=False
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    past_reason = forms.CharField(max_length=500, required=False)


class PlanStatusForm(KeyedForm):
    """Take a plan to another state; stopping needs a reason."""

    status = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=200, required=False)


class StopForm(PlanStatusForm):
    """Stopping as the page shows it: it needs a sentence."""

    reason = forms.CharField(
        label=_("Why it stops"),
        max_length=200,
        help_text=_("One sentence. It stays with the plan."),
    )
