"""Adverse events: the list, one event, a new one from any session."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.audit import actions as audit
from clinic.places.http import StaffRequest
from clinic.rulebook.queries import effective_book
from clinic.staff.policy import Action, may, requires
from clinic.web import once
from sessions.charting import access
from sessions.charting.actions import after
from sessions.charting.errors import SheetChangedError, SheetRefusedError
from sessions.charting.forms import EventForm
from sessions.charting.queries import lists
from sessions.charting.words import zone_names

PAGE_SIZE = 50
SHOWN = ("open", "closed", "all")


@requires(Action.EVENT_READ)
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    """Every adverse event; an owner who does not treat sees references."""
    shown = request.GET.get("show", "open")
    shown = shown if shown in SHOWN else "open"
    pages = Paginator(lists.events(show=shown), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    audit.record(
        by=request.user,
        now=timezone.now(),
        action="events.listed",
        shown=[event.reference for event in page],
    )
    book, today = effective_book().book, timezone.localdate()
    context = {
        "page": page,
        "expected": {e.pk for e in page if lists.expected_until(e, today=today)},
        "shown": shown,
        "kinds": {key: kind.name for key, kind in book.events.items()},
        "zones": {e.pk: zone_names(book, e.zones) for e in page},
        "sees_names": may(request.user, Action.PATIENT_IDENTITY),
        "total": pages.count,
    }
    return render(request, "charting/events.html", context)


@requires(Action.EVENT_WRITE)
@require_http_methods(["GET", "POST"])
def add(request: StaffRequest, ref: str) -> HttpResponse:
    """Record an event of a session; the rules say whether it is expected."""
    now = timezone.now()
    session = access.session_for(request.user, ref, now)
    start = {"kind": request.GET.get("kind", "")}
    form = EventForm(request.POST or None, initial=start, **_choices(session))
    if form.is_bound and form.is_valid():

        def write() -> str:
            made = after.record_event(
                session=session, entry=form.entry(), by=request.user, now=now
            )
            messages.success(request, _("The event is kept."))
            return reverse("charting:event", args=[made.reference])

        try:
            return once.answer(request=request, form=form, now=now, write=write)
        except SheetRefusedError as refused:
            form.add_error(refused.field or None, refused.sentence)
    return _event_page(request, session, form)


@requires(Action.EVENT_READ)
@require_http_methods(["GET", "POST"])
def event(request: StaffRequest, ref: str) -> HttpResponse:
    """One event: what is known of it, and what came of it."""
    now = timezone.now()
    found = access.event_for(request.user, ref, now)
    start = {
        name: getattr(found, name)
        for name in EventForm.base_fields
        if hasattr(found, name)
    }
    writes = may(request.user, Action.EVENT_WRITE)
    data = request.POST if request.method == "POST" and writes else None
    form = EventForm(data, initial=start, **_choices(found.session))
    if form.is_bound and form.is_valid():

        def write() -> str:
            after.change_event(
                event=found,
                version=form.cleaned_data["version"] or 0,
                entry=form.entry(),
                by=request.user,
                now=now,
            )
            messages.success(request, _("Saved."))
            return reverse("charting:event", args=[found.reference])

        try:
            return once.answer(request=request, form=form, now=now, write=write)
        except SheetRefusedError as refused:
            form.add_error(refused.field or None, refused.sentence)
        except SheetChangedError:
            form.add_error(None, _("Somebody else changed this event. Open it again."))
            return _event_page(request, found.session, form, event=found, status=409)
    return _event_page(request, found.session, form, event=found)


def _choices(session: Any) -> dict[str, Any]:
    """The book, and the zones of the session to choose from."""
    book = effective_book().book
    codes = list(session.zones.order_by("id").values_list("zone", flat=True))
    zones = [(code, book.areas[code].name) for code in codes if code in book.areas]
    return {"book": book, "zones": zones}


def _event_page(
    request: StaffRequest,
    session: Any,
    form: EventForm,
    *,
    event: Any = None,
    status: int = 0,
) -> HttpResponse:
    book = effective_book().book
    kind = event.kind if event else form["kind"].value() or ""
    reaction = None
    if event is not None:
        reaction = lists.reaction_to(event, today=timezone.localdate())
    context = {
        "form": form,
        "event": event,
        "session": session,
        "patient": event.patient if event else session.patient,
        "tab": "sessions",
        "kind": book.events.get(kind),
        "reaction": reaction,
        "grades": book.grades.values(),
        "zone_words": zone_names(book, event.zones) if event else "",
        "may_write": may(request.user, Action.EVENT_WRITE),
    }
    template = "charting/event.html" if event else "charting/event_new.html"
    return render(
        request, template, context, status=status or (422 if form.is_bound else 200)
    )
