"""The health page: facts in words by group, conditions with their zones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import dateformat
from django.utils.translation import gettext as _

from clinic.rules import scales
from clinic.rules.book import RuleBook
from clinic.rules.facts import FactKind, Shape
from patients.history.models import HistoryFact, PatientCondition
from patients.history.queries import known
from patients.history.queries.flags import further, words
from patients.history.zones import zone_names
from patients.records.models import Patient

PATTERNS = {"day": "j F Y", "month": "F Y", "year": "Y"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One fact as the page shows it."""

    fact: HistoryFact
    words: str
    detail: str
    since: str
    where: str
    can_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FactGroup:
    """The facts of one group of kinds."""

    label: str
    rows: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRow:
    """One condition as the page shows it."""

    condition: PatientCondition
    name: str
    where: str
    baseline: str
    since: str


def fact_groups(
    patient: Patient, *, book: RuleBook, today: date
) -> tuple[FactGroup, ...]:
    """The facts that hold good, by group in the order of the book; one query."""
    by_group: dict[str, list[FactRow]] = {}
    facts = known.known_kinds(patient, book)
    order = list(book.facts)
    for fact in sorted(facts, key=lambda fact: order.index(fact.kind)):
        kind = book.facts[fact.kind]
        row = _row(fact, kind, book=book, today=today)
        by_group.setdefault(kind.group.label, []).append(row)
    return tuple(
        FactGroup(label=label, rows=tuple(rows)) for label, rows in by_group.items()
    )


def withdrawn_facts(
    patient: Patient, *, book: RuleBook, today: date
) -> tuple[FactRow, ...]:
    """What was entered in error, the latest first; one query."""
    facts = HistoryFact.objects.filter(patient=patient, withdrawn_at__isnull=False)
    rows = facts.select_related("recorded_by", "withdrawn_by").order_by("-withdrawn_at")
    return tuple(
        _row(fact, book.facts[fact.kind], book=book, today=today)
        for fact in rows
        if fact.kind in book.facts
    )


def _row(fact: HistoryFact, kind: FactKind, *, book: RuleBook, today: date) -> FactRow:
    since = ""
    if kind.shape is Shape.STATE and fact.started_on is not None:
        day = dateformat.format(fact.started_on, "j F Y")
        since = _("since %(day)s") % {"day": day}
    said = words(kind, fact, today=today)
    return FactRow(
        fact=fact,
        words=said,
        detail=further(fact.detail, said=said),
        since=since,
        where=zone_names(book, fact.zones),
        can_end=known.goes_on(fact, kind=kind),
    )


def fact_row(fact: HistoryFact, *, book: RuleBook, today: date) -> FactRow:
    """One fact in words. Raises KeyError for a kind the book has not."""
    return _row(fact, book.facts[fact.kind], book=book, today=today)


def condition_rows(patient: Patient, *, book: RuleBook) -> tuple[ConditionRow, ...]:
    """Every condition, those that are treated first; one query."""
    conditions = PatientCondition.objects.filter(patient=patient).order_by("id")
    order = ("in_treatment", "active", "resolved")
    rows = sorted(conditions, key=lambda condition: order.index(condition.status))
    return tuple(condition_row(condition, book=book) for condition in rows)


def condition_row(condition: PatientCondition, *, book: RuleBook) -> ConditionRow:
    """One condition in words."""
    known_kind = book.conditions.get(condition.kind)
    return ConditionRow(
        condition=condition,
        name=known_kind.name if known_kind else condition.kind,
        where=zone_names(book, condition.zones),
        baseline=_baseline(condition, book),
        since=_onset(condition),
    )


def _baseline(condition: PatientCondition, book: RuleBook) -> str:
    parts = [condition.severity] if condition.severity else []
    value = condition.baseline_value
    if value is not None:
        try:
            scale = scales.get(condition.baseline_scale, book=book)
        except KeyError:
            parts.insert(0, f"{condition.baseline_scale} {value.normalize():f}")
        else:
            score = _("%(scale)s %(value)s of %(most)s") % {
                "scale": scale.short,
                "value": f"{value.normalize():f}",
                "most": scale.maximum,
            }
            parts.insert(0, score)
    return ", ".join(parts)


def _onset(condition: PatientCondition) -> str:
    if condition.onset_on is None:
        return ""
    pattern = PATTERNS.get(condition.onset_precision, "j F Y")
    return dateformat.format(condition.onset_on, pattern)


def zones_of_conditions(conditions: Iterable[PatientCondition]) -> tuple[str, ...]:
    """All zones that are still treated, without those of resolved conditions."""
    zones = {
        zone
        for condition in conditions
        if condition.status != "resolved"
        for zone in condition.zones
    }
    return tuple(sorted(zones))
