"""Pages on dated facts: adding, ending, withdrawing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.places.http import StaffRequest
from clinic.rulebook.queries import effective_book
from clinic.staff.policy import Action, requires
from clinic.web import once
from clinic.web.forms import KeyedForm
from patients.history import access
from patients.history.actions import facts as actions
from patients.history.errors import HistoryRefusedError
from patients.history.forms.facts import EndForm, FactForm, kinds_by_group
from patients.history.queries import health as reading
from patients.records import access as records


@requires(Action.CHART_WRITE)
@require_http_methods(["GET", "POST"])
def add(request: StaffRequest, ref: str) -> HttpResponse:
    """A new fact: first its kind, then which, when and where."""
    now = timezone.now()
    patient = records.chart_for(request.user, ref, now)
    book = effective_book().book
    kind = book.facts.get(request.GET.get("kind", ""))
    if kind is None:
        groups = kinds_by_group(book)
        context = {"patient": patient, "tab": "health", "groups": groups}
        return render(request, "patients/history/fact_kinds.html", context)
    form = FactForm(request.POST or None, kind=kind, book=book)
    context = {"patient": patient, "tab": "health", "form": form, "kind": kind}
    if not form.is_bound or not form.is_valid():
        return _page(request, "fact.html", context, form)

    def write() -> str:
        actions.add(patient=patient, entry=form.entry(), by=request.user, now=now)
        messages.success(request, _("It was added to the history."))
        return _back(patient.reference)

    return _answered(request, "fact.html", context, form, write)


@requires(Action.CHART_WRITE)
@require_http_methods(["GET", "POST"])
def end(request: StaffRequest, ref: str, key: int) -> HttpResponse:
    """Say since when something is over."""
    now, book = timezone.now(), effective_book().book
    patient, fact = access.fact_for(request.user, ref, key, now)
    kind = book.facts.get(fact.kind)
    if kind is None:
        raise Http404
    form = EndForm(request.POST or None, kind=kind)
    row = reading.fact_row(fact, book=book, today=timezone.localdate())
    context = {"patient": patient, "tab": "health", "form": form, "row": row}
    if not form.is_bound or not form.is_valid():
        return _page(request, "fact_end.html", context, form)

    def write() -> str:
        stopped_on = form.cleaned_data["stopped_on"]
        actions.end(fact=fact, stopped_on=stopped_on, by=request.user, now=now)
        messages.success(request, _("Recorded as over."))
        return _back(patient.reference)

    return _answered(request, "fact_end.html", context, form, write)


@requires(Action.CHART_WRITE)
@require_POST
def withdraw(request: StaffRequest, ref: str, key: int) -> HttpResponse:
    """Say that a fact was entered in error."""
    now = timezone.now()
    patient, fact = access.fact_for(request.user, ref, key, now)
    form = KeyedForm(request.POST)

    def write() -> str:
        actions.withdraw(fact=fact, by=request.user, now=now)
        messages.success(request, _("Withdrawn. It stays listed as an error."))
        return _back(patient.reference)

    form.is_valid()
    return once.answer(request=request, form=form, now=now, write=write)


def _back(ref: str) -> str:
    return reverse("history:health", args=[ref])


def _answered(
    request: StaffRequest,
    template: str,
    context: dict[str, Any],
    form: KeyedForm,
    write: Any,
) -> HttpResponse:
    try:
        return once.answer(request=request, form=form, now=timezone.now(), write=write)
    except HistoryRefusedError as refused:
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, refused.sentence)
        return _page(request, template, context, form)


def _page(
    request: StaffRequest, template: str, context: dict[str, Any], form: KeyedForm
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, f"patients/history/{template}", context, status=status)
