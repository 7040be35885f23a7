"""The gallery's page: no database, no person, only samples."""

from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clinic.web.context import THEMES
from clinic.web.doors import public
from clinic.web.forms import (
    ChipCheckboxes,
    ChipRadio,
    ClockInput,
    DayInput,
    KeyedForm,
    SegmentRadio,
    Stepper,
    Switch,
    helper,
)
from clinic.web.gallery import samples
from clinic.web.icons import shapes_by_name
from clinic.web.templatetags.parts import VISIT_LOOKS

PAGES = ("parts", "drawings", "charts", "sheet", "sign-in", "paper")
ROLES = ("practitioner", "front_desk", "owner")


class SampleForm(KeyedForm):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), help_text=_("As in the passport."))
    endpoint = forms.ChoiceField(
        label=_("Endpoint"),
        choices=[
            ("light", _("Light redness")),
            ("even", _("Even redness")),
            ("pinpoint", _("Pinpoint bleeding")),
        ],
        widget=ChipRadio,
    )
    days = forms.MultipleChoiceField(
        label=_("When it suits"),
        required=False,
        choices=list(enumerate(samples.WEEKDAYS)),
        widget=ChipCheckboxes,
    )
    rest = forms.ChoiceField(
        label=_("The rest of the plan"),
        choices=[("along", _("Move along")), ("leave", _("Leave as is"))],
        widget=SegmentRadio,
    )
    sessions = forms.IntegerField(
        label=_("Sessions"), initial=5, min_value=1, max_value=12, widget=Stepper
    )
    condition = forms.ChoiceField(
        label=_("Condition"), choices=[("scar", _("Atrophic acne scars"))]
    )
    on = forms.DateField(label=_("Day"), widget=DayInput)
    at = forms.TimeField(label=_("Time"), widget=ClockInput, required=False)
    answer = forms.ChoiceField(
        label=_("Raised scars, ever"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )
    message = forms.BooleanField(
        label=_("Text the dates"), required=False, initial=True, widget=Switch
    )
    agreed = forms.BooleanField(label=_("The patient agreed"))
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    helper = helper(submit=_("Book all 5 visits"))


@public
@require_safe
def gallery(request: HttpRequest, page: str) -> HttpResponse:
    """One page of samples; `?theme=` and `?role=` choose how it is seen."""
    theme = request.GET.get("theme", "system")
    role = request.GET.get("role", "practitioner")
    # The last rendering's key would differ each time; nothing is ever sent from here.
    refused = SampleForm({"sessions": "5", "message": "on"}, prefix="refused")
    context = {
        "theme": theme if theme in THEMES else "system",
        "user": SimpleNamespace(
            is_authenticated=True,
            full_name="Mira Lindqvist",
            roles=[role if role in ROLES else "practitioner"],
            pk=3,
        ),
        "site_name": "Canal Street",
        "nav_counts": {"follow-ups": 7},
        "pages": PAGES,
        "statuses": list(VISIT_LOOKS),
        "icons": sorted(shapes_by_name()),
        "form": SampleForm(),
        "refused": refused,
        "page": Paginator(range(60), 20).page(2),
        "s": samples,
    }
    return render(request, f"styleguide/{page.replace('-', '_')}.html", context)
