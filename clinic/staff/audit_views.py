"""The audit log for owners: who read and changed what. Reading it is logged too."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from clinic.audit import actions as audit
from clinic.audit import queries, words
from clinic.audit.queries import Search
from clinic.staff.again import weighty
from clinic.staff.http import PersonRequest
from clinic.staff.models import User
from clinic.staff.policy import Action, requires
from clinic.web import csv, refs
from clinic.web.forms import DayInput, ShortInput

PATIENT_PREFIX = "P"


class SearchForm(forms.Form):
    """What to look for; no name and no free text, so it may stand in the address."""

    use_required_attribute = False
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
    first_day = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=DayInput
    )
    last_day = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=DayInput
    )

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
        asked = self.cleaned_data if self.is_valid() else {}
        person = asked.get("person")
        return Search(
            person_id=person.pk if person else None,
            patient_id=asked.get("patient"),
            action=asked.get("action", ""),
            first_day=asked.get("first_day"),
            last_day=asked.get("last_day"),
            zone=zone,
        )


@requires(Action.AUDIT_READ)
@require_GET
def events(request: PersonRequest) -> HttpResponse:
    """A page of the log, the latest first."""
    form = SearchForm(request.GET)
    search = form.search(_zone())
    before = request.GET.get("before", "")
    found = queries.page(search, before_id=int(before) if before.isdigit() else None)
    shown = found[: queries.PAGE]
    _log_reading(request, form, action="audit.read")
    query = request.GET.copy()
    if len(found) > queries.PAGE:
        query["before"] = str(shown[-1].pk)
    context = {
        "form": form,
        "lines": [words.line(event) for event in shown],
        "older": query.urlencode() if len(found) > queries.PAGE else "",
        "is_later_page": bool(before),
        "query": request.GET.urlencode(),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "audit/events.html", context, status=status)


@requires(Action.AUDIT_READ)
@weighty
@require_GET
def events_csv(request: PersonRequest) -> HttpResponseBase:
    """The same events as a file; the file is logged as well."""
    form = SearchForm(request.GET)
    search = form.search(_zone())
    _log_reading(request, form, action="audit.exported")
    return csv.stream("audit-log", headings=HEADER, rows=_rows(search))


HEADER = (
    "id", "at_utc", "person", "action", "patient", "object", "details", "address",
    "request", "source",
)  # fmt: skip


def _rows(search: Search) -> Iterator[Sequence[csv.Cell]]:
    for event in queries.each(search):
        yield (
            event.pk,
            event.at.astimezone(UTC).isoformat(timespec="seconds"),
            event.actor.full_name if event.actor else "",
            event.action,
            words.patient_reference(event),
            words.object_name(event),
            words.details(event),
            event.address,
            event.request_id,
            event.source,
        )


def _zone() -> ZoneInfo:
    """The zone of the site the owner works at, as the page shows times."""
    return ZoneInfo(timezone.get_current_timezone_name())


def _log_reading(request: PersonRequest, form: SearchForm, *, action: str) -> None:
    asked = [name for name in form.fields if request.GET.get(name)]
    patient_id = form.cleaned_data.get("patient") if form.is_valid() else None
    audit.record(
        by=request.user,
        now=timezone.now(),
        action=action,
        patient_id=patient_id,
        filters=asked,
    )
