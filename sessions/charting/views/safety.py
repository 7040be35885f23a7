"""Safety at the chair: what stands for and against treating, and who decides."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.places.http import StaffRequest
from clinic.rules.findings import Scope
from clinic.rules.gates import Step
from clinic.staff.policy import Action, requires
from clinic.staff.timeouts import at_the_chair
from patients.consent import queries as consents
from patients.history.authority import authorities_of
from patients.history.queries import draft_of
from sessions.charting import access
from sessions.charting.actions import safety as safety_actions
from sessions.charting.actions import taking_over
from sessions.charting.errors import SheetRefusedError
from sessions.charting.queries.parts import SheetParts
from sessions.charting.queries.safety import safety_of
from sessions.charting.queries.sheet import sheet_of
from sessions.charting.views import framing
from sessions.charting.views.refusing import refusal


@requires(Action.SESSION_WRITE)
@at_the_chair
@require_GET
def safety(request: StaffRequest, ref: str) -> HttpResponse:
    """What stands for and against treating, and the decision."""
    return _safety_page(request, ref)


def _safety_page(
    request: StaffRequest, ref: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    now = timezone.now()
    session = access.session_for(request.user, ref, now)
    if session.is_signed:
        return redirect("charting:record", session.reference)
    parts = SheetParts(session)
    found = safety_of(session, step=Step.START, is_numbed=parts.has_anaesthetic)
    sheet = sheet_of(parts, now=now)
    here = reverse("charting:safety", args=[session.reference])
    codes = ",".join(zone.code for zone in sheet.treated)
    ask = {"patient": session.patient.reference, "purpose": "session", "zones": codes}
    day = session.performed_on
    mine = authorities_of(request.user)
    context = {
        **framing.frame(sheet, "safety", user=request.user),
        "found": found,
        "turn": found.turn(mine),
        "stopped_by": next((w.who for w in found.stops if not w.may_pass & mine), ""),
        "consents": consents.all_standing(session.patient, today=day).values(),
        "lines": framing.lines(sheet),
        "may_pass": {
            w.key: bool(w.may_pass & mine)
            for w in (*found.waiting, *found.before_numbing)
            if not w.screen_again
        },
        "draft": draft_of(session.patient, purpose="session", for_date=day),
        "ask_url": f"{reverse('history:screening-start')}?"
        + urlencode({**ask, "next": here}),
        "next": here,
        **more,
    }
    return render(request, "charting/safety.html", context, status=status)


@requires(Action.SESSION_WRITE)
@at_the_chair
@require_POST
def clear(request: StaffRequest, ref: str) -> HttpResponse:
    """Skin clear, treat."""
    now = timezone.now()
    session = access.session_for(request.user, ref, now)
    refused = refusal(
        session.reference,
        lambda: safety_actions.clear_skin(
            session=session, version=framing.version(request), by=request.user, now=now
        ),
        shown=partial(_safety_page, request, ref),
    )
    return refused or redirect("charting:treat", session.reference)


@requires(Action.SESSION_WRITE)
@at_the_chair
@require_POST
def override(request: StaffRequest, ref: str) -> HttpResponse:
    """A written reason against one finding."""
    now = timezone.now()
    session = access.session_for(request.user, ref, now)
    numbing = request.POST.get("scope") == Scope.ANAESTHETIC
    scope = Scope.ANAESTHETIC if numbing else Scope.NEEDLING
    try:
        safety_actions.override(
            session=session,
            code=request.POST.get("code", ""),
            scope=scope,
            reason=request.POST.get("reason", ""),
            by=request.user,
            now=now,
        )
    except SheetRefusedError as refused:
        said = {
            "typed": request.POST.get("reason", ""),
            "typed_for": f"{request.POST.get('code', '')}-{scope.value}",
            "is_beside": refused.field == "reason",
        }
        return _safety_page(request, ref, status=422, refused=refused, **said)
    messages.success(request, _("The reason is kept and printed in the record."))
    return redirect("charting:safety", session.reference)


@requires(Action.SESSION_WRITE)
@at_the_chair
@require_POST
def take_over(request: StaffRequest, ref: str) -> HttpResponse:
    """From here on this person treats and records."""
    now = timezone.now()
    session = access.session_for(request.user, ref, now)
    note = request.POST.get("note", "")
    version = framing.version(request)
    refused = refusal(
        session.reference,
        lambda: taking_over.take_over(
            session=session, version=version, note=note, by=request.user, now=now
        ),
        shown=partial(_safety_page, request, ref, note=note),
    )
    if refused:
        return refused
    messages.success(request, _("You treat and record here from now on."))
    page = "treat" if session.skin_clear_at else "safety"
    return redirect(f"charting:{page}", session.reference)
