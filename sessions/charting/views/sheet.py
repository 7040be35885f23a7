"""The sheet at the chair: safety, treat, outcome, sign, and the taps on it.

Every form works without script: it posts, and the page comes back. With script each
tap is a small request that answers with the live part of the page.
"""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.places.http import StaffRequest, wants_fragment
from clinic.rules.findings import Scope
from clinic.rules.gates import Step
from clinic.staff.models import User
from clinic.staff.policy import Action, requires
from clinic.staff.timeouts import at_the_chair
from patients.consent import queries as consents
from patients.history.authority import authorities_of
from patients.history.queries import draft_of
from sessions.charting import access, forms
from sessions.charting.actions import safety as safety_actions
from sessions.charting.actions import signing, starting, taking_over, taps
from sessions.charting.errors import (
    SheetChangedError,
    SheetRefusedError,
)
from sessions.charting.queries.advice import healing_of, windows_of
from sessions.charting.queries.parts import SheetParts
from sessions.charting.queries.printing import condition_name, sessions_of_plan
from sessions.charting.queries.products import NEW, product_form
from sessions.charting.queries.record import Line, lines_of
from sessions.charting.queries.safety import safety_of
from sessions.charting.queries.sheet import Sheet, sheet_of
from sessions.charting.views.refusing import refusal
from sessions.charting.words import (
    DEEPER_REASONS,
    ENDPOINTS,
    REACTIONS,
    TOLERANCE_CHIPS,
)

VERSION_HEADER = "X-Sheet-Version"
PAGES = {"safety", "treat", "outcome", "sign"}


@requires(Action.SESSION_WRITE)
@at_the_chair
@require_POST
def start(request: StaffRequest, ref: str) -> HttpResponse:
    """Open the sheet of a visit, or go on with it."""
    now = timezone.now()
    visit = access.visit_for(request.user, ref, now)
    try:
        session = starting.start(visit=visit, by=request.user, now=now)
    except SheetRefusedError as refused:
        context = {"patient": visit.patient, "refused": refused}
        return render(request, "charting/not_started.html", context, status=422)
    page = "treat" if session.skin_clear_at else "safety"
    return redirect(f"charting:{page}", session.reference)


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
        **_frame(sheet, "safety", user=request.user),
        "found": found,
        "turn": found.turn(mine),
        "stopped_by": next((w.who for w in found.stops if not w.may_pass & mine), ""),
        "consents": consents.all_standing(session.patient, today=day).values(),
        "lines": _lines(sheet),
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
            session=session, version=_version(request), by=request.user, now=now
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
    version = _version(request)
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


@requires(Action.SESSION_WRITE)
@at_the_chair
@require_GET
def treat(request: StaffRequest, ref: str) -> HttpResponse:
    """Depth, passes and endpoint by zone, and the kit."""
    return _page(request, ref, "treat")


@requires(Action.SESSION_WRITE)
@at_the_chair
@require_GET
def outcome(request: StaffRequest, ref: str) -> HttpResponse:
    """Reaction, checklist, pain, aftercare with its dates."""
    return _page(request, ref, "outcome")


@requires(Action.SESSION_WRITE)
@at_the_chair
@require_http_methods(["GET", "POST"])
def sign(request: StaffRequest, ref: str) -> HttpResponse:
    """The record as it will be; signing locks it."""
    if request.method == "GET":
        return _page(request, ref, "sign")
    now = timezone.now()
    session = access.session_for(request.user, ref, now)
    refused = refusal(
        session.reference,
        lambda: signing.sign(
            session=session, version=_version(request), by=request.user, now=now
        ),
        shown=partial(_page, request, ref, "sign"),
    )
    if refused:
        return refused
    messages.success(request, _("Signed. The record is locked."))
    return redirect("charting:record", session.reference)


@requires(Action.SESSION_WRITE)
@at_the_chair
@require_POST
def tap(request: StaffRequest, ref: str) -> HttpResponse:
    """One change of the sheet, saved at once."""
    now = timezone.now()
    session = access.session_to_tap(request.user, ref, now)
    page = request.POST.get("page", "treat")
    page = page if page in PAGES else "treat"
    try:
        change = forms.read_tap(
            request.POST, day=session.performed_on, zone=session.site.zone
        )
        done = taps.record(session=session, tap=change, by=request.user, now=now)
    except SheetRefusedError as refused:
        is_lot = refused.field == "lot" and request.POST.get("tap") == "lot"
        beside = page == "treat" and is_lot
        return _page(request, ref, page, status=422, refused=refused, is_beside=beside)
    except SheetChangedError as changed:
        return _page(request, ref, page, status=409, changed=changed)
    if wants_fragment(request) and done.parts is not None:
        return _answer(request, done.parts, page, now=now, says=done.says)
    if wants_fragment(request):
        return _page(request, ref, page, says=done.says)
    return _back(session.reference, page, request.POST.get("selected", ""))


