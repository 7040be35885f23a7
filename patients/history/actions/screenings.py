"""Asking: starting a screening, keeping each answer, judging when it is complete."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.audit.changes import assign
from clinic.rulebook import kept
from clinic.rulebook.queries import effective_book
from clinic.rules.book import RuleBook
from clinic.rules.facts import FactKind, Purpose, Shape
from clinic.rules.findings import Scope, verdict_of
from clinic.rules.screening import Origin, Question
from clinic.staff.models import User
from patients.history.actions import recording
from patients.history.errors import HistoryRefusedError
from patients.history.models import HistoryFact, Screening, ScreeningAnswer
from patients.history.queries import bases, gates, known, screenings
from patients.records.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEntry:
    """What is to be screened for. Without zones the whole treatment counts."""

    purpose: Purpose
    for_date: date
    zones: tuple[str, ...] = ()
    anaesthetic: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEntry:
    """One answer: yes, no or not asked, and for a yes which, when and where.

    A state that is over has `stopped_on`, or `ended` when nobody knows the day.
    """

    value: bool | None = None
    dated_on: date | None = None
    stopped_on: date | None = None
    ended: bool = False
    choice: str = ""
    zones: tuple[str, ...] = ()
    detail: str = ""


NO = AnswerEntry(value=False)


@transaction.atomic
def start(*, patient: Patient, entry: StartEntry, by: User, now: datetime) -> Screening:
    """Open a screening, or go on with the one of that purpose and day.

    What the history says for certain is filled in, each answer with its fact.
    A draft of another day is given up: its answers are out of date. Raises
    HistoryRefusedError when the patient has died.
    """
    locked = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if locked.is_deceased:
        raise HistoryRefusedError(_("This patient has died."))
    drafts = Screening.objects.filter(
        patient=locked, purpose=entry.purpose.value, completed_at__isnull=True
    )
    drafts.exclude(for_date=entry.for_date).delete()
    draft = drafts.first()
    if draft is not None:
        return draft
    book = effective_book().book
    screening = Screening.objects.create(
        patient=locked,
        purpose=entry.purpose.value,
        for_date=entry.for_date,
        zones=[zone for zone in entry.zones if zone in book.areas],
        anaesthetic=entry.anaesthetic,
        started_at=now,
        started_by=by,
    )
    _prefill(screening)
    _audit(screening, by=by, now=now, action="screening started")
    return screening


def _prefill(screening: Screening) -> None:
    """Answer with what the history says for certain; the rest stays not asked."""
    effective = effective_book()
    facts = known.known_kinds(screening.patient, effective.book)
    asked = screenings.questions_of(screening, effective=effective)
    answers = [
        _prefilled(screening, question, facts, effective.book)
        for question in asked
        if question.suggested and question.suggested.origin is Origin.HISTORY
    ]
    ScreeningAnswer.objects.bulk_create(answers)


def _prefilled(
    screening: Screening,
    question: Question,
    facts: Iterable[HistoryFact],
    book: RuleBook,
) -> ScreeningAnswer:
    suggested = question.suggested
    if suggested is None:
        raise ValueError("Nothing is suggested.")
    answer = suggested.answer
    return ScreeningAnswer(
        screening=screening,
        question=question.key,
        value=True,
        dated_on=answer.on,
        stopped_on=answer.stopped_on,
        ended=answer.ended and answer.stopped_on is None,
        choice=answer.choice or "",
        zones=sorted(answer.zones),
        detail=suggested.detail,
        prefilled_from=recording.source_of(question.kind, answer, facts, book=book),
    )


@transaction.atomic
def answer(
    *,
    screening: Screening,
    entries: Mapping[str, AnswerEntry],
    by: User,
    now: datetime,
    by_patient: bool = False,
) -> Screening:
    """Keep answers as they are given; those not named stay as they are.

    Raises HistoryRefusedError for a question, choice, zone or day that cannot be
    and when the screening is complete.
    """
    locked = _locked(screening)
    book = effective_book().book
    today = timezone.localdate(now)
    for key, entry in entries.items():
        _refuse_impossible(key, entry, book=book, today=today)
    changed = _keep(locked, entries)
    if by_patient and not locked.answered_by_patient:
        locked.answered_by_patient = True
        locked.save(update_fields=["answered_by_patient"])
    if changed:
        _audit(locked, by=by, now=now, action="screening answered", fields=changed)
    return locked


def _keep(screening: Screening, entries: Mapping[str, AnswerEntry]) -> list[str]:
    """Write the answers, in two statements at most; the questions that changed."""
    held = screenings.answers_of(screening)
    first, other = [], []
    for key, entry in entries.items():
        kept, values = held.get(key), _values(entry)
        if kept is None:
            if entry.value is not None:
                first.append(
                    ScreeningAnswer(screening=screening, question=key, **values)
                )
        elif assign(kept, values):
            other.append(kept)
    ScreeningAnswer.objects.bulk_create(first)
    if other:
        ScreeningAnswer.objects.bulk_update(other, fields=list(_values(NO)))
    written = {one.question for one in (*first, *other)}
    return [key for key in entries if key in written]


def _values(entry: AnswerEntry) -> dict[str, Any]:
    """What one answer keeps; details stay with a yes only."""
    said = entry if entry.value else AnswerEntry(value=entry.value)
    return {
        "value": said.value,
        "dated_on": said.dated_on,
        "stopped_on": said.stopped_on,
        "ended": said.ended and said.stopped_on is None,
        "choice": said.choice,
        "zones": sorted(said.zones),
        "detail": said.detail,
    }


def _refuse_impossible(
    key: str, entry: AnswerEntry, *, book: RuleBook, today: date
) -> None:
    kind = book.facts.get(key)
    if kind is None:
        raise HistoryRefusedError(_("The rule book has no such question."), field=key)
    if entry.choice and entry.choice not in kind.choice_keys:
        raise HistoryRefusedError(_("Choose which of the list."), field=f"{key}-choice")
    if not set(entry.zones) <= set(book.areas):
        raise HistoryRefusedError(_("Choose zones of the chart."), field=f"{key}-zones")
    _refuse_days(kind, entry, today=today)


def _refuse_days(kind: FactKind, entry: AnswerEntry, *, today: date) -> None:
    for name in ("dated_on", "stopped_on"):
        day = getattr(entry, name)
        if day is not None and day > today:
            sentence = _("This day is still to come.")
            raise HistoryRefusedError(sentence, field=f"{kind.key}-{name}")
    began, stopped = entry.dated_on, entry.stopped_on
    if began and stopped and stopped < began:
        sentence = _("It must end after it begins.")
        raise HistoryRefusedError(sentence, field=f"{kind.key}-stopped_on")
    if (entry.ended or stopped) and kind.shape is not Shape.STATE:
        raise HistoryRefusedError(_("This does not end."), field=kind.key)


@transaction.atomic
def set_numbing(
    *, screening: Screening, anaesthetic: bool | None, by: User, now: datetime
) -> Screening:
    """Say whether an anaesthetic will be used; not decided counts as used."""
    locked = _locked(screening)
    if locked.anaesthetic != anaesthetic:
        locked.anaesthetic = anaesthetic
        locked.save(update_fields=["anaesthetic"])
        fields = ["anaesthetic"]
        _audit(locked, by=by, now=now, action="screening answered", fields=fields)
    return locked


@transaction.atomic
def finish(
    *,
    screening: Screening,
    entries: Mapping[str, AnswerEntry],
    by: User,
    now: datetime,
) -> Screening:
    """Keep the last answers and complete, or neither."""
    answer(screening=screening, entries=entries, by=by, now=now)
    return complete(screening=screening, by=by, now=now)


@transaction.atomic
def complete(*, screening: Screening, by: User, now: datetime) -> Screening:
    """Judge the answers, keep the findings, and turn answers into dated facts.

    The verdict is that on the needling: what concerns only the anaesthetic is
    among the findings.
    From then on the database refuses any change. Raises HistoryRefusedError when
    it is complete already.
    """
    locked = _locked(screening)
    effective = effective_book()
    recorded = recording.record_answers(
        screening=locked, book=effective.book, by=by, now=now
    )
    # Judged last: an answer that ended a medicine has ended its fact by now.
    basis = bases.basis_on(
        locked.patient, locked, effective=effective, today=locked.for_date
    )
    judged = gates.judge(basis, on=locked.for_date, today=locked.for_date)
    findings = gates.asked_for(Purpose(locked.purpose), effective, judged)
    locked.findings = kept.keep(findings)
    locked.verdict = verdict_of(f for f in findings if f.scope is Scope.NEEDLING).value
    locked.book_revision = effective.revision
    locked.completed_at, locked.completed_by = now, by
    locked.save(
        update_fields=[
            "findings",
            "verdict",
            "book_revision",
            "completed_at",
            "completed_by",
        ]
    )
    _audit(
        locked, by=by, now=now, action="screening completed", facts_recorded=recorded
    )
    return locked


@transaction.atomic
def discard(*, screening: Screening, by: User, now: datetime) -> None:
    """Throw an open screening away. A completed one stays for ever."""
    locked = _locked(screening)
    _audit(locked, by=by, now=now, action="screening discarded")
    locked.delete()


def _locked(screening: Screening) -> Screening:
    locked = (
        Screening.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patient")
        .get(pk=screening.pk)
    )
    if locked.completed_at is not None:
        raise HistoryRefusedError(
            _("This screening is complete. Start a new one to change an answer.")
        )
    return locked


def _audit(
    screening: Screening,
    *,
    by: User,
    now: datetime,
    action: str,
    **details: audit.Detail,
) -> None:
    audit.record(
        by=by,
        now=now,
        action=action,
        patient_id=screening.patient_id,
        object_kind="screening",
        object_id=screening.pk,
        **details,
    )
