"""What is treated: adding, changing and closing a patient's conditions."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.audit.changes import assign
from clinic.rulebook.queries import effective_book
from clinic.rules import scales
from clinic.rules.book import RuleBook
from clinic.staff.models import User
from patients.history.errors import ChangedMeanwhileError, HistoryRefusedError
from patients.history.models import CONDITION_STATUSES, PatientCondition
from patients.records.models import Patient

FIELDS = (
    "kind",
    "subtype",
    "zones",
    "baseline_scale",
    "baseline_value",
    "severity",
    "onset_on",
    "onset_precision",
    "note",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionEntry:
    """What is treated, where, how bad at the start, since when.

    The baseline is either a value on a named scale or words, or both. The onset
    is known to the day, the month or the year; then `onset_on` is its first day.
    """

    kind: str
    zones: tuple[str, ...]
    subtype: str = ""
    baseline_scale: str = ""
    baseline_value: Decimal | None = None
    severity: str = ""
    onset_on: date | None = None
    onset_precision: str = ""
    note: str = ""


@transaction.atomic
def add(
    *, patient: Patient, entry: ConditionEntry, by: User, now: datetime
) -> PatientCondition:
    """Add a condition. Raises HistoryRefusedError for what cannot be."""
    _refuse_impossible(entry, patient=patient, now=now)
    condition = PatientCondition.objects.create(
        patient=patient,
        recorded_at=now,
        recorded_by=by,
        **_values(entry),
    )
    _audit(condition, by=by, now=now, action="condition added", fields=list(FIELDS))
    return condition


@transaction.atomic
def change(
    *,
    condition: PatientCondition,
    entry: ConditionEntry,
    seen_version: int,
    by: User,
    now: datetime,
) -> PatientCondition:
    """Change a condition. Raises ChangedMeanwhileError or HistoryRefusedError."""
    locked = _locked(condition, seen_version)
    _refuse_impossible(entry, patient=locked.patient, now=now)
    changed = assign(locked, _values(entry))
    if not changed:
        return locked
    locked.version += 1
    locked.save(update_fields=[*changed, "version"])
    _audit(locked, by=by, now=now, action="condition changed", fields=changed)
    return locked


@transaction.atomic
def set_status(
    *,
    condition: PatientCondition,
    status: str,
    seen_version: int,
    by: User,
    now: datetime,
) -> PatientCondition:
    """Say that a condition is active, in treatment or resolved.

    Raises ChangedMeanwhileError, or HistoryRefusedError for an unknown status.
    """
    if status not in dict(CONDITION_STATUSES):
        raise HistoryRefusedError(_("Choose a status."), field="status")
    locked = _locked(condition, seen_version)
    if locked.status != status:
        locked.status = status
        locked.version += 1
        locked.save(update_fields=["status", "version"])
        _audit(locked, by=by, now=now, action=f"condition {status}", fields=["status"])
    return locked


def _locked(condition: PatientCondition, seen_version: int) -> PatientCondition:
    locked = (
        PatientCondition.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patient")
        .get(pk=condition.pk)
    )
    if locked.version != seen_version:
        raise ChangedMeanwhileError(locked)
    return locked


def _values(entry: ConditionEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in FIELDS}
    return {**values, "zones": list(entry.zones)}


def _refuse_impossible(
    entry: ConditionEntry, *, patient: Patient, now: datetime
) -> None:
    book = effective_book().book
    if entry.kind not in book.conditions:
        raise HistoryRefusedError(_("Choose what is treated."), field="kind")
    if not entry.zones:
        raise HistoryRefusedError(_("Choose at least one zone."), field="zones")
    if not set(entry.zones) <= set(book.areas):
        raise HistoryRefusedError(_("Choose zones of the chart."), field="zones")
    _refuse_baseline(entry, book)
    _refuse_onset(entry, patient=patient, today=timezone.localdate(now))


def _refuse_baseline(entry: ConditionEntry, book: RuleBook) -> None:
    value, key = entry.baseline_value, entry.baseline_scale
    if (value is None) != (not key):
        field = "baseline_value" if key else "baseline_scale"
        sentence = _("Enter the score.") if key else _("A score needs its scale.")
        raise HistoryRefusedError(sentence, field=field)
    if value is None:
        return
    try:
        scale = scales.get(key, book=book)
    except KeyError as error:
        sentence = _("Choose a scale of the list.")
        raise HistoryRefusedError(sentence, field="baseline_scale") from error
    step = Decimal(1).scaleb(-scale.decimals)
    if not scale.minimum <= value <= scale.maximum or value % step:
        sentence = _("%(scale)s runs from %(low)s to %(high)s in steps of %(step)s.")
        words = {
            "scale": scale.short,
            "low": scale.minimum,
            "high": scale.maximum,
            "step": step,
        }
        raise HistoryRefusedError(sentence % words, field="baseline_value")


def _refuse_onset(entry: ConditionEntry, *, patient: Patient, today: date) -> None:
    if entry.onset_on is None:
        return
    if entry.onset_on > today:
        sentence = _("It cannot have begun in the future.")
        raise HistoryRefusedError(sentence, field="onset")
    earliest = patient.born_on
    if earliest and entry.onset_precision != "day":
        earliest = earliest.replace(month=1, day=1)
    if earliest and entry.onset_on < earliest:
        raise HistoryRefusedError(_("That is before the birth."), field="onset")


def _audit(
    condition: PatientCondition,
    *,
    by: User,
    now: datetime,
    action: str,
    fields: list[str],
) -> None:
    audit.record(
        by=by,
        now=now,
        action=action,
        patient_id=condition.patient_id,
        object_kind="condition",
        object_id=condition.pk,
        fields=fields,
    )
