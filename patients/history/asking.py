"""A page of questions put together: what was typed on top of what is kept.

The practitioner's page and the one in the patient's hands share it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from clinic.rulebook.queries import EffectiveBook, effective_book
from clinic.rules.facts import QuestionGroup
from clinic.rules.screening import Origin
from patients.history.actions.screenings import NO as SAID_NO
from patients.history.actions.screenings import AnswerEntry
from patients.history.forms.screenings import AnswerForm, answer_forms
from patients.history.models import Screening
from patients.history.queries import screenings, shown
from patients.history.queries.screenings import AskedQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question on the page."""

    asked: AskedQuestion
    form: AnswerForm
    hint: str

    @property
    def key(self) -> str:
        """The key of the question."""
        return self.asked.question.key

    @property
    def errors(self) -> list[str]:
        """What is wrong with the answer, each sentence once."""
        said = [str(one) for errors in self.form.errors.values() for one in errors]
        return list(dict.fromkeys(said))

    @property
    def is_on_record(self) -> bool:
        """Whether a "no" would contradict what the record says for certain."""
        suggested = self.asked.question.suggested
        return suggested is not None and suggested.origin is Origin.HISTORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One group of questions on the page."""

    group: QuestionGroup
    rows: tuple[Row, ...]

    @property
    def open_count(self) -> int:
        """How many have no answer yet."""
        return sum(row.asked.value is None for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All questions of a screening, with a form for each."""

    screening: Screening
    effective: EffectiveBook
    sections: tuple[Section, ...]

    @property
    def rows(self) -> dict[str, Row]:
        """Every question by its key."""
        return {row.key: row for section in self.sections for row in section.rows}

    @property
    def answered_count(self) -> int:
        """How many questions have an answer that is kept."""
        return sum(row.asked.value is not None for row in self.rows.values())

    @property
    def unchanged(self) -> list[Row]:
        """Questions without an answer to which the last time said no."""
        return [
            row
            for row in self.rows.values()
            if row.asked.value is None
            and row.asked.question.suggested is not None
            and row.asked.question.suggested.origin is Origin.EARLIER
        ]

    @property
    def asked_last_on(self) -> date | None:
        """The day of the latest of those earlier answers."""
        days = [
            suggested.on
            for row in self.unchanged
            if (suggested := row.asked.question.suggested) and suggested.on
        ]
        return max(days, default=None)

    @property
    def unclear(self) -> list[Row]:
        """Questions whose answer was refused: unreadable, or it says too little."""
        return [row for row in self.rows.values() if row.form.is_bound and row.errors]

    def typed(self) -> dict[str, AnswerEntry]:
        """What was typed, where it can be read; the rest stays as it is kept."""
        return {
            key: row.form.entry()
            for key, row in self.rows.items()
            if row.form.is_bound and row.form.is_valid()
        }

    @property
    def is_readable(self) -> bool:
        """Whether everything that was typed could be read."""
        return all(row.form.is_valid() for row in self.rows.values())

    def none_of(self, group: str, typed: Mapping[str, AnswerEntry]) -> list[str]:
        """The open questions of a group that "none of these" answers with no.

        One to which the record suggests a yes is left open: it is asked alone.
        """
        return [
            row.key
            for section in self.sections
            if section.group.key == group
            for row in section.rows
            if _is_open(row, typed) and not _suggests_yes(row)
        ]

    def owed(self, typed: Mapping[str, AnswerEntry]) -> list[Row]:
        """The questions that may not stay open, and are."""
        return [
            row
            for row in self.rows.values()
            if row.asked.question.owed and _is_open(row, typed)
        ]

    def require_details(self) -> bool:
        """Whether every yes says enough; otherwise the forms say what is missing."""
        for row in self.rows.values():
            row.form.require_details()
        return self.is_readable


def _is_open(row: Row, typed: Mapping[str, AnswerEntry]) -> bool:
    entry = typed.get(row.key)
    return (row.asked.value if entry is None else entry.value) is None


def _suggests_yes(row: Row) -> bool:
    suggested = row.asked.question.suggested
    return suggested is not None and bool(suggested.answer.value)


def with_no(
    typed: Mapping[str, AnswerEntry], keys: list[str]
) -> dict[str, AnswerEntry]:
    """What was typed, and no to these questions."""
    return {**typed, **dict.fromkeys(keys, SAID_NO)}


def sheet_of(
    screening: Screening,
    *,
    today: date,
    data: Mapping[str, Any] | None = None,
    for_patient: bool = False,
    only: str = "",
) -> Sheet:
    """The questions of a screening; `only` one, or those put to the patient."""
    effective = effective_book()
    questions = screenings.questions_of(screening, effective=effective)
    groups = screenings.groups_of(
        tuple(
            question
            for question in questions
            if only in {"", question.key}
            and not (for_patient and question.kind.observed)
        ),
        screenings.answers_of(screening),
    )
    sections = []
    for group in groups:
        forms = answer_forms(group.asked, book=effective.book, data=data)
        rows = tuple(
            Row(
                asked=asked,
                form=forms[asked.question.key],
                hint=shown.hint_of(asked, today=today),
            )
            for asked in group.asked
        )
        sections.append(Section(group=group.group, rows=rows))
    return Sheet(screening=screening, effective=effective, sections=tuple(sections))
