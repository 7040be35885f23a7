"""Reading screenings: the latest, its answers, and what is to be asked next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from clinic.rulebook import kept
from clinic.rulebook.queries import EffectiveBook
from clinic.rules import screening as rules
from clinic.rules.facts import Purpose, QuestionGroup
from clinic.rules.findings import Finding
from clinic.rules.screening import Earlier, Question, Setting
from patients.history.models import RuleOverride, Screening, ScreeningAnswer
from patients.history.queries import known
from patients.records.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """One question of a screening with the answer so far."""

    question: Question
    answer: ScreeningAnswer | None

    @property
    def value(self) -> bool | None:
        """Yes, no, or None: not asked."""
        return self.answer.value if self.answer else None

    @property
    def is_open(self) -> bool:
        """Whether leaving it out will be held against the screening."""
        return self.question.owed and self.value is None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedGroup:
    """The questions that one "none of these" may answer together."""

    group: QuestionGroup
    asked: tuple[AskedQuestion, ...]

    @property
    def open_count(self) -> int:
        """How many of them have no answer yet."""
        return sum(asked.value is None for asked in self.asked)


def of_patient(patient: Patient) -> QuerySet[Screening]:
    """Completed screenings, the latest first, with who did them."""
    return (
        Screening.objects.filter(patient=patient, completed_at__isnull=False)
        .select_related("completed_by", "started_by")
        .order_by("-completed_at", "-id")
    )


def latest_screening(patient: Patient, purpose: str = "") -> Screening | None:
    """The latest completed screening, of one purpose when it is named."""
    rows = of_patient(patient)
    return (rows.filter(purpose=purpose) if purpose else rows).first()


def latest_of(patients: Iterable[Patient]) -> dict[int, Screening]:
    """The latest completed screening of each patient, with its answers; two queries."""
    rows = (
        Screening.objects.filter(
            patient_id__in=[patient.pk for patient in patients],
            completed_at__isnull=False,
        )
        .order_by("patient_id", "-completed_at", "-id")
        .distinct("patient_id")
        .prefetch_related("answers")
    )
    return {screening.patient_id: screening for screening in rows}


def overrides_by_patient(
    of: Iterable[Screening],
) -> dict[int, list[RuleOverride]]:
    """The written reasons against these screenings, by patient; one query."""
    by_patient: dict[int, list[RuleOverride]] = {}
    patient_of = {screening.pk: screening.patient_id for screening in of}
    rows = RuleOverride.objects.filter(screening_id__in=list(patient_of))
    for override in rows.select_related("by").order_by("at", "id"):
        key = patient_of[override.screening_id]
        by_patient.setdefault(key, []).append(override)
    return by_patient


def draft_of(patient: Patient, *, purpose: str, for_date: date) -> Screening | None:
    """The open screening of a purpose and day, which goes on where it was left."""
    return Screening.objects.filter(
        patient=patient, purpose=purpose, for_date=for_date, completed_at__isnull=True
    ).first()


def drafts_of(patient: Patient) -> QuerySet[Screening]:
    """Every open screening of a patient, the latest first."""
    rows = Screening.objects.filter(patient=patient, completed_at__isnull=True)
    return rows.select_related("started_by").order_by("-started_at")


def answers_of(screening: Screening) -> dict[str, ScreeningAnswer]:
    """The answers given so far, by question."""
    rows = ScreeningAnswer.objects.filter(screening=screening)
    rows = rows.select_related("prefilled_from", "recorded_as")
    return {row.question: row for row in rows}


def overrides_of(screening: Screening) -> list[RuleOverride]:
    """The written reasons against findings of a screening, in their order."""
    rows = RuleOverride.objects.filter(screening=screening).select_related("by")
    return list(rows.order_by("at", "id"))


def overrides_of_patient(patient: Patient) -> list[RuleOverride]:
    """Every written reason of a patient's screenings, the latest first."""
    rows = RuleOverride.objects.filter(screening__patient=patient)
    return list(rows.select_related("by", "screening").order_by("-at", "-id"))


def earlier_answers(
    patient: Patient, *, effective: EffectiveBook
) -> Mapping[str, Earlier]:
    """The latest answer to each question in completed screenings, and its day."""
    answers = Prefetch(
        "answers", queryset=ScreeningAnswer.objects.filter(value__isnull=False)
    )
    kinds, found = effective.book.facts, dict[str, Earlier]()
    for screening in of_patient(patient).prefetch_related(answers)[:10]:
        given_on = timezone.localdate(screening.completed_at)
        for row in screening.answers.all():
            if row.question in kinds:
                answer = known.rules_answer(row, kind=kinds[row.question])
                found.setdefault(
                    row.question, Earlier(answer=answer, given_on=given_on)
                )
    return found


def questions_of(
    screening: Screening, *, effective: EffectiveBook
) -> tuple[Question, ...]:
    """The questions that matter for this screening, the gravest first."""
    patient = screening.patient
    return rules.questions(
        book=effective.book,
        person=known.person_of(patient, today=screening.for_date),
        facts=known.screening_facts(patient, book=effective.book),
        today=screening.for_date,
        zones=frozenset(screening.zones),
        purpose=Purpose(screening.purpose),
        strict=effective.strict,
        earlier=earlier_answers(patient, effective=effective),
        setting=Setting(anaesthetic=screening.anaesthetic),
    )


def groups_of(
    questions: tuple[Question, ...], answers: Mapping[str, ScreeningAnswer]
) -> tuple[AskedGroup, ...]:
    """The questions by group, in the order in which they are asked."""
    groups: dict[str, list[AskedQuestion]] = {}
    by_key: dict[str, QuestionGroup] = {}
    for question in questions:
        by_key[question.group.key] = question.group
        asked = AskedQuestion(question=question, answer=answers.get(question.key))
        groups.setdefault(question.group.key, []).append(asked)
    return tuple(
        AskedGroup(group=by_key[key], asked=tuple(asked))
        for key, asked in groups.items()
    )


def findings_of(screening: Screening) -> tuple[Finding, ...]:
    """The findings kept with a completed screening, worst first."""
    return kept.kept(screening.findings)


def new_since(screening: Screening) -> frozenset[str]:
    """The codes that were not found, or less grave, at the screening before.

    Empty when there was none before: then nothing is called new.
    """
    before = (
        of_patient(screening.patient)
        .filter(completed_at__lt=screening.completed_at)
        .first()
    )
    if before is None:
        return frozenset()
    ranks: dict[str, int] = {}
    for finding in findings_of(before):
        ranks[finding.code] = max(ranks.get(finding.code, -1), finding.verdict.rank)
    return frozenset(
        finding.code
        for finding in findings_of(screening)
        if finding.verdict.rank > ranks.get(finding.code, -1)
    )
