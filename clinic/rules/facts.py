"""The kinds of history fact: what is asked, how it is dated, how long a no stands.

`knowledge/facts.toml` holds the kinds, `knowledge/question_groups.toml` the
groups in which they are asked. Which verdict a fact leads to is not said here
but in `knowledge/screening.toml` (CLINICAL 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from clinic.rules.sourced import Row


class Shape(StrEnum):
    """How a kind of fact lies in time.

    A state holds now until it ends (pregnancy, a medicine); an event happened
    on a day (filler, waxing); an ever-fact never ends (an allergy).
    """

    STATE = "state"
    EVENT = "event"
    EVER = "ever"


class Purpose(StrEnum):
    """What a round of questions is for."""

    PLAN = "plan"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer to "which?"."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionGroup:
    """Questions that one "none of these" may answer together."""

    key: str
    label: str
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactKind:
    """One kind of fact, as data.

    `skip_sexes` are the sexes that are not asked (a fact on record still
    counts), `no_stands_days` is how long an earlier "no" is offered again as a
    suggestion, 0 for never. `observed` kinds are seen by the practitioner and
    are not put to the patient.
    """

    key: str
    label: str
    question: str
    shape: Shape
    group: QuestionGroup
    per_zone: bool
    observed: bool
    choices: tuple[Choice, ...]
    choice_keys: frozenset[str]
    when_label: str
    end_label: str
    skip_sexes: frozenset[str]
    purposes: frozenset[Purpose]
    no_stands_days: int
    order: int

    def is_asked_of(self, sex: str) -> bool:
        """Whether the question matters for a person of that sex."""
        return sex not in self.skip_sexes


def load(rows: tuple[Row, ...], group_rows: tuple[Row, ...]) -> Mapping[str, FactKind]:
    """Every kind by its key, in the order of the file."""
    groups = {row.key: _group(row, order) for order, row in enumerate(group_rows)}
    return {row.key: _kind(row, groups, order) for order, row in enumerate(rows)}


def _group(row: Row, order: int) -> QuestionGroup:
    group = QuestionGroup(key=row.key, label=row.text("label"), order=order)
    row.finish()
    return group


def _kind(row: Row, groups: Mapping[str, QuestionGroup], order: int) -> FactKind:
    row.provenance()
    group, choices = row.text("group"), _choices(row)
    if group not in groups:
        row.fail(f"Group {group!r} is not in question_groups.toml.")
    kind = FactKind(
        key=row.key,
        label=row.text("label"),
        question=row.text("question"),
        shape=row.choice("shape", Shape),
        group=groups[group],
        per_zone=row.flag("per_zone"),
        observed=row.flag("observed"),
        choices=choices,
        choice_keys=frozenset(choice.key for choice in choices),
        when_label=row.text("when_label", ""),
        end_label=row.text("end_label", ""),
        skip_sexes=frozenset(row.texts("skip_sexes")),
        purposes=frozenset(row.choices("asked_for", Purpose)),
        no_stands_days=_no_stands_days(row),
        order=order,
    )
    row.finish()
    _check(row, kind)
    return kind


def _choices(row: Row) -> tuple[Choice, ...]:
    choices = []
    for inner in row.rows("choices"):
        choices.append(Choice(key=inner.text("choice"), label=inner.text("label")))
        inner.finish()
    if len({choice.key for choice in choices}) != len(choices):
        row.fail("A choice comes twice.")
    return tuple(choices)


def _no_stands_days(row: Row) -> int:
    stands = row.measure("no_stands")
    if stands.unit != "days":
        row.fail("no_stands is counted in days.")
    return int(stands.value)


def _check(row: Row, kind: FactKind) -> None:
    if not kind.purposes:
        row.fail("It is asked for nothing.")
    if kind.shape is Shape.EVENT and not kind.when_label:
        row.fail("An event needs a when_label: the day must be asked.")
    if kind.end_label and kind.shape is not Shape.STATE:
        row.fail("Only a state ends.")
    if kind.skip_sexes - {"female", "male", "other"}:
        row.fail("skip_sexes names an unknown sex.")
