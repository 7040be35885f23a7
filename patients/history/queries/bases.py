"""All that a decision about a patient rests on, read once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from clinic.rulebook.queries import EffectiveBook, effective_book
from clinic.rules.facts import Purpose
from clinic.rules.screening import Answer, Fact, Person
from patients.history.models import (
    HistoryFact,
    RuleOverride,
    Screening,
    ScreeningAnswer,
)
from patients.history.queries import known, screenings
from patients.records.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is known of a patient: the person, the history, one screening.

    The plan builder asks for many days: it reads once and decides as often as
    it likes, without a query.
    """

    effective: EffectiveBook
    person: Person
    facts: tuple[Fact, ...]
    screening: Screening | None
    answers: dict[str, Answer]
    overrides: tuple[RuleOverride, ...]
    screened_on: date | None


def read_basis(
    patient: Patient, *, today: date, for_session_on: date | None = None
) -> Basis:
    """Read what decisions about a patient rest on.

    With a day, only the session screening of that day counts; without, the
    latest of any kind.
    """
    rows = screenings.of_patient(patient)
    if for_session_on is not None:
        rows = rows.filter(purpose=Purpose.SESSION.value, for_date=for_session_on)
    return basis_on(patient, rows.first(), effective=effective_book(), today=today)


def basis_on(
    patient: Patient,
    screening: Screening | None,
    *,
    effective: EffectiveBook,
    today: date,
) -> Basis:
    """The basis with one screening, completed or still open, or with none."""
    return _basis(
        patient,
        screening,
        effective=effective,
        today=today,
        facts=known.live_facts_of([patient])[patient.pk],
        answers=screenings.answers_of(screening).values() if screening else (),
        overrides=screenings.overrides_of(screening) if screening else (),
    )


def read_bases(patients: Sequence[Patient], *, today: date) -> dict[int, Basis]:
    """The same for many patients by key, each with the latest screening.

    Four queries, and one more for each patient under age.
    """
    effective = effective_book()
    facts = known.live_facts_of(patients)
    latest = screenings.latest_of(patients)
    overrides = screenings.overrides_by_patient(latest.values())
    return {
        patient.pk: _basis(
            patient,
            latest.get(patient.pk),
            effective=effective,
            today=today,
            facts=facts[patient.pk],
            answers=_answers(latest.get(patient.pk)),
            overrides=overrides.get(patient.pk, ()),
        )
        for patient in patients
    }


def _answers(screening: Screening | None) -> Iterable[ScreeningAnswer]:
    return screening.answers.all() if screening else ()  # fetched with the screening


def _basis(
    patient: Patient,
    screening: Screening | None,
    *,
    effective: EffectiveBook,
    today: date,
    facts: Iterable[HistoryFact],
    answers: Iterable[ScreeningAnswer],
    overrides: Iterable[RuleOverride],
) -> Basis:
    book = effective.book
    live = [fact for fact in facts if fact.kind in book.facts]
    screened_on, believed = None, list[ScreeningAnswer]()
    if screening is not None:
        at = screening.completed_at or screening.started_at
        screened_on = timezone.localdate(at)
        believed = [row for row in answers if _holds(row, screening, live)]
    return Basis(
        effective=effective,
        person=known.person_of(patient, today=today),
        facts=tuple(known.rules_fact(fact, book=book) for fact in live),
        screening=screening,
        answers=known.rules_answers(believed, kinds=book.facts, unknown_on=screened_on),
        overrides=tuple(overrides),
        screened_on=screened_on,
    )


def _holds(
    row: ScreeningAnswer, screening: Screening, live: Iterable[HistoryFact]
) -> bool:
    """Whether the history has not overtaken an answer since.

    What an answer became is now read from the history: when that fact was ended
    or withdrawn, the answer is silent. When the history has something newer than
    a "no", the "no" is silent.
    """
    done_at = screening.completed_at
    if row.value is False:
        return not any(
            fact.kind == row.question and done_at and fact.recorded_at > done_at
            for fact in live
        )
    if not row.value or row.recorded_as_id is None:
        return True
    became = (fact for fact in live if fact.pk == row.recorded_as_id)
    return any(
        (fact.stopped_on, fact.ended) == (row.stopped_on, row.ended) for fact in became
    )
