"""Deaths that a list reports of people who live here: entered, and said by line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from clinic.audit import queries as audit_log
from clinic.staff.models import User
from patients.importing.models import ImportFile, ImportIssue, ImportRun
from patients.importing.people import Person
from patients.records import actions as records
from patients.records.models import Patient


@dataclass(slots=True, kw_only=True)
class Entered:
    """How many deaths were entered, and what is said of each report."""

    number: int = 0
    issues: list[ImportIssue] = field(default_factory=list)


def enter(
    reported: Sequence[Person],
    *,
    run: ImportRun,
    file: ImportFile,
    by: User | None,
    now: datetime,
) -> Entered:
    """Enter the deaths of those who live here and came from the system of the run.

    A death before the birth that is kept here, and one that somebody here took back,
    is only pointed out. Call it inside a transaction.
    """
    entered = Entered()
    if not reported:
        return entered
    of_key = {person.key: person for person in reversed(reported)}
    living = list(_living(run.source, list(of_key)))
    taken_back = audit_log.of_whom_was_changed(
        patient_ids=[patient.pk for patient in living], field="is_deceased"
    )
    for patient in living:
        person = of_key[patient.import_key]
        doubt = _doubt(patient, person.deceased_on, taken_back)
        if not doubt:
            records.enter_reported_death(
                patient=patient,
                died_on=person.deceased_on,
                by=by,
                now=now,
                object_kind="import_run",
                object_id=run.pk,
            )
            entered.number += 1
        issue = _issue(person, patient, doubt=doubt)
        issue.run, issue.file = run, file
        entered.issues.append(issue)
    return entered


def _issue(person: Person, patient: Patient, *, doubt: str) -> ImportIssue:
    return ImportIssue(
        line=person.line,
        kind="note" if doubt else "changed",
        reason=doubt or _said(person.deceased_on),
        patient=patient,
    )


def _living(source: str, keys: list[str]) -> QuerySet[Patient]:
    """Those of the keys who live here, locked in the order of their ids."""
    rows = Patient.objects.filter(import_source=source, import_key__in=keys)
    return rows.filter(is_deceased=False).select_for_update().order_by("id")


def _doubt(patient: Patient, died_on: date | None, taken_back: frozenset[int]) -> str:
    """Why the report is not believed, or nothing."""
    born_on = patient.born_on
    if died_on is not None and born_on is not None and died_on < born_on:
        return _("%(said)s, before the birth date kept here. Left as is.") % {
            "said": _said(died_on)
        }
    if patient.pk in taken_back:
        return _("%(said)s, but somebody here said otherwise. Left as is.") % {
            "said": _said(died_on)
        }
    return ""


def _said(died_on: date | None) -> str:
    """`Reported dead on 3 May 2026`."""
    if died_on is None:
        return _("Reported dead")
    return _("Reported dead on %(day)s") % {"day": format_date(died_on, "j F Y")}
