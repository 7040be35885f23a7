"""What came of an import, in words."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.rules.book import load_book
from patients.importing.models import ImportIssue, ImportRun

MOST_CODES = 10
MOST_ISSUES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number with its words."""

    label: str
    number: int


def people_counts(run: ImportRun) -> list[Count]:
    """What became of the rows of people."""
    return [
        Count(label=_("People added"), number=run.added),
        Count(label=_("Of them deceased"), number=run.deceased),
        Count(label=_("Here already"), number=run.known),
        Count(label=_("Of them reported dead now"), number=run.reported_dead),
        Count(label=_("Look like somebody here"), number=run.held),
        Count(label=_("Rows not taken over"), number=run.refused),
    ]


def record_counts(run: ImportRun) -> list[Count]:
    """What became of the records."""
    return [
        Count(label=_("Records read"), number=run.records_read),
        Count(label=_("History facts added"), number=run.facts_added),
        Count(label=_("History facts ended or renewed"), number=run.facts_changed),
        Count(label=_("Records of no rule here"), number=run.records_unmapped),
        Count(
            label=_("Records of people who are not here"), number=run.records_homeless
        ),
    ]


def facts_in_words(facts: Mapping[str, int]) -> list[Count]:
    """Facts by kind, the most first."""
    kinds = load_book().facts
    ordered = sorted(facts.items(), key=lambda item: (-item[1], item[0]))
    return [
        Count(label=kinds[kind].label if kind in kinds else kind, number=number)
        for kind, number in ordered
    ]


def text(run: ImportRun, *, without_meaning: Counter[tuple[str, str]]) -> Iterator[str]:
    """The report of the command, line by line."""
    yield f"{run.label}:"
    yield from _columns(people_counts(run))
    if run.records_read:
        yield from _columns(record_counts(run))
    if run.fact_counts:
        yield _("History facts by kind:")
        yield from _columns(facts_in_words(run.fact_counts))
    if without_meaning:
        yield _("Codes that no rule asks about, the most frequent:")
        yield from (
            f"  {number:>9,}  {code} {words}"
            for (code, words), number in without_meaning.most_common(MOST_CODES)
        )
    yield from _issues(run)


def _columns(counts: list[Count]) -> Iterator[str]:
    return (f"  {count.number:>9,}  {count.label}" for count in counts)


def _issues(run: ImportRun) -> Iterator[str]:
    issues = ImportIssue.objects.filter(run=run).select_related("file")
    for kind, heading in (
        ("refused", _("Not taken over:")),
        ("held", _("Look like somebody here:")),
        ("changed", _("Changed, reported dead:")),
        ("note", _("To look at:")),
    ):
        chosen = issues.filter(kind=kind)
        total = chosen.count()
        if not total:
            continue
        yield heading
        for one in chosen.order_by("id")[:MOST_ISSUES]:
            place = _("%(file)s line %(line)d") % {
                "file": one.file.name,
                "line": one.line,
            }
            yield f"  {place}: {one.reason}"
        if total > MOST_ISSUES:
            yield "  " + _("and %d more") % (total - MOST_ISSUES)
