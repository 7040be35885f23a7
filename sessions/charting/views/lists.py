"""The sessions of a patient, side by side if wanted, and who received a lot."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clinic.audit import actions as audit
from clinic.places.http import StaffRequest, wants_fragment
from clinic.rulebook.queries import effective_book
from clinic.staff.policy import Action, may, requires
from clinic.web import csv
from clinic.web.templatetags.formats import yes_no
from patients.records import access as records
from sessions.charting.queries import lists


@requires(Action.SESSION_READ)
@require_GET
def of_patient(request: StaffRequest, ref: str) -> HttpResponse:
    """Every session of a patient; `?a=` and `?b=` put two side by side."""
    now = timezone.now()
    patient = records.chart_for(request.user, ref, now)
    rows = lists.sessions_of(patient)
    by_ref = {row.session.reference: row for row in rows}
    pair = [
        by_ref[request.GET[name]]
        for name in ("a", "b")
        if request.GET.get(name) in by_ref
    ]
    pair.sort(key=lambda row: row.session.performed_on)
    book = effective_book().book
    codes = {code for row in pair for code in row.depths}
    compared = [
        (area.name, *(row.depths.get(area.key) for row in pair))
        for area in book.areas.values()
        if area.key in codes
    ]
    context = {
        "patient": patient,
        "tab": "sessions",
        "rows": rows,
        "pair": pair if len(pair) == 2 else [],
        "compared": compared if len(pair) == 2 else [],
        "kinds": {key: kind.name for key, kind in book.events.items()},
        "conditions": {key: one.name for key, one in book.conditions.items()},
        "may_write": may(request.user, Action.SESSION_WRITE),
    }
    return render(request, "charting/patient_sessions.html", context)


@requires(Action.LOT_TRACE)
@require_GET
def lot_patients(request: StaffRequest, key: int) -> HttpResponse:
    """Who received a lot: names for who treats, references for an owner."""
    lot = lists.lot_for(key)
    if lot is None:
        raise Http404
    trace = lists.trace(lot)
    audit.record(
        by=request.user,
        now=timezone.now(),
        action="lot.traced",
        object_kind="lot",
        object_id=lot.pk,
        patients=trace.patients,
        file=bool(request.GET.get("csv")),
    )
    sees_names = may(request.user, Action.PATIENT_IDENTITY)
    if request.GET.get("csv"):
        return _recall_list(trace, sees_names=sees_names)
    context = {"trace": trace, "lot": lot, "sees_names": sees_names}
    template = "_lot_patients.html" if wants_fragment(request) else "lot_patients.html"
    return render(request, f"charting/{template}", context)


def _recall_list(trace: lists.Trace, *, sees_names: bool) -> HttpResponse:
    """The same as a file: one line for each session, with names for who treats."""
    names = [_("Name")] if sees_names else []
    return csv.answer(
        f"lot-{slugify(trace.lot.number)}",
        headings=[
            _("Patient"),
            *names,
            _("Day"),
            _("Unit"),
            _("Discarded"),
            _("By"),
            _("Record"),
        ],
        rows=[
            [
                one.session.patient.reference,
                *([one.session.patient.name] if sees_names else []),
                one.session.performed_on,
                one.serial,
                "" if one.is_discarded is None else yes_no(one.is_discarded),
                one.session.practitioner.full_name,
                one.session.reference,
            ]
            for one in trace.receipts
        ],
    )
