"""Pages of a screening: start it, answer it, see what was found, sign off."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.places.http import StaffRequest
from clinic.rulebook.queries import effective_book
from clinic.rules.facts import Purpose
from clinic.staff.policy import Action, may, requires
from clinic.staff.timeouts import at_the_chair
from clinic.web import once
from patients.history import access, asking
from patients.history.actions import overrides as override_actions
from patients.history.actions import screenings as actions
from patients.history.actions.screenings import StartEntry
from patients.history.errors import HistoryRefusedError
from patients.history.forms.screenings import (
    NUMBING,
    OverrideForm,
    StartForm,
    numbing_text,
    numbing_value,
)
from patients.history.queries import bases, gates, health, screenings, shown
from patients.records import access as records


@requires(Action.SCREENING)
@require_http_methods(["GET", "POST"])
def start(request: StaffRequest) -> HttpResponse:
    """What the screening is for; then its questions."""
    now = timezone.now()
    ref = request.POST.get("patient") or request.GET.get("patient", "")
    if not ref:
        messages.info(request, _("Choose a patient first."))
        return redirect("records:list")
    patient = records.chart_for(request.user, ref, now)
    book = effective_book().book
    form = StartForm(request.POST or None, book=book, initial=_start(request, patient))
    context = {
        "patient": patient,
        "tab": "health",
        "form": form,
        "next": onward(request),
    }
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        template = "patients/history/screening_start.html"
        return render(request, template, context, status=status)

    def write() -> str:
        entry = StartEntry(
            purpose=form.purpose_said,
            for_date=timezone.localdate(),
            zones=tuple(form.cleaned_data["zones"]),
            anaesthetic=numbing_value(form.cleaned_data["numbing"]),
        )
        made = actions.start(patient=patient, entry=entry, by=request.user, now=now)
        return with_next(request, "history:screening-ask", made.reference)

    try:
        return once.answer(request=request, form=form, now=now, write=write)
    except HistoryRefusedError as refused:
        messages.error(request, refused.sentence)
        return redirect("history:health", patient.reference)


def _start(request: StaffRequest, patient: Any) -> dict[str, Any]:
    wanted = request.GET.get("purpose", "")
    zones = [zone for zone in request.GET.get("zones", "").split(",") if zone]
    return {
        "purpose": wanted if wanted in set(Purpose) else Purpose.SESSION.value,
        "zones": zones or health.zones_of_conditions(patient.conditions.all()),
    }


@requires(Action.SCREENING)
@at_the_chair
@require_http_methods(["GET", "POST"])
def ask(request: StaffRequest, ref: str) -> HttpResponse:
    """The questions. Whatever is posted is kept first, then done."""
    now, today = timezone.now(), timezone.localdate()
    screening = access.screening_for(request.user, ref, now)
    if screening.completed_at is not None:
        return redirect("history:screening", screening.reference)
    if request.method == "GET":
        return _ask_page(request, asking.sheet_of(screening, today=today))
    sheet = asking.sheet_of(screening, today=today, data=request.POST)
    do, _colon, group = request.POST.get("do", "save").partition(":")
    if do == "finish":
        return _finish(request, sheet, anyway=group == "anyway")
    typed = sheet.typed()
    if do == "none":
        typed = asking.with_no(typed, sheet.none_of(group, typed))
    elif do == "unchanged":
        typed = asking.with_no(typed, [row.key for row in sheet.unchanged])
    try:
        actions.answer(screening=screening, entries=typed, by=request.user, now=now)
    except HistoryRefusedError as refused:
        return _refused(request, sheet, refused)
    if not sheet.is_readable:
        return _ask_page(request, sheet, status=422)
    place = with_next(request, "history:screening-ask", screening.reference)
    return redirect(f"{place}#g-{group}" if group else place)


def _finish(
    request: StaffRequest, sheet: asking.Sheet, *, anyway: bool
) -> HttpResponse:
    typed = sheet.typed()
    left = sheet.owed(typed)
    if not sheet.require_details() or (left and not anyway):
        return _ask_page(request, sheet, status=422, left=left)
    try:
        done = actions.finish(
            screening=sheet.screening,
            entries=typed,
            by=request.user,
            now=timezone.now(),
        )
    except HistoryRefusedError as refused:
        return _refused(request, sheet, refused)
    # The sheet that asked for it shows the findings itself: one page less.
    return redirect(
        onward(request) or reverse("history:screening", args=[done.reference])
    )


def _refused(
    request: StaffRequest, sheet: asking.Sheet, refused: HistoryRefusedError
) -> HttpResponse:
    key, _dash, field = refused.field.partition("-")
    row = sheet.rows.get(key)
    if row is None:
        messages.error(request, refused.sentence)
        return redirect("history:health", sheet.screening.patient.reference)
    row.form.add_error(field if field in row.form.fields else None, refused.sentence)
    return _ask_page(request, sheet, status=422)


def _ask_page(
    request: StaffRequest, sheet: asking.Sheet, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {**side(sheet), "next": onward(request), **more}
    return render(
        request, "patients/history/screening_ask.html", context, status=status
    )


def side(sheet: asking.Sheet) -> dict[str, Any]:
    """What the side of the page needs: how far, and what it means so far."""
    screening, day = sheet.screening, sheet.screening.for_date
    basis = bases.basis_on(
        screening.patient, screening, effective=sheet.effective, today=day
    )
    found = gates.judge(basis, on=day, today=day)
    return {
        "sheet": sheet,
        "screening": screening,
        "patient": screening.patient,
        "numbing_chips": [
            (value, label, value == numbing_text(anaesthetic=screening.anaesthetic))
            for value, label in NUMBING
        ],
        "so_far": gates.without_unasked(sheet.effective, found),
    }


@requires(Action.SCREENING)
@at_the_chair
@require_POST
def answer(request: StaffRequest, ref: str, key: str) -> HttpResponse:
    """One answer, kept at once; gives back a line and the side of the page."""
    now, today = timezone.now(), timezone.localdate()
    screening = access.screening_for(request.user, ref, now)
    sheet = asking.sheet_of(screening, today=today, data=request.POST, only=key)
    row = sheet.rows.get(key)
    if row is None:
        raise Http404
    typed = sheet.typed()
    try:
        actions.answer(screening=screening, entries=typed, by=request.user, now=now)
    except HistoryRefusedError as refused:
        row.form.add_error(None, refused.sentence)
    whole = asking.sheet_of(screening, today=today)
    context = {**side(whole), "row": row, "at": now}
    status = 200 if row.form.is_valid() else 422
    return render(request, "patients/history/_saved.html", context, status=status)


@requires(Action.SCREENING)
@require_POST
def numbing(request: StaffRequest, ref: str) -> HttpResponse:
    """Whether an anaesthetic is planned."""
    screening = access.screening_for(request.user, ref, timezone.now())
    try:
        actions.set_numbing(
            screening=screening,
            anaesthetic=numbing_value(request.POST.get("numbing", "")),
            by=request.user,
            now=timezone.now(),
        )
    except HistoryRefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect(with_next(request, "history:screening-ask", screening.reference))


@requires(Action.SCREENING)
@require_POST
def discard(request: StaffRequest, ref: str) -> HttpResponse:
    """Throw an open screening away."""
    screening = access.screening_for(request.user, ref, timezone.now())
    patient = screening.patient
    try:
        actions.discard(screening=screening, by=request.user, now=timezone.now())
        messages.success(request, _("The screening was discarded."))
    except HistoryRefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("history:health", patient.reference)


@requires(Action.CHART_READ)
@require_GET
def screening(request: StaffRequest, ref: str) -> HttpResponse:
    """What was found and answered; an open screening leads to its questions."""
    return _result(request, ref, template="screening.html")


@requires(Action.CHART_READ)
@require_GET
def paper(request: StaffRequest, ref: str) -> HttpResponse:
    """The same for paper, with every written reason."""
    return _result(request, ref, template="screening_paper.html")


def _result(
    request: StaffRequest, ref: str, *, template: str, status: int = 200, **more: Any
) -> HttpResponse:
    shown_now = access.screening_for(request.user, ref, timezone.now())
    if shown_now.completed_at is None:
        return redirect("history:screening-ask", shown_now.reference)
    book, today = effective_book().book, timezone.localdate()
    latest = screenings.latest_screening(shown_now.patient)
    is_latest = latest is not None and latest.pk == shown_now.pk
    context = {
        "screening": shown_now,
        "patient": shown_now.patient,
        "tab": "health",
        "rows": shown.finding_rows(
            shown_now, user=request.user, book=book, is_latest=is_latest
        ),
        "answers": shown.answer_rows(
            screenings.answers_of(shown_now).values(), book=book, today=today
        ),
        "is_latest": is_latest,
        "next": onward(request),
        "may_screen": may(request.user, Action.SCREENING),
        "again_url": again_url(request, shown_now),
        **more,
    }
    return render(request, f"patients/history/{template}", context, status=status)


@requires(Action.SCREENING)
@require_POST
def override(request: StaffRequest, ref: str) -> HttpResponse:
    """A prescriber's or the medical lead's written reason against a finding."""
    now = timezone.now()
    against = access.screening_for(request.user, ref, now)
    form = OverrideForm(request.POST)
    if not form.is_valid():
        refused = form.errors.get("reason", [_("Choose a finding of the list.")])[0]
        return _refuse_override(request, ref, str(refused))

    def write() -> str:
        override_actions.override(
            screening=against, entry=form.entry(), by=request.user, now=now
        )
        messages.success(request, _("The reason was kept."))
        return with_next(request, "history:screening", against.reference)

    try:
        return once.answer(request=request, form=form, now=now, write=write)
    except HistoryRefusedError as refused_by_rule:
        return _refuse_override(request, ref, refused_by_rule.sentence)


def _refuse_override(request: StaffRequest, ref: str, sentence: str) -> HttpResponse:
    more = {"refused": sentence, "refused_code": request.POST.get("code", "")}
    return _result(request, ref, template="screening.html", status=422, **more)


def again_url(request: StaffRequest, done: Any) -> str:
    """Where the same is asked again: same purpose, zones and way on."""
    query = {
        "patient": done.patient.reference,
        "purpose": done.purpose,
        "zones": ",".join(done.zones),
        "next": onward(request),
    }
    return f"{reverse('history:screening-start')}?{urlencode(query)}"


def onward(request: StaffRequest) -> str:
    """Where the work goes on afterwards, when it is one of our own pages."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if wanted.startswith("/") and is_ours else ""


def with_next(request: StaffRequest, name: str, ref: str) -> str:
    """An address that still knows where the work goes on."""
    address, after = reverse(name, args=[ref]), onward(request)
    return f"{address}?{urlencode({'next': after})}" if after else address
