"""What the audit log is searched by."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.audit import queries, words
from clinic.audit.queries import Search
from clinic.staff.models import User
from clinic.web import refs
from clinic.web.forms import DayInput, ShortInput

PATIENT_PREFIX = "P"


class DaysForm(forms.Form):
    """From which day to which, both included; nothing means every day."""

    use_required_attribute = False
    first_day = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=DayInput
    )
    last_day = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=DayInput
    )

    def asked(self) -> dict[str, Any]:
        """What was typed; nothing of a form with an error."""
        return self.cleaned_data if self.is_valid() else {}


class OwnForm(DaysForm):
    """What to look for in one's own activity: the person is who asks."""

    def search(self, zone: ZoneInfo, *, person_id: int) -> Search:
        """The person's own events of the days asked for."""
        asked = self.asked()
        return Search(
            person_id=person_id,
            first_day=asked.get("first_day"),
            last_day=asked.get("last_day"),
            zone=zone,
        )


class SearchForm(DaysForm):
    """What to look for; no name and no free text, so it may stand in the address."""

    field_order = ("person", "patient", "action", "first_day", "last_day")
    person = forms.ModelChoiceField(
        label=gettext_lazy("Person"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Everybody"),
    )
    patient = forms.CharField(
        label=gettext_lazy("Patient reference"),
        required=False,
        max_length=20,
        widget=ShortInput(attrs={"class": "mono short"}),
    )
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: Any = self.fields["person"]
        person.queryset = User.objects.order_by("full_name", "id")
        person.label_from_instance = User.get_full_name
        chosen = self.data.get("action", "")
        found = sorted({*queries.actions(), *([chosen] if chosen else [])})
        choices = [(name, words.in_words(name)) for name in found]
        action: Any = self.fields["action"]
        action.choices = [("", _("Everything")), *choices]

    def clean_patient(self) -> int | None:
        """The key behind a reference."""
        typed = self.cleaned_data["patient"].strip()
        key = refs.parse_number(PATIENT_PREFIX, typed) if typed else None
        if typed and key is None:
            raise forms.ValidationError(
                _("Enter a reference such as P00412, as on the patient's page.")
            )
        return key

    def search(self, zone: ZoneInfo) -> Search:
        """What was asked for; nothing of a form with an error."""
        asked = self.asked()
        person = asked.get("person")
        return Search(
            person_id=person.pk if person else None,
            patient_id=asked.get("patient"),
            action=asked.get("action", ""),
            first_day=asked.get("first_day"),
            last_day=asked.get("last_day"),
            zone=zone,
        )
