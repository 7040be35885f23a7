"""What is known when a patient is screened: answers, history facts, the person.

Zones are zone keys (`CHEEK`) or area codes (`CM-R`) of the book. An empty set
means "not known where", and so everywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from clinic.rules import dates
from clinic.rules.facts import FactKind, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Yes, no or not asked (None), with when, which and where.

    `on` is the day of an event, or since when a state holds. A state that is
    over has `stopped_on`, or `ended` when the day is not known; an unknown day
    counts as today.
    """

    value: bool | None = None
    on: date | None = None
    choice: str | None = None
    zones: frozenset[str] = frozenset()
    stopped_on: date | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One dated fact of the history; `certain=False` only suggests an answer."""

    kind: str
    started_on: date | None = None
    stopped_on: date | None = None
    choice: str | None = None
    zones: frozenset[str] = frozenset()
    certain: bool = True
    ended: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the rules need to know of the patient; None is "not recorded".

    `guardian_consent` counts only under age.
    """

    born_on: date | None = None
    phototype: int | None = None
    sex: str = ""
    guardian_consent: bool | None = None

    def age_on(self, day: date) -> int | None:
        """Whole years on a day, None when the birth date is not recorded."""
        if self.born_on is None:
            return None
        return dates.age_on(born_on=self.born_on, day=day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How it is to be done; an anaesthetic not decided on counts as used."""

    anaesthetic: bool | None = None
    radiofrequency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One thing known of one kind: it holds now, or ended or happened on a day."""

    ongoing: bool
    day: date | None
    choice: str
    zones: frozenset[str]


@dataclass(slots=True, kw_only=True)
class Known:
    """All that is known of one kind on the day that is judged.

    `denied` are states on record as going on which today's answer denies: it
    is "no", or "yes, but it is over".
    """

    answer: Occurrence | None = None
    answered: bool | None = None
    occurrences: list[Occurrence] = field(default_factory=list)
    denied: list[Occurrence] = field(default_factory=list)


def gather(
    *,
    kinds: Mapping[str, FactKind],
    answers: Mapping[str, Answer],
    facts: Iterable[Fact],
    on: date,
) -> dict[str, Known]:
    """What is known by kind. Raises LookupError for a kind the book has not."""
    known: dict[str, Known] = {}
    for key, answer in answers.items():
        kind = _kind(kinds, key)
        known[key] = entry = Known(answered=answer.value)
        if answer.value:
            entry.answer = _of_answer(kind, answer, on)
            entry.occurrences.append(entry.answer)
    for fact in facts:
        kind = _kind(kinds, fact.kind)
        if fact.certain:
            _add_fact(known.setdefault(fact.kind, Known()), kind, fact, on)
    return known


def of_fact(*, kind: FactKind, fact: Fact, on: date) -> Occurrence:
    """A history fact as it stands on a day."""
    ended = fact.ended or (fact.stopped_on is not None and fact.stopped_on <= on)
    ongoing = kind.shape is Shape.STATE and not ended
    day = fact.stopped_on
    if day is None and kind.shape is not Shape.STATE:
        day = fact.started_on
    return Occurrence(
        ongoing=ongoing,
        day=None if ongoing else day,
        choice=_choice(kind, fact.choice),
        zones=fact.zones,
    )


def _add_fact(known: Known, kind: FactKind, fact: Fact, on: date) -> None:
    occurrence = of_fact(kind=kind, fact=fact, on=on)
    if not (occurrence.ongoing and _is_denied(known, occurrence)):
        known.occurrences.append(occurrence)
        return
    known.denied.append(occurrence)
    if known.answer is None:
        known.occurrences.append(replace(occurrence, ongoing=False))


def _is_denied(known: Known, recorded: Occurrence) -> bool:
    """Whether the answer says that a state on record is over, or never was."""
    answer = known.answer
    if answer is None:
        return known.answered is False
    alike = answer.choice == recorded.choice or not (answer.choice and recorded.choice)
    return alike and not answer.ongoing


def _of_answer(kind: FactKind, answer: Answer, on: date) -> Occurrence:
    stopped_on = answer.stopped_on
    ended = answer.ended or (stopped_on is not None and stopped_on <= on)
    ongoing = kind.shape is Shape.STATE and not ended
    day = stopped_on if kind.shape is Shape.STATE else answer.on
    return Occurrence(
        ongoing=ongoing,
        day=None if ongoing else day,
        choice=_choice(kind, answer.choice),
        zones=answer.zones,
    )


def _choice(kind: FactKind, choice: str | None) -> str:
    """The choice when the book knows it; a stranger counts as not known."""
    return choice if choice in kind.choice_keys else ""


def _kind(kinds: Mapping[str, FactKind], key: str) -> FactKind:
    if key not in kinds:
        raise LookupError(f"The rule book has no kind of fact {key!r}.")
    return kinds[key]
