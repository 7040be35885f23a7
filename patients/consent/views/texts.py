"""The texts of consents: read the versions, publish the next."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.places.http import StaffRequest
from clinic.rulebook.access import may_set_medicine, require_may_set_medicine
from clinic.staff.policy import Action, requires
from patients.consent import access, actions, queries
from patients.consent.forms import TextForm
from patients.consent.views.consents import answered


@requires(Action.SETTINGS_READ)
@require_GET
def texts(request: StaffRequest) -> HttpResponse:
    """Every text in use."""
    context = {
        "texts": queries.texts_in_use(),
        "may_set": may_set_medicine(request.user),
    }
    return render(request, "patients/consent/texts.html", context)


@requires(Action.SETTINGS_READ)
@require_http_methods(["GET", "POST"])
def text(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    """One text with its versions; owners and the medical lead publish the next."""
    versions = list(queries.versions_of(access.require_kind(kind), language=language))
    if not versions:
        raise Http404
    newest = versions[0]
    form = TextForm(
        request.POST or None, initial={"title": newest.title, "body": newest.body}
    )
    context = {
        "form": form,
        "newest": newest,
        "versions": versions,
        "may_set": may_set_medicine(request.user),
    }
    if request.method == "GET":
        return render(request, "patients/consent/text.html", context)
    require_may_set_medicine(request.user)
    if not form.is_valid():
        return render(request, "patients/consent/text.html", context, status=422)

    def write() -> str:
        entry = form.entry(kind=kind, language=language)
        made = actions.publish_text(entry=entry, by=request.user, now=timezone.now())
        words = {"number": made.version}
        messages.success(request, _("Version %(number)s is in use now.") % words)
        return reverse("consent:text", args=[kind, language])

    return answered(request, "text.html", context, write)
