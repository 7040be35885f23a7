"""The signed record, as it is read and printed, and its additions."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.places.http import StaffRequest
from clinic.rulebook.queries import effective_book
from clinic.rules.devices import Kind
from clinic.staff.policy import Action, may, requires
from clinic.web import once
from sessions.charting import access
from sessions.charting.actions import after
from sessions.charting.errors import SheetRefusedError
from sessions.charting.forms import AdditionForm
from sessions.charting.queries.record import record_of


@requires(Action.SESSION_READ)
@require_GET
def record(request: StaffRequest, ref: str) -> HttpResponse:
    """The treatment record on one page of paper."""
    now = timezone.now()
    session = access.session_for(request.user, ref, now)
    context = {
        "session": session,
        "patient": session.patient,
        "record": record_of(session, now=now),
        "is_roller": session.device_kind == Kind.ROLLER,
        "kinds": {key: kind.name for key, kind in effective_book().book.events.items()},
        "may_write": may(request.user, Action.SESSION_WRITE),
    }
    return render(request, "charting/record.html", context)


@requires(Action.SESSION_WRITE)
@require_http_methods(["GET", "POST"])
def additions(request: StaffRequest, ref: str) -> HttpResponse:
    """Write an addition to a signed record: dated, signed, kept for ever."""
    now = timezone.now()
    session = access.session_for(request.user, ref, now)
    form = AdditionForm(request.POST or None)
    if form.is_bound and form.is_valid():

        def write() -> str:
            text = form.cleaned_data["text"]
            after.add(session=session, text=text, by=request.user, now=now)
            messages.success(request, _("The addition is signed and kept."))
            return reverse("charting:record", args=[session.reference])

        try:
            return once.answer(request=request, form=form, now=now, write=write)
        except SheetRefusedError as refused:
            form.add_error("text", refused.sentence)
    if not session.is_signed:
        return redirect("charting:treat", session.reference)
    context = {
        "form": form,
        "session": session,
        "patient": session.patient,
        "tab": "sessions",
        "earlier": session.additions.select_related("by").order_by("at", "id"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "charting/additions.html", context, status=status)
