"""Pages of patients: list, search, find, add, change, history, break-glass."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.audit import actions as audit
from clinic.audit import queries as audit_log
from clinic.audit import words
from clinic.places import regions
from clinic.places.http import StaffRequest, wants_fragment
from clinic.staff.policy import Action, may, requires
from clinic.web import conflicts, once
from clinic.web import find as find_box
from clinic.web.forms import new_key
from patients.records import access, actions, filters, finding, queries, tabs
from patients.records.endings import StillStandsError
from patients.records.forms import BreakGlassForm, PatientForm

PAGE_SIZE = 50
SEARCH_LIMIT = 50
FIND_LIMIT = 6
LOG_LIMIT = 200
MOST_LETTERS = 200


@requires(Action.PATIENT_LIST)
@require_GET
def patient_list(request: StaffRequest) -> HttpResponse:
    """Everybody, filtered; an owner who does not treat sees references only."""
    now = timezone.now()
    shown = filters.named(request.GET.get("show", ""))
    rights = _list_rights(request)
    keys = queries.listed(kind=shown, now=now, by_name=rights["sees_names"])
    pages = Paginator(keys, PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    patients = queries.in_order(list(page))
    audit.record(
        by=request.user,
        now=now,
        action="patients.listed",
        filter=shown.key,
        shown=[patient.reference for patient in patients],
    )
    context = {
        **rights,
        "page": page,
        "patients": patients,
        "ways": _ways(shown),
        "shown": shown,
        "is_empty": shown is filters.ALL and pages.count == 0,
    }
    return render(request, "patients/records/list.html", context)


@requires(Action.PATIENT_LIST)
@require_POST
def search(request: StaffRequest) -> HttpResponse:
    """People whom the typed text fits. Posted: a name never stands in an address."""
    text = request.POST.get("text", "").strip()[:MOST_LETTERS]
    found = finding.find(
        user=request.user, text=text, now=timezone.now(), limit=SEARCH_LIMIT
    )
    template = "_results.html" if wants_fragment(request) else "search.html"
    context = {**_list_rights(request), "text": text, "found": found}
    return render(request, f"patients/records/{template}", context)


@requires(Action.HOME)
@require_POST
def find(request: StaffRequest) -> HttpResponse:
    """The find box of every page: patients, and what the other slices know."""
    text = request.POST.get("text", "").strip()[:MOST_LETTERS]
    groups = find_box.find(
        user=request.user, text=text, now=timezone.now(), limit=FIND_LIMIT
    )
    template = "_find.html" if wants_fragment(request) else "find.html"
    return render(
        request, f"patients/records/{template}", {"text": text, "groups": groups}
    )


@requires(Action.PATIENT_WRITE)
@require_http_methods(["GET", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """A new patient; whoever looks alike is shown before a second record is made."""
    form = PatientForm(request.POST or None, **_settings(request))
    if not form.is_bound:
        return _edit_page(request, form)
    if not form.is_valid():
        return _edit_page(request, form, status=422)
    now = timezone.now()

    def write() -> str:
        patient = actions.add_patient(
            entry=form.entry(),
            clinical=form.clinical_entry(),
            by=request.user,
            now=now,
            anyway="anyway" in request.POST,
        )
        messages.success(request, _("%(name)s was added.") % {"name": patient.name})
        return tabs.home_of(patient)

    try:
        return once.answer(request=request, form=form, now=now, write=write)
    except actions.LooksAlikeError as error:
        return _edit_page(request, form, status=422, look_alikes=error.look_alikes)


@requires(Action.PATIENT_WRITE)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, ref: str) -> HttpResponse:
    """Change a patient; who comes second sees both texts."""
    now = timezone.now()
    open_patient = access.chart_for if _is_clinical(request) else access.patient_for
    patient = open_patient(request.user, ref, now)
    form = PatientForm(request.POST or None, patient=patient, **_settings(request))
    if not form.is_bound:
        return _edit_page(request, form)
    if not form.is_valid():
        return _edit_page(request, form, status=422)

    def write() -> str:
        actions.change_patient(
            patient=patient,
            version=form.cleaned_data["version"] or 0,
            entry=form.entry(),
            clinical=form.clinical_entry(),
            by=request.user,
            now=now,
            ends=frozenset(request.POST.getlist("ends")),
        )
        messages.success(request, _("Saved."))
        return tabs.home_of(patient)

    try:
        return once.answer(request=request, form=form, now=now, write=write)
    except actions.ChangedMeanwhileError:
        form.patient = open_patient(request.user, ref, now)
        return _conflict_page(request, form)
    except StillStandsError as error:
        return _edit_page(request, form, status=422, endings=error.endings)


@requires(Action.CHART_LOG)
@require_GET
def log(request: StaffRequest, ref: str) -> HttpResponse:
    """Who read and changed this patient's record."""
    patient = access.chart_for(request.user, ref, timezone.now())
    events = audit_log.events_of_patient(patient.pk, limit=LOG_LIMIT + 1)
    context = {
        "patient": patient,
        "tab": "log",
        "lines": words.folded(words.line(event) for event in events[:LOG_LIMIT]),
        "limit": LOG_LIMIT,
        "has_more": len(events) > LOG_LIMIT,
    }
    return render(request, "patients/records/log.html", context)


