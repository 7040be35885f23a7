"""Pages on what is treated: adding, changing, resolving."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.places.http import StaffRequest
from clinic.rulebook.queries import effective_book
from clinic.staff.policy import Action, requires
from clinic.web import conflicts, once
from clinic.web.forms import new_key
from patients.history import access
from patients.history.actions import conditions as actions
from patients.history.errors import ChangedMeanwhileError, HistoryRefusedError
from patients.history.forms.conditions import ConditionForm
from patients.history.forms.status import StatusForm
from patients.records import access as records


@requires(Action.CHART_WRITE)
@require_http_methods(["GET", "POST"])
def add(request: StaffRequest, ref: str) -> HttpResponse:
    """Another condition of the patient."""
    now = timezone.now()
    patient = records.chart_for(request.user, ref, now)
    form = ConditionForm(request.POST or None, book=effective_book().book)
    if not form.is_bound:
        return _page(request, patient, form)
    if not form.is_valid():
        return _page(request, patient, form, status=422)

    def write() -> str:
        actions.add(patient=patient, entry=form.entry(), by=request.user, now=now)
        messages.success(request, _("The condition was added."))
        return _back(patient.reference)

    return _answered(request, patient, form, write)


@requires(Action.CHART_WRITE)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, ref: str, key: int) -> HttpResponse:
    """Change a condition; who comes second sees both texts."""
    now = timezone.now()
    patient, condition = access.condition_for(request.user, ref, key, now)
    form = ConditionForm(
        request.POST or None, book=effective_book().book, condition=condition
    )
    if not form.is_bound:
        return _page(request, patient, form)
    if not form.is_valid():
        return _page(request, patient, form, status=422)

    def write() -> str:
        actions.change(
            condition=condition,
            entry=form.entry(),
            seen_version=form.seen_version,
            by=request.user,
            now=now,
        )
        messages.success(request, _("Saved."))
        return _back(patient.reference)

    return _answered(request, patient, form, write)


@requires(Action.CHART_WRITE)
@require_POST
def status(request: StaffRequest, ref: str, key: int) -> HttpResponse:
    """Say that a condition is active, in treatment or resolved."""
    now = timezone.now()
    patient, condition = access.condition_for(request.user, ref, key, now)
    form = StatusForm(request.POST)
    back = _back(patient.reference)
    if not form.is_valid():
        messages.error(request, _("Choose a status."))
        return redirect(back)

    def write() -> str:
        try:
            actions.set_status(
                condition=condition,
                status=form.cleaned_data["status"],
                seen_version=form.cleaned_data["version"],
                by=request.user,
                now=now,
            )
        except ChangedMeanwhileError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Saved."))
        return back

    return once.answer(request=request, form=form, now=now, write=write)


def _back(ref: str) -> str:
    return reverse("history:health", args=[ref])


def _answered(
    request: StaffRequest, patient: Any, form: ConditionForm, write: Any
) -> HttpResponse:
    """On to the health page, or the same form with what was typed."""
    try:
        return once.answer(request=request, form=form, now=timezone.now(), write=write)
    except HistoryRefusedError as refused:
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, refused.sentence)
        return _page(request, patient, form, status=422)
    except ChangedMeanwhileError as lost:
        return _conflict(request, patient, form, lost.current)


def _conflict(
    request: StaffRequest, patient: Any, form: ConditionForm, current: Any
) -> HttpResponse:
    """The form with what was typed, and what stands in the record beside it."""
    entry = form.entry()
    names = [n for n in actions.FIELDS if n in form.fields and n != "zones"]
    stored = {name: getattr(current, name) for name in names}
    typed = {name: getattr(entry, name) for name in names}
    found = conflicts.differences(form=form, stored=stored, typed=typed)
    data = request.POST.copy()
    data["version"] = str(current.version)
    data["idempotency_key"] = new_key()
    form.data = data
    return _page(request, patient, form, status=409, differences=found)


def _page(
    request: StaffRequest,
    patient: Any,
    form: ConditionForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"patient": patient, "tab": "health", "form": form, **more}
    template = "patients/history/condition.html"
    return render(request, template, context, status=status)
