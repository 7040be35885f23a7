"""The screening in the patient's hands: their questions, and no findings."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.places.http import StaffRequest
from clinic.staff.policy import Action, requires
from clinic.staff.timeouts import at_the_chair
from patients.history import access, asking, tablet
from patients.history.actions import screenings as actions
from patients.history.errors import HistoryRefusedError
from patients.history.tablet import Lock

TEMPLATE = "patients/history/screening_tablet.html"


@requires(Action.SCREENING)
@require_POST
def hand_over(request: StaffRequest, ref: str) -> HttpResponse:
    """Lock the tablet to the questions of one screening."""
    now = timezone.now()
    screening = access.screening_for(request.user, ref, now)
    if screening.completed_at is not None:
        return redirect("history:screening", screening.reference)
    lock = Lock(
        form=reverse("history:tablet", args=[screening.reference]),
        after=reverse("history:screening-ask", args=[screening.reference]),
        patient_id=screening.patient.pk,
    )
    return tablet.hand_over(request, lock=lock, by=request.user, now=now)


@requires(Action.SCREENING)
@at_the_chair
@require_http_methods(["GET", "POST"])
def form(request: StaffRequest, ref: str) -> HttpResponse:
    """The questions as the patient answers them."""
    now, today = timezone.now(), timezone.localdate()
    screening = access.screening_for(request.user, ref, now)
    done = redirect("history:tablet-done", screening.reference)
    if screening.completed_at is not None:
        return done
    data = request.POST if request.method == "POST" else None
    sheet = asking.sheet_of(screening, today=today, data=data, for_patient=True)
    context = {"sheet": sheet, "screening": screening, "patient": screening.patient}
    if data is None:
        return render(request, TEMPLATE, context)
    do, _colon, group = request.POST.get("do", "done").partition(":")
    typed = sheet.typed()
    if do == "none":
        typed = asking.with_no(typed, sheet.none_of(group, typed))
    try:
        actions.answer(
            screening=screening,
            entries=typed,
            by=request.user,
            now=now,
            by_patient=True,
        )
    except HistoryRefusedError as refused:
        context["refused"] = refused.sentence
        return render(request, TEMPLATE, context, status=422)
    if not (sheet.require_details() if do == "done" else sheet.is_readable):
        return render(request, TEMPLATE, context, status=422)
    here = reverse("history:tablet", args=[screening.reference])
    return redirect(f"{here}#g-{group}") if do == "none" else done


@requires(Action.SCREENING)
@at_the_chair
@require_POST
def answer(request: StaffRequest, ref: str, key: str) -> HttpResponse:
    """One answer of the patient, kept at once."""
    now, today = timezone.now(), timezone.localdate()
    screening = access.screening_for(request.user, ref, now)
    sheet = asking.sheet_of(
        screening, today=today, data=request.POST, only=key, for_patient=True
    )
    row = sheet.rows.get(key)
    if row is None:
        raise Http404
    try:
        actions.answer(
            screening=screening,
            entries=sheet.typed(),
            by=request.user,
            now=now,
            by_patient=True,
        )
    except HistoryRefusedError as refused:
        row.form.add_error(None, refused.sentence)
    status = 200 if row.form.is_valid() else 422
    context = {"row": row, "at": now}
    return render(request, "patients/history/_saved.html", context, status=status)


@requires(Action.SCREENING)
@at_the_chair
@require_GET
def done(request: StaffRequest, ref: str) -> HttpResponse:
    """Thank you, and whom to give the tablet to."""
    access.screening_for(request.user, ref, timezone.now())
    return render(request, "patients/history/tablet_done.html")
