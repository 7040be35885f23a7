"""Screenings as pages show them: questions with hints, findings with their reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.book import RuleBook
from clinic.rules.findings import Finding
from clinic.rules.gates import Authority
from clinic.rules.screening import Origin
from clinic.staff.models import User
from clinic.web.templatetags.parts import finding_row
from patients.history import authority
from patients.history.models import RuleOverride, Screening, ScreeningAnswer
from patients.history.queries import screenings
from patients.history.queries.flags import answer_words, further, words
from patients.history.queries.screenings import AskedQuestion
from patients.history.zones import zone_names

AUTHORITY_WORDS = {
    frozenset({Authority.PRESCRIBER}): gettext_lazy("A prescriber can sign this off."),
    frozenset(Authority): gettext_lazy(
        "A prescriber or the medical lead can override this."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding, whether it is new, the reasons written, and who may write one."""

    row: Mapping[str, Any]
    is_new: bool
    where: str
    overrides: tuple[RuleOverride, ...]
    may_pass: bool
    who_may: str

    @property
    def finding(self) -> Finding:
        """The finding itself."""
        finding: Finding = self.row["finding"]
        return finding


def finding_rows(
    screening: Screening, *, user: User, book: RuleBook, is_latest: bool
) -> tuple[FindingRow, ...]:
    """The findings kept with a screening, worst first, as this person sees them."""
    new = screenings.new_since(screening)
    written: dict[tuple[str, str], list[RuleOverride]] = {}
    for override in screenings.overrides_of(screening):
        written.setdefault((override.code, override.scope), []).append(override)
    rows, offered = [], set[tuple[str, str]]()
    for finding in screenings.findings_of(screening):
        place = (finding.code, finding.scope.value)
        allowed = authority.who_may_pass(finding)
        waits = is_latest and place not in written and place not in offered
        if allowed:
            offered.add(place)
        rows.append(
            FindingRow(
                row=finding_row(finding),
                is_new=finding.code in new,
                where=zone_names(book, finding.zones),
                overrides=tuple(written.get(place, ())),
                may_pass=waits and authority.may_pass(user, finding),
                who_may=str(AUTHORITY_WORDS.get(allowed, "")) if waits else "",
            )
        )
    return tuple(rows)


def hint_of(asked: AskedQuestion, *, today: date) -> str:
    """What the record or the last screening suggests, in words."""
    kind, suggested = asked.question.kind, asked.question.suggested
    fact = asked.answer.prefilled_from if asked.answer else None
    if fact is not None:
        said = _more(words(kind, fact, today=today), fact.detail)
        return _("In the record: %(said)s") % {"said": said}
    if suggested is None:
        return ""
    if suggested.origin is Origin.EARLIER:
        day = dateformat.format(suggested.on, "j F") if suggested.on else ""
        return _("Last time: no, on %(day)s") % {"day": day}
    said = _more(kind.label, suggested.detail)
    if suggested.origin is Origin.UNCERTAIN:
        return _("In the record, not certain: %(said)s") % {"said": said}
    return _("In the record: %(said)s") % {"said": said}


def _more(said: str, detail: str) -> str:
    return ", ".join(filter(None, [said, further(detail, said=said)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One answer in words, for reading."""

    label: str
    value: bool | None
    words: str


def answer_rows(
    answers: Iterable[ScreeningAnswer], *, book: RuleBook, today: date
) -> tuple[AnswerRow, ...]:
    """Every answer that was given, a yes first, in the order of the book."""
    order = list(book.facts)
    rows = [row for row in answers if row.question in book.facts]
    rank = {True: 0, None: 1, False: 2}
    rows.sort(key=lambda row: (rank[row.value], order.index(row.question)))
    return tuple(
        AnswerRow(
            label=book.facts[row.question].label,
            value=row.value,
            words=_said(row, book=book, today=today),
        )
        for row in rows
    )


def _said(row: ScreeningAnswer, *, book: RuleBook, today: date) -> str:
    if row.value is None:
        return _("Not asked")
    if not row.value:
        return _("No")
    kind = book.facts[row.question]
    parts = [
        answer_words(kind, row, today=today),
        zone_names(book, row.zones),
        further(row.detail, said=kind.label),
    ]
    return ", ".join(part for part in parts if part)
