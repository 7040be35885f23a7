"""The tab "Health and consent" of a patient."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.places.http import StaffRequest
from clinic.rulebook.queries import effective_book
from clinic.rules.gates import Step
from clinic.staff.policy import Action, may, requires
from patients.history.queries import bases, gates, screenings
from patients.history.queries import health as reading
from patients.records import access


@requires(Action.CHART_READ)
@require_GET
def health(request: StaffRequest, ref: str) -> HttpResponse:
    """Screening, history, conditions, consents and overrides of one patient."""
    now, today = timezone.now(), timezone.localdate()
    patient = access.chart_for(request.user, ref, now)
    effective = effective_book()
    basis = bases.read_basis(patient, today=today)
    context = {
        "patient": patient,
        "tab": "health",
        "today": today,
        "decision": gates.decide(basis, step=Step.BOOK, on=today, today=today),
        "latest": basis.screening,
        "drafts": screenings.drafts_of(patient),
        "past": list(screenings.of_patient(patient)[:12]),
        "overrides": screenings.overrides_of_patient(patient),
        "fact_groups": reading.fact_groups(patient, book=effective.book, today=today),
        "withdrawn": reading.withdrawn_facts(patient, book=effective.book, today=today),
        "conditions": reading.condition_rows(patient, book=effective.book),
        "may_write": may(request.user, Action.CHART_WRITE),
        "may_screen": may(request.user, Action.SCREENING),
    }
    return render(request, "patients/history/health.html", context)
