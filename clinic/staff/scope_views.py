"""Settings: whose limits by law hold here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.staff import actions, queries
from clinic.staff.forms import DepthScopeForm
from clinic.staff.http import PersonRequest
from clinic.staff.policy import Action, requires
from clinic.web import once


@requires(Action.SETTINGS_WRITE)
@require_http_methods(["GET", "POST"])
def depth_limits(request: PersonRequest) -> HttpResponse:
    """Switch on the limits by law of a place, or all off."""
    kept, now = queries.depth_scope(), timezone.now()
    initial = {"jurisdiction": kept.jurisdiction, "checked_on": kept.checked_on}
    form = DepthScopeForm(
        request.POST or None,
        initial=initial,
        places=queries.lawful_places(),
        today=timezone.localdate(now),
    )
    if not form.is_valid():
        context = {"form": form, "kept": kept, "limits": queries.lawful_limits()}
        status = 422 if form.is_bound else 200
        return render(request, "staff/depth_limits.html", context, status=status)

    def write() -> str:
        actions.set_depth_scope(
            jurisdiction=form.cleaned_data["jurisdiction"],
            checked_on=form.cleaned_data["checked_on"],
            by=request.user,
            now=now,
        )
        messages.success(request, _("Saved."))
        return reverse("clinic:settings")

    return once.answer(request=request, form=form, now=now, write=write)
