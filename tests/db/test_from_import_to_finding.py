"""From another system's record to what it stops: the whole way, on the sample files."""

from pathlib import Path

import pytest
from django.core.management import call_command

from clinic.rules.facts import Purpose
from clinic.rules.findings import Verdict
from clinic.rules.gates import Pass, Step
from patients.history import queries
from patients.history.actions import screenings
from patients.history.actions.screenings import NO, StartEntry
from patients.history.models import HistoryFact
from patients.history.queries import screenings as reading
from patients.records.models import Patient
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent.parent.parent / "docs" / "samples" / "synthea"


@pytest.fixture(autouse=True)
def _imported(db: None) -> None:
    call_command("import_patients", str(SAMPLES), verbosity=0)


def patient_with(kind: str) -> Patient:
    fact = HistoryFact.objects.filter(kind=kind, source="import").latest("id")
    return fact.patient


def screened(patient: Patient) -> dict[str, Verdict]:
    """A session screening: what the record fills in stays, the rest is "no"."""
    from clinic.rulebook.queries import effective_book

    by = factories.make_practitioner()
    entry = StartEntry(purpose=Purpose.SESSION, for_date=TODAY)
    draft = screenings.start(patient=patient, entry=entry, by=by, now=NOW)
    filled = set(reading.answers_of(draft))
    asked = reading.questions_of(draft, effective=effective_book())
    rest = {q.key: NO for q in asked if q.key not in filled}
    screenings.answer(screening=draft, entries=rest, by=by, now=NOW)
    done = screenings.complete(screening=draft, by=by, now=NOW)
    return {finding.code: finding.verdict for finding in reading.findings_of(done)}


def test_warfarin_from_a_record_needs_a_prescribers_word() -> None:
    patient = patient_with("anticoagulant")
    assert screened(patient)["C12"] is Verdict.SIGNOFF
    begin = queries.gate_for(patient, step=Step.START, on=TODAY, today=TODAY)
    assert "C12" in {finding.code for finding in begin.gate.that(Pass.SIGN_OFF)}
    flags = {flag.text: flag.detail for flag in queries.flags(patient, today=TODAY)}
    assert flags["Blood thinner: anticoagulant"] == "Warfarin Sodium 5 MG Oral Tablet"


def test_a_pregnancy_on_record_stops_planning_before_anybody_asked() -> None:
    patient = patient_with("pregnancy")
    plan = queries.gate_for(patient, step=Step.PLAN, on=TODAY, today=TODAY)
    assert plan.gate.does is Pass.REFUSED
    assert queries.needs_word(patient, today=TODAY)
    assert screened(patient)["C03"] is Verdict.BLOCK


def test_a_latex_allergy_on_record_is_shown_and_stops_nothing() -> None:
    patient = patient_with("latex_allergy")
    found = screened(patient)
    assert found["INFO-LATEX"] is Verdict.OK
    flag = queries.flags(patient, today=TODAY)[0]
    assert (flag.kind, flag.text) == ("bad", "Latex allergy")
