"""The sheet at the chair: treat, outcome, sign, and the taps on it.

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
from clinic.rules.devices import Kind
from clinic.staff.policy import Action, requires
from clinic.staff.timeouts import at_the_chair
from sessions.charting import access, forms
from sessions.charting.actions import signing, starting, taps
from sessions.charting.errors import SheetChangedError, SheetRefusedError
from sessions.charting.queries.advice import healing_of, windows_of
from sessions.charting.queries.parts import SheetParts
from sessions.charting.queries.products import NEW, product_form
from sessions.charting.queries.sheet import Sheet, sheet_of
from sessions.charting.views import framing
from sessions.charting.views.refusing import refusal
from sessions.charting.words import (
    DEEPER_REASONS,
    ENDPOINTS,
    REACTIONS,
    TOLERANCE_CHIPS,
)

VERSION_HEADER = "X-Sheet-Version"
PAGES = {"safety", "treat", "outcome", "sign"}
# Taps that leave the kit of a pen as it is drawn.
KIT_STAYS = {"depth", "passes", "endpoint", "leave_out", "scar", "tolerance", "note"}


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
            session=session, version=framing.version(request), by=request.user, now=now
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
        stays = request.POST.get("kit") == "shown" and change.kind in KIT_STAYS
        return _answer(
            request, done.parts, page, now=now, kit_stays=stays, says=done.says
        )
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
    kit_stays: bool = False,
    **more: Any,
) -> HttpResponse:
    """The page or its live part, from what was read already.

    With `kit_stays` the tablet keeps the kit it shows; that of a roller follows the
    zones and is always drawn.
    """
    asked = request.POST.get("selected") or request.GET.get("zones", "")
    wanted = asked.replace(",", " ").split()
    kit_stays = kit_stays and parts.session.device_kind != Kind.ROLLER
    with_stock = page == "treat" and not kit_stays
    sheet = sheet_of(parts, chosen=wanted, now=now, with_stock=with_stock)
    context = {
        **framing.frame(sheet, page, user=request.user),
        **_extra(sheet, page),
        **_forms(request, sheet, page),
        **_asked(request),
        **_product(
            request, sheet, parts, is_kept=not {"refused", "changed"} & set(more)
        ),
        "live": f"charting/_live_{page}.html",
        "kit_stays": kit_stays,
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
        "lines": framing.lines(sheet),
        "windows": windows_of(sheet.session, keys, book=book, now=sheet.now),
    }