@requires(Action.BREAK_GLASS)
@require_http_methods(["GET", "POST"])
def break_glass(request: StaffRequest, ref: str) -> HttpResponse:
    """An owner says why, and one patient is open to her for an hour."""
    patient, now = access.glass_for(request.user, ref), timezone.now()
    onward = _onward(request, otherwise=tabs.home_of(patient))
    form = BreakGlassForm(request.POST or None)
    if form.is_bound and form.is_valid():

        def write() -> str:
            actions.break_glass(
                patient=patient,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=now,
            )
            return onward

        return once.answer(request=request, form=form, now=now, write=write)
    return render(
        request,
        "patients/records/break_glass.html",
        {"form": form, "reference": patient.reference, "onward": onward},
        status=422 if form.is_bound else 200,
    )


def _list_rights(request: StaffRequest) -> dict[str, Any]:
    """What the person may see and do on the list and the results."""
    may_import = may(request.user, Action.PATIENT_IMPORT)
    return {
        "sees_names": may(request.user, Action.PATIENT_IDENTITY),
        "may_add": may(request.user, Action.PATIENT_WRITE),
        "import_url": tabs.url_of("importing:start") if may_import else "",
    }


def _ways(shown: filters.Filter) -> list[dict[str, Any]]:
    """The filters as links, the one shown marked."""
    address = reverse("records:list")
    return [
        {
            "label": kind.label,
            "url": address if kind is filters.ALL else f"{address}?show={kind.key}",
            "is_current": kind is shown,
        }
        for kind in filters.offered()
    ]


def _is_clinical(request: StaffRequest) -> bool:
    return may(request.user, Action.CHART_WRITE)


def _settings(request: StaffRequest) -> dict[str, Any]:
    """What the form asks of the place and the person."""
    return {
        "today": timezone.localdate(),
        "region": regions.region_of(time_zone=timezone.get_current_timezone_name()),
        "clinical": _is_clinical(request),
    }


def _edit_page(
    request: StaffRequest, form: PatientForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    context = {"form": form, "patient": form.patient, **context}
    return render(request, "patients/records/edit.html", context, status=status)


def _conflict_page(request: StaffRequest, form: PatientForm) -> HttpResponse:
    """The form with what was typed, and what stands in the record beside it."""
    patient, clinical = form.patient, form.clinical_entry()
    typed = {**asdict(form.entry()), **(asdict(clinical) if clinical else {})}
    found = conflicts.differences(
        form=form, stored={name: getattr(patient, name) for name in typed}, typed=typed
    )
    data = request.POST.copy()
    data["version"] = str(getattr(patient, "version", ""))
    data["idempotency_key"] = new_key()
    form.data = data
    return _edit_page(request, form, status=409, differences=found)


def _onward(request: StaffRequest, *, otherwise: str) -> str:
    """The page that was asked for, when it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if wanted.startswith("/") and is_ours else otherwise
