"""Dated facts of the history: adding, ending, withdrawing what was an error."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.rulebook.queries import effective_book
from clinic.rules.facts import Shape
from clinic.staff.models import User
from patients.history.errors import HistoryRefusedError
from patients.history.models import HistoryFact
from patients.records.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class FactEntry:
    """One fact. A day that nobody knows is None, and counts as today in the rules.

    A state that is over has `stopped_on`, or `ended` when the day is not known.
    """

    kind: str
    choice: str = ""
    zones: tuple[str, ...] = ()
    started_on: date | None = None
    stopped_on: date | None = None
    ended: bool = False
    detail: str = ""
    source: str = "practitioner"


@transaction.atomic
def add(*, patient: Patient, entry: FactEntry, by: User, now: datetime) -> HistoryFact:
    """Add a fact. Raises HistoryRefusedError for what cannot be."""
    _refuse_impossible(entry, today=timezone.localdate(now))
    fact = HistoryFact.objects.create(
        patient=patient,
        kind=entry.kind,
        choice=entry.choice,
        zones=list(entry.zones),
        started_on=entry.started_on,
        stopped_on=entry.stopped_on,
        ended=entry.ended,
        detail=entry.detail,
        source=entry.source,
        recorded_at=now,
        recorded_by=by,
    )
    _audit(fact, by=by, now=now, action="history fact added")
    return fact


@transaction.atomic
def end(
    *, fact: HistoryFact, stopped_on: date | None, by: User, now: datetime
) -> HistoryFact:
    """Say that a state is over since a day, or since a day nobody knows (None).

    Raises HistoryRefusedError when it is no state, is over or withdrawn already,
    or the day cannot be.
    """
    locked = _locked(fact)
    kind = effective_book().book.facts[locked.kind]
    if kind.shape is not Shape.STATE:
        raise HistoryRefusedError(_("This does not end."))
    if locked.stopped_on is not None or locked.ended:
        raise HistoryRefusedError(_("This is recorded as over already."))
    _refuse_days(
        started_on=locked.started_on,
        stopped_on=stopped_on,
        today=timezone.localdate(now),
    )
    locked.stopped_on, locked.ended = stopped_on, stopped_on is None
    locked.save(update_fields=["stopped_on", "ended"])
    _audit(locked, by=by, now=now, action="history fact ended")
    return locked


@transaction.atomic
def withdraw(*, fact: HistoryFact, by: User, now: datetime) -> HistoryFact:
    """Say that a fact was entered in error. It is kept, and no rule reads it."""
    locked = _locked(fact)
    locked.withdrawn_at, locked.withdrawn_by = now, by
    locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _audit(locked, by=by, now=now, action="history fact withdrawn")
    return locked


def _locked(fact: HistoryFact) -> HistoryFact:
    locked = HistoryFact.objects.select_for_update(no_key=True).get(pk=fact.pk)
    if locked.withdrawn_at is not None:
        raise HistoryRefusedError(_("This was withdrawn already."))
    return locked


def _refuse_impossible(entry: FactEntry, *, today: date) -> None:
    book = effective_book().book
    kind = book.facts.get(entry.kind)
    if kind is None:
        raise HistoryRefusedError(_("Choose what it is."), field="kind")
    if entry.choice and entry.choice not in kind.choice_keys:
        raise HistoryRefusedError(_("Choose which of the list."), field="choice")
    if not set(entry.zones) <= set(book.areas):
        raise HistoryRefusedError(_("Choose zones of the chart."), field="zones")
    is_over = entry.ended or entry.stopped_on is not None
    if is_over and kind.shape is not Shape.STATE:
        raise HistoryRefusedError(_("This does not end."), field="stopped_on")
    _refuse_days(started_on=entry.started_on, stopped_on=entry.stopped_on, today=today)


def _refuse_days(
    *, started_on: date | None, stopped_on: date | None, today: date
) -> None:
    for field, day in (("started_on", started_on), ("stopped_on", stopped_on)):
        if day is not None and day > today:
            raise HistoryRefusedError(_("This day is still to come."), field=field)
    if started_on and stopped_on and stopped_on < started_on:
        sentence = _("It must end after it begins.")
        raise HistoryRefusedError(sentence, field="stopped_on")


def _audit(fact: HistoryFact, *, by: User, now: datetime, action: str) -> None:
    audit.record(
        by=by,
        now=now,
        action=action,
        patient_id=fact.patient_id,
        object_kind="history fact",
        object_id=fact.pk,
    )
