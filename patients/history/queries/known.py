"""What is known of a patient, in the form in which the rules take it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from clinic.rules.book import RuleBook
from clinic.rules.facts import FactKind, Shape
from clinic.rules.screening import Answer, Fact, Person
from patients.history.models import HistoryFact, ScreeningAnswer
from patients.records.models import Patient

ADULT_YEARS = 18  # below it a guardian's consent counts (rule C34)


# Every page of a patient reads them for its flags: written out, for the ORM takes
# longer to write it than the database to answer.
LIVE = """
SELECT * FROM patients_historyfact
 WHERE patient_id = ANY(%s) AND withdrawn_at IS NULL ORDER BY recorded_at DESC, id DESC
"""


def live_facts(patient: Patient) -> list[HistoryFact]:
    """The facts that hold good, the latest first, with who recorded them."""
    rows = HistoryFact.objects.filter(patient=patient, withdrawn_at=None)
    return list(rows.select_related("recorded_by").order_by("-recorded_at", "-id"))


def live_facts_of(patients: Iterable[Patient]) -> dict[int, list[HistoryFact]]:
    """The facts of several patients by their key; one query."""
    by_patient: dict[int, list[HistoryFact]] = defaultdict(list)
    for patient in patients:
        by_patient[patient.pk] = []
    for fact in HistoryFact.objects.raw(LIVE, [list(by_patient)]):
        by_patient[fact.patient_id].append(fact)
    return by_patient


def screening_facts(patient: Patient, *, book: RuleBook) -> tuple[Fact, ...]:
    """The history as the screening reads it; one query."""
    return tuple(rules_fact(fact, book=book) for fact in known_kinds(patient, book))


def known_kinds(patient: Patient, book: RuleBook) -> list[HistoryFact]:
    """The live facts whose kind the book still has."""
    return [fact for fact in live_facts(patient) if fact.kind in book.facts]


def rules_fact(fact: HistoryFact, *, book: RuleBook) -> Fact:
    """One row as a fact of the rules; a zone the book does not know is left out."""
    return Fact(
        kind=fact.kind,
        started_on=fact.started_on,
        stopped_on=fact.stopped_on,
        choice=fact.choice or None,
        zones=frozenset(fact.zones) & frozenset(book.covers),
        certain=fact.certain,
        ended=fact.ended,
        detail=fact.detail,
    )


def goes_on(fact: HistoryFact, *, kind: FactKind) -> bool:
    """Whether the fact can still be ended: a state that goes on."""
    return (
        kind.shape is Shape.STATE
        and fact.stopped_on is None
        and not fact.ended
        and fact.withdrawn_at is None
    )


def person_of(patient: Patient, *, today: date) -> Person:
    """What the rules need to know of the person. Under age it asks for consents."""
    person = Person(
        born_on=patient.born_on, phototype=patient.phototype, sex=patient.sex
    )
    age = person.age_on(today)
    if age is None or age >= ADULT_YEARS:
        return person
    # Consent lies above history: the relation is read here, its code is not.
    guarded = patient.consents.filter(kind="treatment", withdrawn_at__isnull=True)
    return Person(
        born_on=patient.born_on,
        phototype=patient.phototype,
        sex=patient.sex,
        guardian_consent=guarded.exclude(guardian_name="").exists(),
    )


def rules_answer(
    row: ScreeningAnswer, *, kind: FactKind, unknown_on: date | None = None
) -> Answer:
    """One answer as the rules take it.

    `unknown_on` is the day that stands for one nobody knows: judged again later,
    an exposure told at a screening cannot be later than that screening.
    """
    on, stopped_on = row.dated_on, row.stopped_on
    if row.value and kind.shape is Shape.EVENT and on is None:
        on = unknown_on
    if row.value and row.ended and stopped_on is None:
        stopped_on = unknown_on
    return Answer(
        value=row.value,
        on=on,
        choice=row.choice or None,
        zones=frozenset(row.zones),
        stopped_on=stopped_on,
        ended=row.ended,
    )


def rules_answers(
    rows: Iterable[ScreeningAnswer],
    *,
    kinds: Mapping[str, FactKind],
    unknown_on: date | None = None,
) -> dict[str, Answer]:
    """All answers whose question the book still has, by question."""
    return {
        row.question: rules_answer(row, kind=kinds[row.question], unknown_on=unknown_on)
        for row in rows
        if row.question in kinds
    }
