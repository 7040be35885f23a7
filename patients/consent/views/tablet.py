"""Consent on the tablet in the patient's hands."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clinic.places.http import StaffRequest
from clinic.staff.policy import Action, requires
from clinic.staff.timeouts import at_the_chair
from patients.consent import access, actions
from patients.consent.forms import TabletForm
from patients.consent.guardians import needs_guardian
from patients.consent.views.consents import answered, newer_text
from patients.history import tablet
from patients.history.tablet import Lock


@requires(Action.CONSENT_WRITE)
@require_POST
def hand_over(request: StaffRequest, ref: str, kind: str) -> HttpResponse:
    """Lock the tablet to the form of one consent."""
    now = timezone.now()
    patient, _text = access.text_for(request.user, ref, kind, now)
    args = [patient.reference, kind]
    lock = Lock(
        form=reverse("consent:tablet", args=args),
        after=reverse("consent:list", args=[patient.reference]),
        patient_id=patient.pk,
    )
    return tablet.hand_over(request, lock=lock, by=request.user, now=now)


@requires(Action.CONSENT_WRITE)
@at_the_chair
@require_http_methods(["GET", "POST"])
def form(request: StaffRequest, ref: str, kind: str) -> HttpResponse:
    """The form as the patient reads and signs it."""
    now = timezone.now()
    patient, text = access.text_for(request.user, ref, kind, now)
    due = needs_guardian(born_on=patient.born_on, day=timezone.localdate())
    shown = TabletForm(
        request.POST or None, guardian_due=due, initial={"text_id": text.pk}
    )
    context = {"patient": patient, "text": text, "form": shown, "guardian_due": due}
    template = "patients/consent/tablet.html"
    if not shown.is_bound or not shown.is_valid():
        status = 422 if shown.is_bound else 200
        return render(request, template, context, status=status)
    if shown.cleaned_data["text_id"] != text.pk:
        shown.add_error(None, newer_text())
        return render(request, template, context, status=422)

    def write() -> str:
        actions.take(
            patient=patient, text=text, entry=shown.entry(), by=request.user, now=now
        )
        return reverse("consent:tablet-done", args=[patient.reference, kind])

    return answered(request, "tablet.html", context, write)


@requires(Action.CONSENT_WRITE)
@at_the_chair
@require_http_methods(["GET"])
def done(request: StaffRequest, ref: str, kind: str) -> HttpResponse:
    """Thank you, and whom to give the tablet to."""
    access.text_for(request.user, ref, kind, timezone.now())
    return render(request, "patients/history/tablet_done.html")
