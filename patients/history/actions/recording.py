"""What the answers of a screening leave in the history.

A yes that says something lasting becomes a fact, or ends one, so that the next
screening starts from it. A yes to "lately?" on a day nobody knows leaves none:
an undated exposure would count as today for ever.
"""

from collections.abc import Iterable
from datetime import datetime

from clinic.rules.book import RuleBook
from clinic.rules.facts import FactKind, Shape
from clinic.rules.screening import Answer
from clinic.staff.models import User
from patients.history.actions import facts as fact_actions
from patients.history.actions.facts import FactEntry
from patients.history.models import HistoryFact, Screening, ScreeningAnswer
from patients.history.queries import known, screenings


def source_of(
    kind: FactKind, answer: Answer, facts: Iterable[HistoryFact], *, book: RuleBook
) -> HistoryFact | None:
    """The fact that a suggested answer was made from."""
    for fact in facts:
        if fact.kind != kind.key or not fact.certain:
            continue
        same_which = (fact.choice or None) == answer.choice
        ended = fact.stopped_on or fact.started_on
        days = {fact.started_on, fact.stopped_on, ended}
        if same_which and {answer.on, answer.stopped_on} <= days | {None}:
            return fact
    return None


def record_answers(
    *, screening: Screening, book: RuleBook, by: User, now: datetime
) -> int:
    """Record every yes of the screening; how many facts were added or ended."""
    live = known.live_facts(screening.patient)
    changed = 0
    for row in screenings.answers_of(screening).values():
        kind = book.facts.get(row.question)
        if kind is None or not row.value:
            continue
        fact, is_new = _fact_for(screening, row, kind, live, by=by, now=now)
        if fact is None:
            continue
        changed += is_new
        row.recorded_as = fact
        row.save(update_fields=["recorded_as"])
    return changed


def _fact_for(
    screening: Screening,
    row: ScreeningAnswer,
    kind: FactKind,
    live: Iterable[HistoryFact],
    *,
    by: User,
    now: datetime,
) -> tuple[HistoryFact | None, bool]:
    """The fact an answer stands for, and whether it was added or ended now."""
    if kind.shape is Shape.EVENT and row.dated_on is None:
        return None, False
    alike = [
        f for f in live if f.kind == kind.key and f.certain and _alike(row, f, kind)
    ]
    if alike:
        fact = alike[0]
        is_over = row.stopped_on is not None or row.ended
        if is_over and known.goes_on(fact, kind=kind):
            ended = fact_actions.end(
                fact=fact, stopped_on=row.stopped_on, by=by, now=now
            )
            return ended, True
        return fact, False
    entry = FactEntry(
        kind=kind.key,
        choice=row.choice,
        zones=tuple(row.zones),
        started_on=row.dated_on,
        stopped_on=row.stopped_on,
        ended=row.ended,
        detail=row.detail,
        source="screening",
    )
    added = fact_actions.add(patient=screening.patient, entry=entry, by=by, now=now)
    _replace_vague(added, live, by=by, now=now)
    return added, True


def _replace_vague(
    fact: HistoryFact, live: Iterable[HistoryFact], *, by: User, now: datetime
) -> None:
    """Withdraw what the record had of the same kind without saying which.

    An imported "diabetes" would otherwise be asked about for ever, though the
    answer has just said which one it is. The withdrawn row stays readable.
    """
    if not fact.choice:
        return
    for vague in live:
        if vague.kind == fact.kind and not vague.choice and vague.pk != fact.pk:
            fact_actions.withdraw(fact=vague, by=by, now=now)


def _alike(row: ScreeningAnswer, fact: HistoryFact, kind: FactKind) -> bool:
    """Whether the history has it already, or has the state that the answer ends."""
    same_which = row.choice == fact.choice or not row.choice
    same_where = not fact.zones or (row.zones and set(row.zones) <= set(fact.zones))
    return bool(same_which and same_where) and _same_time(row, fact, kind)


def _same_time(row: ScreeningAnswer, fact: HistoryFact, kind: FactKind) -> bool:
    if kind.shape is Shape.EVER:
        return True
    if kind.shape is Shape.EVENT:
        return fact.started_on == row.dated_on
    if row.stopped_on is None and not row.ended:
        return known.goes_on(fact, kind=kind)
    if (fact.stopped_on, fact.ended) == (row.stopped_on, row.ended):
        return True
    began, stopped = fact.started_on, row.stopped_on
    if began is not None and stopped is not None and stopped < began:
        return False
    return known.goes_on(fact, kind=kind)
