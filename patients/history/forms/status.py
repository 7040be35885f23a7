"""Small forms of one button: they carry what was seen, and a key."""

from django import forms

from clinic.web.forms import KeyedForm
from patients.history.models import CONDITION_STATUSES


class StatusForm(KeyedForm):
    """The new status of a condition, and the version that was shown."""

    status = forms.ChoiceField(choices=CONDITION_STATUSES)
    version = forms.IntegerField(min_value=1)
