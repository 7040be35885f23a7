"""Letting days pass in the demo: a plan takes months, nobody waits that long."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.places.http import StaffRequest
from clinic.staff.policy import Action, requires
from clinic.web import demo_clock


class LaterForm(forms.Form):
    """How many days are to pass."""

    days = forms.TypedChoiceField(choices=[(1, "1"), (7, "7"), (28, "28")], coerce=int)


@requires(Action.HOME)
@require_POST
def later(request: StaffRequest) -> HttpResponse:
    """Let days pass in the simulated clinic."""
    form = LaterForm(request.POST)
    if form.is_valid():
        ahead = timedelta(days=form.cleaned_data["days"])
        try:
            demo_clock.set_offset(demo_clock.offset() + ahead)
        except ValueError:
            messages.error(request, _("The demo does not run on any further."))
        else:
            day = timezone.localtime().strftime("%d %B %Y")
            messages.success(request, _("It is %(day)s now.") % {"day": day})
    return redirect("booking:home")
