"""Pages of one visit: what it is, who changed it, cancelling; and a new one."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.places.http import StaffRequest
from clinic.staff.policy import Action, may, requires
from clinic.web import once
from sessions.booking import (
    access,
    actions,
    past,
    picking,
    queries,
    reading,
    single,
    standing,
    stepping,
    today,
    undoing,
    words,
)
from sessions.booking.actions import VisitChangedError, VisitEntry
from sessions.booking.checks import RefusedError
from sessions.booking.opening import is_clinical, opened
from sessions.booking.single import Single
from sessions.booking.statuses import MOVABLE, Status
from sessions.booking.stepping import TreatedError, WayClosedError
from sessions.booking.taking import SessionTakenError, TimeTakenError
from sessions.booking.visit_forms import CancelForm, SlotForm, StepForm


@requires(Action.VISIT_READ)
@require_GET
def visit_page(request: StaffRequest, ref: str) -> HttpResponse:
    """One visit: when, with whom, how it stands, and what was done to it."""
    return _visit_page(request, ref)


def _visit_page(
    request: StaffRequest, ref: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    visit = access.visit_for(request.user, ref)
    patient = opened(request.user, visit.patient.reference, timezone.now())
    now_status = Status(visit.status)
    closed = standing.why_closed([visit]).get(visit.pk, "")
    treated = today.was_treated(visit)
    shown = {
        "visit": visit,
        "patient": patient,
        "ways": today.ways_of(visit, is_closed=bool(closed), was_treated=treated),
        "closed": closed,
        "may_cancel": today.may_cancel(visit, was_treated=treated),
        "is_movable": now_status in MOVABLE,
        "may_write": may(request.user, Action.VISIT_WRITE),
        "may_treat": may(request.user, Action.SESSION_WRITE),
        "starts": reading.may_open(visit, today=timezone.localdate()),
        "planned_past": past.shown(visit),
        "clinical": is_clinical(request.user),
        "changes": words.changes(queries.changes_of(visit)),
        "form": CancelForm(initial={"version": visit.version}),
        "undo": undoing.undoable(request.session, visit, now=timezone.now()),
        **context,
    }
    return render(request, "booking/visit.html", shown, status=status)


def refused_page(request: StaffRequest, ref: str, error: RefusedError) -> HttpResponse:
    """The visit with what a rule says against a step, and what it only asks."""
    lines = words.lines_of(error.judged, clinical=is_clinical(request.user))
    refusals = [line.text for line in lines if line.refuses]
    asks = [line for line in lines if not line.refuses]
    found = {
        "said": " ".join(refusals),
        "asks": asks,
        "may_pass": _may_pass(request, error),
        "typed": request.POST.get("past_reason", ""),
    }
    return _visit_page(request, ref, status=422, **found)


def _may_pass(request: StaffRequest, error: RefusedError) -> bool:
    """Whether a written reason of this person would let pass what refuses."""
    return past.may(request.user) and past.is_all_that_refuses(error.judged)


@requires(Action.VISIT_WRITE)
@require_POST
def cancel(request: StaffRequest, ref: str) -> HttpResponse:
    """Cancel a visit, with a reason; its time is free at once."""
    visit = access.visit_for(request.user, ref)
    form, now = StepForm(request.POST), timezone.now()
    if not form.is_valid():
        return _visit_page(request, ref, status=422, said=form.refusal)

    def write() -> str:
        stepping.set_status(
            visit=visit,
            version=form.cleaned_data["version"],
            status=Status.CANCELLED,
            by=request.user,
            now=now,
            reason=form.cleaned_data["reason"].strip(),
        )
        messages.success(request, _("The visit is cancelled. Its time is free."))
        return reverse("booking:visit", args=[visit.reference])

    try:
        return once.answer(request=request, form=form, now=now, write=write)
    except TreatedError:
        said = _("What was done at this visit is on record: it is not cancelled.")
        return _visit_page(request, ref, status=409, said=said)
    except (VisitChangedError, WayClosedError):
        said = _("Somebody changed this visit meanwhile. Here is how it stands now.")
        return _visit_page(request, ref, status=409, said=said)


@requires(Action.VISIT_WRITE)
@require_http_methods(["GET", "POST"])
def new_visit(request: StaffRequest) -> HttpResponse:
    """Book one visit: whom, what, and one of the first free times."""
    given = request.POST if request.method == "POST" else request.GET
    ref = given.get("patient", "")
    if not ref:
        onward = reverse("booking:new-visit")
        heading = _("New visit")
        return picking.page(request, onward=onward, context={"heading": heading})
    patient = opened(request.user, ref, timezone.now())
    if request.site is None:
        raise Http404
    found = single.read(
        given, patient=patient, site=request.site, user=request.user, now=timezone.now()
    )
    if request.method == "POST":
        return _book(request, found)
    return _new_page(request, found)


def _book(request: StaffRequest, found: Single) -> HttpResponse:
    sent, now = SlotForm(request.POST), timezone.now()
    entry = single.entry_of(
        found,
        request.POST.get("slot", ""),
        confirmed=frozenset(request.POST.getlist("confirm")),
    )
    if not sent.is_valid() or entry is None:
        return _new_page(request, found, said=[_("Choose a time.")], status=422)
    if request.POST.get("session", "") not in {"", found.session_mark}:
        said = [_("Another session of the plan is next by now. Choose a time for it.")]
        return _new_page(request, found, said=said, status=409)

    def write() -> str:
        reason = sent.cleaned_data["past_reason"]
        [visit] = actions.book(
            entries=[entry], by=request.user, now=now, past_reason=reason
        )
        messages.success(request, _("The visit is booked."))
        return reverse("booking:visit", args=[visit.reference])

    try:
        return once.answer(request=request, form=sent, now=now, write=write)
    except TimeTakenError as error:
        said = words.taken_words(error) or [_("The time is no longer free.")]
        fresh = _as_now(request, found, error, near=entry)
        return _new_page(request, fresh, said=said, status=409)
    except RefusedError as error:
        lines = words.lines_of(error.judged, clinical=is_clinical(request.user))
        asks = [line for line in lines if not line.refuses]
        said = [line.text for line in lines if line.refuses]
        return _new_page(request, found, said=said, asks=asks, status=422)


def _as_now(
    request: StaffRequest, found: Single, error: TimeTakenError, *, near: VisitEntry
) -> Single:
    """The times that are free now; when the session itself is gone, of the next one."""
    if not isinstance(error, SessionTakenError):
        return single.read_again(found, near=near, now=timezone.now())
    return single.read(
        request.POST,
        patient=found.patient,
        site=found.house.site,
        user=request.user,
        now=timezone.now(),
    )


def _new_page(
    request: StaffRequest,
    found: Single,
    *,
    said: Sequence[str] = (),
    asks: Sequence[words.Line] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "patient": found.patient,
        "found": found,
        "form": found.form,
        "sent": SlotForm(),
        "said": list(dict.fromkeys(said)),
        "asks": asks,
        "chosen": request.POST.get("slot", ""),
        "may_pass": found.anyhow,
        "typed": request.POST.get("past_reason", ""),
    }
    return render(request, "booking/new_visit.html", context, status=status)
