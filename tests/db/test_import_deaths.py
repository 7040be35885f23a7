"""A list that reports a death of somebody who is here: entered once, and said."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from clinic.audit.models import AuditEvent
from patients.models import ImportIssue, ImportRun, Patient
from sessions.models import Plan, Visit
from tests import factories
from tests.db.test_import import HEADER, import_files, listed, outcome
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.regression]
LIVING = "7,Amara,Okafor,1991-02-03,,,"
DEAD = "7,Amara,Okafor,1991-02-03,,,2026-02-27"


def of_list(tmp_path: Path, *rows: str) -> Path:
    return listed(tmp_path, f"{HEADER},Date of death", *rows)


def amara(tmp_path: Path) -> Patient:
    import_files(of_list(tmp_path, LIVING))
    return Patient.objects.get()


def test_a_reported_death_of_somebody_here_is_entered_and_said(tmp_path: Path) -> None:
    patient, by = amara(tmp_path), factories.make_desk()
    run = import_files(of_list(tmp_path, DEAD), by=by)
    patient.refresh_from_db()
    assert (patient.is_deceased, patient.deceased_on) == (True, date(2026, 2, 27))
    assert patient.version == 2
    assert outcome(run) == (0, 1, 0, 0)
    assert (run.deceased, run.reported_dead) == (0, 1)
    issue = ImportIssue.objects.get(run=run)
    assert (issue.kind, issue.line, issue.patient) == ("changed", 2, patient)
    assert issue.reason == "Reported dead on 27 February 2026"
    event = AuditEvent.objects.get(action="patient.reported_dead")
    assert (event.actor, event.patient_id, event.object_id) == (by, patient.pk, run.pk)


def test_reporting_it_twice_changes_nothing_more(tmp_path: Path) -> None:
    patient = amara(tmp_path)
    import_files(of_list(tmp_path, DEAD))
    again = import_files(of_list(tmp_path, DEAD))
    patient.refresh_from_db()
    assert patient.version == 2
    assert (again.known, again.reported_dead) == (1, 0)
    assert not ImportIssue.objects.filter(run=again).exists()
    assert AuditEvent.objects.filter(action="patient.reported_dead").count() == 1


def test_what_was_booked_and_planned_ends_with_it(tmp_path: Path) -> None:
    patient, desk, site = amara(tmp_path), factories.make_desk(), factories.make_site()
    visits = [
        factories.make_visit(
            patient=patient,
            practitioner=factories.make_practitioner(site=site),
            room=factories.make_room(site=site),
            by=desk,
            starts_at=NOW + timedelta(days=days),
        )
        for days in (-3, 3)
    ]
    plan = factories.make_plan(
        condition=factories.make_condition(patient=patient), site=site, by=desk
    )
    import_files(of_list(tmp_path, DEAD))
    rows = Visit.objects.filter(pk__in=[visit.pk for visit in visits])
    statuses = rows.order_by("starts_at").values_list("status", flat=True)
    assert list(statuses) == ["confirmed", "cancelled"]
    plan = Plan.objects.get(pk=plan.pk)
    assert (plan.status, plan.stop_reason) == ("stopped", "The patient has died.")
    logged = AuditEvent.objects.filter(patient_id=patient.pk).order_by("id")
    assert [event.action for event in logged][-3:] == [
        "visit.status",
        "plan.stopped",
        "patient.reported_dead",
    ]


def test_a_dry_run_says_it_and_keeps_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patient = amara(tmp_path)
    call_command("import_patients", of_list(tmp_path, DEAD), "--dry-run")
    said = capsys.readouterr().out
    assert "1  Of them reported dead now" in said
    assert "line 2: Reported dead on 27 February 2026" in said
    patient.refresh_from_db()
    assert not patient.is_deceased
    assert ImportRun.objects.count() == 1


def test_a_death_on_a_later_line_of_the_same_list_counts(tmp_path: Path) -> None:
    run = import_files(of_list(tmp_path, LIVING, DEAD))
    assert Patient.objects.get().is_deceased
    assert (run.added, run.known, run.reported_dead) == (1, 1, 1)


def test_a_death_that_somebody_here_took_back_is_only_pointed_out(
    tmp_path: Path,
) -> None:
    patient = amara(tmp_path)
    import_files(of_list(tmp_path, DEAD))
    Patient.objects.update(is_deceased=False, deceased_on=None)
    AuditEvent.objects.create(
        at=NOW,
        action="patient.changed",
        patient_id=patient.pk,
        details={"fields": ["deceased_on", "is_deceased"]},
        source="web",
    )
    again = import_files(of_list(tmp_path, DEAD))
    patient.refresh_from_db()
    assert not patient.is_deceased
    assert again.reported_dead == 0
    issue = ImportIssue.objects.get(run=again)
    assert (issue.kind, issue.patient) == ("note", patient)
    assert "somebody here said otherwise" in issue.reason


def test_a_death_before_the_birth_kept_here_is_only_pointed_out(
    tmp_path: Path,
) -> None:
    patient = amara(tmp_path)
    Patient.objects.update(born_on=date(2026, 2, 28))
    run = import_files(of_list(tmp_path, DEAD))
    patient.refresh_from_db()
    assert not patient.is_deceased
    assert "before the birth date" in ImportIssue.objects.get(run=run).reason


def test_a_death_on_the_birth_date_kept_here_is_entered(tmp_path: Path) -> None:
    amara(tmp_path)
    Patient.objects.update(born_on=date(2026, 2, 27))
    assert import_files(of_list(tmp_path, DEAD)).reported_dead == 1


def test_the_dead_of_another_name_and_birth_with_the_same_number_change_nobody(
    tmp_path: Path,
) -> None:
    patient = amara(tmp_path)
    stolen = "7,Binta,Whitfield,1980-01-01,,,2026-02-27"
    run = import_files(of_list(tmp_path, stolen))
    patient.refresh_from_db()
    assert not patient.is_deceased
    assert outcome(run) == (0, 0, 0, 1)
