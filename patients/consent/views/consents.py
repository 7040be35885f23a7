"""Pages on a patient's consents: status, taking, withdrawing, printing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.places.http import StaffRequest
from clinic.staff.policy import Action, may, requires
from clinic.web import once
from patients.consent import access, actions, queries
from patients.consent.actions import ConsentRefusedError
from patients.consent.forms import PaperForm, WithdrawForm
from patients.consent.guardians import needs_guardian


@requires(Action.CONSENT_STATUS)
@require_GET
def consents(request: StaffRequest, ref: str) -> HttpResponse:
    """Which consents stand; taking and withdrawing is for practitioners."""
    now, today = timezone.now(), timezone.localdate()
    patient = access.patient_for(request.user, ref, now)
    held = queries.all_standing(patient, today=today)
    may_take = may(request.user, Action.CONSENT_WRITE)
    context = {
        "patient": patient,
        "tab": "health",
        "standings": list(held.values()),
        "consents": list(queries.consents_of(patient)) if may_take else [],
        "may_take": may_take,
        "guardian_due": needs_guardian(born_on=patient.born_on, day=today),
    }
    return render(request, "patients/consent/consents.html", context)


@requires(Action.CONSENT_WRITE)
@require_http_methods(["GET", "POST"])
def take(request: StaffRequest, ref: str, kind: str) -> HttpResponse:
    """The full text, and consent to it on paper or on the tablet."""
    now = timezone.now()
    patient, text = access.text_for(request.user, ref, kind, now)
    due = needs_guardian(born_on=patient.born_on, day=timezone.localdate())
    form = PaperForm(
        request.POST or None, guardian_due=due, initial={"text_id": text.pk}
    )
    context = {
        "patient": patient,
        "tab": "health",
        "text": text,
        "form": form,
        "other_language": text.language != patient.language,
        "guardian_due": due,
        "standing": queries.standing(patient, kind, today=timezone.localdate()),
    }
    if not form.is_bound or not form.is_valid():
        return _page(request, "take.html", context)
    if form.cleaned_data["text_id"] != text.pk:
        form.add_error(None, newer_text())
        return _page(request, "take.html", context)

    def write() -> str:
        actions.take(
            patient=patient, text=text, entry=form.entry(), by=request.user, now=now
        )
        messages.success(request, _("The consent was recorded."))
        return reverse("consent:list", args=[patient.reference])

    return answered(request, "take.html", context, write)


@requires(Action.CONSENT_WRITE)
@require_http_methods(["GET", "POST"])
def withdraw(request: StaffRequest, ref: str, key: int) -> HttpResponse:
    """End a consent, with the reason."""
    now = timezone.now()
    patient, consent = access.consent_for(request.user, ref, key, now)
    form = WithdrawForm(request.POST or None)
    context = {"patient": patient, "tab": "health", "consent": consent, "form": form}
    if not form.is_bound or not form.is_valid():
        return _page(request, "withdraw.html", context)

    def write() -> str:
        reason = form.cleaned_data["reason"]
        actions.withdraw(consent=consent, reason=reason, by=request.user, now=now)
        messages.success(request, _("The consent was withdrawn."))
        return reverse("consent:list", args=[patient.reference])

    return answered(request, "withdraw.html", context, write)


@requires(Action.CHART_READ)
@require_GET
def paper(request: StaffRequest, ref: str, key: int) -> HttpResponse:
    """A consent for paper: the text of its version, who, when, how."""
    now = timezone.now()
    patient, consent = access.consent_for(request.user, ref, key, now)
    context = {"patient": patient, "consent": consent}
    return render(request, "patients/consent/paper.html", context)


def newer_text() -> str:
    """What to say when a text was published between reading and agreeing."""
    return _("A newer version of the text was published. Read it first.")


def answered(
    request: StaffRequest, template: str, context: dict[str, Any], write: Any
) -> HttpResponse:
    """On to the consents, or the same form with what was typed."""
    form = context["form"]
    try:
        return once.answer(request=request, form=form, now=timezone.now(), write=write)
    except ConsentRefusedError as refused:
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, refused.sentence)
        return _page(request, template, context)


def _page(
    request: StaffRequest, template: str, context: dict[str, Any]
) -> HttpResponse:
    status = 422 if context["form"].is_bound else 200
    return render(request, f"patients/consent/{template}", context, status=status)