def _back(reference: str, page: str, selected: str) -> HttpResponseRedirect:
    place = reverse(f"charting:{page}", args=[reference])
    query = f"?{urlencode({'zones': selected})}" if selected else ""
    return HttpResponseRedirect(f"{place}{query}")


def _page(
    request: StaffRequest, ref: str, page: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """A page of the sheet, or only its live part."""
    now = timezone.now()
    session = access.session_for(request.user, ref, now)
    if session.is_signed:
        return redirect("charting:record", session.reference)
    return _answer(request, SheetParts(session), page, now=now, status=status, **more)


def _answer(
    request: StaffRequest,
    parts: SheetParts,
    page: str,
    *,
    now: datetime,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page or its live part, from what was read already."""
    asked = request.POST.get("selected") or request.GET.get("zones", "")
    wanted = asked.replace(",", " ").split()
    sheet = sheet_of(parts, chosen=wanted, now=now, with_stock=page == "treat")
    context = {
        **_frame(sheet, page, user=request.user),
        **_extra(sheet, page),
        **_forms(request, sheet, page),
        **_asked(request),
        **_product(
            request, sheet, parts, is_kept=not {"refused", "changed"} & set(more)
        ),
        "live": f"charting/_live_{page}.html",
        **more,
    }
    fragment = wants_fragment(request)
    template = "charting/_fragment.html" if fragment else f"charting/{page}.html"
    answer = render(request, template, context, status=status)
    answer[VERSION_HEADER] = str(parts.session.version)
    return answer


def _forms(request: StaffRequest, sheet: Sheet, page: str) -> dict[str, str]:
    """What the forms of all taps share, drawn once: a page has some twenty."""
    carried = {
        "sheet": sheet,
        "session": sheet.session,
        "page": page,
        "csrf_token": get_token(request),
    }
    return {
        "tap_url": reverse("charting:tap", args=[sheet.session.reference]),
        "tap_fields": render_to_string("charting/_tap.html", carried),
    }


def _product(
    request: StaffRequest, sheet: Sheet, parts: SheetParts, *, is_kept: bool
) -> dict[str, Any]:
    """The open form of a product: asked for, or refused with what was typed."""
    which, typed = request.GET.get("product", ""), None
    if not is_kept and request.POST.get("tap") == "topical":
        which, typed = request.POST.get("topical_id") or NEW, request.POST.dict()
    form = product_form(parts, which=which, typed=typed) if which else None
    if form is None:
        return {}
    return {
        "product": form,
        "product_lots": form.lots(sheet.products),
        "product_keys": form.keys(sheet.limits.effective.book),
    }


def _asked(request: StaffRequest) -> dict[str, str]:
    """What a refused depth said, so that a reason can be given for it."""
    return {
        "asked_mm": request.POST.get("mm", ""),
        "asked_zones": request.POST.get("zones", ""),
        "asked_reason": request.POST.get("reason", ""),
        "asked_override": request.POST.get("override_reason", ""),
        "asked_serial": request.POST.get("serial", ""),
    }


def _frame(sheet: Sheet, page: str, *, user: User) -> dict[str, Any]:
    """What all four pages show: who, the steps, what was saved."""
    order = ["safety", "treat", "outcome", "sign"]
    return {
        "sheet": sheet,
        "session": sheet.session,
        "patient": sheet.session.patient,
        "is_mine": sheet.session.practitioner_id == user.pk,
        "may_reason": bool(authorities_of(user)),
        "page": page,
        "step": order.index(page) + 1,
        "safe": sheet.session.skin_clear_at,
        "treat_missing": sheet.missing_at("treat"),
        "outcome_missing": sheet.missing_at("outcome"),
        "planned": sheet.session.plan and sheet.session.planned_session,
        "condition": condition_name(sheet.session, book=sheet.limits.effective.book),
        "total": partial(sessions_of_plan, sheet.session),
    }


def _lines(sheet: Sheet) -> list[Line]:
    rows = [zone.row for zone in sheet.zones if zone.row]
    return lines_of(rows, book=sheet.limits.effective.book)


def _extra(sheet: Sheet, page: str) -> dict[str, Any]:
    if page == "treat":
        return {
            "reasons": DEEPER_REASONS,
            "endpoints": ENDPOINTS,
            "tolerance_chips": TOLERANCE_CHIPS,
        }
    keys = [topical.row.topical_key for topical in sheet.topicals]
    book = sheet.limits.effective.book
    if page == "outcome":
        return {
            "tolerance_chips": TOLERANCE_CHIPS,
            "reactions": REACTIONS,
            "pains": range(11),
            "windows": windows_of(sheet.session, keys, book=book, now=sheet.now),
            "healing": healing_of(
                sheet.session, book=book, today=sheet.session.performed_on
            ),
        }
    return {
        "lines": _lines(sheet),
        "windows": windows_of(sheet.session, keys, book=book, now=sheet.now),
    }


def _version(request: StaffRequest) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdigit() else 0
