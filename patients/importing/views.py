"""Pages of the import: choose files, look, begin, watch, and see what is left."""

from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from clinic.audit import actions as audit
from clinic.places import regions
from clinic.places.http import StaffRequest, wants_fragment
from clinic.staff.policy import Action, Grant, grant, may, requires
from clinic.web import once
from patients.importing import access, actions, leftovers, queries, report, sources
from patients.importing.forms import StartForm, UploadForm
from patients.importing.reader import FileRefusedError

LOCK_NOT_HAD = "55P03"
REST_KINDS = frozenset({"refused", "held"})


@requires(Action.PATIENT_IMPORT)
@require_http_methods(["GET", "POST"])
def upload(request: StaffRequest) -> HttpResponse:
    """The files of another system; they are looked at before anything is added."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "GET":
        return _upload_page(request, UploadForm())
    if not form.is_valid():
        return _upload_page(request, form, status=422)
    setting = _setting(request)

    def write() -> str:
        run, _opened = actions.prepare(
            files=[sources.uploaded(file) for file in form.cleaned_data["csv_files"]],
            order=None,
            add_look_alikes=False,
            keep=True,
            setting=setting,
        )
        return reverse("importing:run", args=[run.pk])

    try:
        return once.answer(request=request, form=form, now=setting.now, write=write)
    except FileRefusedError as error:
        form.add_error("csv_files", str(error))
        return _upload_page(request, form, status=422)


@requires(Action.PATIENT_IMPORT)
@require_GET
def show(request: StaffRequest, number: int) -> HttpResponse:
    """One import: what would come in, how far it is, or what came of it."""
    run = access.run_for(request.user, number)
    if run.state == "ready":
        return _preview_page(request, run, StartForm(asks_order=not run.order_is_sure))
    context: dict[str, Any] = {"run": run, **_rights(request)}
    if run.state == "running":
        context["progress"] = queries.progress(run)
        return render(request, "patients/importing/running.html", context)
    context |= {
        "people": report.people_counts(run),
        "records": report.record_counts(run) if run.records_read else [],
        "facts": report.facts_in_words(run.fact_counts),
        "totals": queries.issue_counts(run),
        "refused": queries.issues(run, kind="refused"),
        "held": queries.issues(run, kind="held"),
        "changed": queries.issues(run, kind="changed"),
        "notes": queries.issues(run, kind="note"),
    }
    return render(request, "patients/importing/result.html", context)


@requires(Action.PATIENT_IMPORT)
@require_POST
def begin(request: StaffRequest, number: int) -> HttpResponse:
    """Start reading, as the form says."""
    run = access.run_for(request.user, number)
    form = StartForm(request.POST, asks_order=not run.order_is_sure)
    if not form.is_valid():
        return _preview_page(request, run, form, status=422)
    actions.begin(
        run_id=run.pk,
        date_order=form.cleaned_data.get("date_order") or run.date_order,
        add_look_alikes=form.cleaned_data["add_look_alikes"],
        by=request.user,
        now=timezone.now(),
    )
    return redirect("importing:run", run.pk)


@requires(Action.PATIENT_IMPORT)
@require_POST
def step(request: StaffRequest, number: int) -> HttpResponse:
    """Read the next batch. The page asks for it again until the last one is done."""
    run = access.run_for(request.user, number)
    if run.state == "ready":
        return redirect("importing:run", run.pk)
    is_last = _advance(request, run.pk)
    if not wants_fragment(request):
        return redirect("importing:run", run.pk)
    if is_last:
        return HttpResponseClientRefresh()
    run.refresh_from_db()
    context = {"run": run, "progress": queries.progress(run)}
    return render(request, "patients/importing/_progress.html", context)


def _advance(request: StaffRequest, run_id: int) -> bool:
    """One batch; while another import of the same system writes, none."""
    try:
        return actions.advance(
            run_id=run_id, rows_of=actions.kept_rows, setting=_setting(request)
        ).is_last
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == LOCK_NOT_HAD:
            return False
        raise


@requires(Action.PATIENT_IMPORT)
@require_POST
def cancel(request: StaffRequest, number: int) -> HttpResponse:
    """Stop an import; whoever came in stays."""
    run = access.run_for(request.user, number)
    actions.cancel(run_id=run.pk, by=request.user, now=timezone.now())
    messages.info(request, _("The import was stopped. Whoever came in stays."))
    return redirect("importing:run", run.pk)


@requires(Action.PATIENT_IMPORT)
@require_GET
def rest(request: StaffRequest, number: int, kind: str) -> StreamingHttpResponse:
    """The rows that were not taken over, to mend and import again."""
    run = access.run_for(request.user, number)
    if kind not in REST_KINDS or not may(request.user, Action.PATIENT_IDENTITY):
        raise Http404
    audit.record(
        by=request.user,
        now=timezone.now(),
        action="import.rest_downloaded",
        object_kind="import_run",
        object_id=run.pk,
        kind=kind,
    )
    is_clinical = _is_clinical(request)
    return StreamingHttpResponse(
        leftovers.lines(run, kind=kind, is_clinical=is_clinical),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="import-{run.pk}-{kind}.csv"'
        },
    )


def _setting(request: StaffRequest) -> actions.Setting:
    now = timezone.now()
    return actions.Setting(
        by=request.user,
        now=now,
        today=timezone.localdate(now),
        region=_region(),
    )


def _region() -> str | None:
    return regions.region_of(time_zone=timezone.get_current_timezone_name())


def _is_clinical(request: StaffRequest) -> bool:
    return grant(request.user, Action.CHART_READ) is Grant.YES


def _rights(request: StaffRequest) -> dict[str, bool]:
    return {
        "sees_people": may(request.user, Action.PATIENT_IDENTITY),
        "is_clinical": _is_clinical(request),
    }


def _upload_page(
    request: StaffRequest, form: UploadForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "runs": queries.latest()}
    return render(request, "patients/importing/upload.html", context, status=status)


def _preview_page(
    request: StaffRequest, run: Any, form: StartForm, *, status: int = 200
) -> HttpResponse:
    rights = _rights(request)
    look = queries.Look(today=timezone.localdate(), region=_region(), **rights)
    context = {
        "run": run,
        "form": form,
        **rights,
        "files": queries.preview(run, look),
    }
    return render(request, "patients/importing/preview.html", context, status=status)
