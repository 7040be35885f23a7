"""Reading imports: the latest ones, a preview, how far one is, what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.importing import actions, days, layouts
from patients.importing.models import ImportFile, ImportIssue, ImportRun
from patients.importing.people import Person, Reading, RowRefusedError, person
from patients.importing.reader import Row
from patients.importing.report import Count, facts_in_words

LATEST = 10
PREVIEW_ROWS = 5
MOST_ISSUES = 50
# What the columns become, in the words of the patient's page.
FIELDS: dict[str, Promise] = {
    "source_id": _("Number there"),
    "given_name": _("First name"),
    "middle_name": _("First name"),
    "family_name": _("Last name"),
    "full_name": _("First and last name"),
    "preferred_name": _("Preferred first name"),
    "born_on": _("Date of birth"),
    "deceased_on": _("Died on"),
    "sex": _("Sex"),
    "mobile": _("Phone"),
    "phone_2": _("Phone, or note for the desk"),
    "phone_3": _("Phone, or note for the desk"),
    "email": _("E-mail"),
    "street": _("Street and number"),
    "street_2": _("Street and number"),
    "street_3": _("Street and number"),
    "city": _("Town"),
    "region": _("County or state"),
    "postcode": _("Postcode"),
    "country": _("Country"),
    "language": _("Language"),
    "emergency_name": _("Contact in an emergency"),
    "emergency_phone": _("Contact in an emergency"),
    "emergency_relation": _("Contact in an emergency"),
    "guardian": _("Note for the desk"),
    "blocked": _("Note for the desk"),
}
CLINICAL_NOTE = _("Clinical note, for practitioners")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that is taken over, and what it becomes."""

    header: str
    becomes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One of the first rows as it would come in, or why it would not."""

    line: int
    person: Person | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePreview:
    """One file before the import, as far as the reader may see it."""

    name: str
    label: str
    rows: int
    is_people: bool
    columns: Sequence[Column]
    left_out: Sequence[str]
    left_out_count: int
    samples: Sequence[Sample]
    facts: Sequence[Count]
    without_meaning: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who looks at a preview, when, and from which country."""

    today: date
    region: str | None
    sees_people: bool
    is_clinical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is: rows read, of all rows."""

    done: int
    total: int


def latest() -> list[ImportRun]:
    """The last imports, the newest first."""
    return list(ImportRun.objects.select_related("started_by").order_by("-id")[:LATEST])


def progress(run: ImportRun) -> Progress:
    """Counted in rows of all files; facts are written in the last stretch."""
    total = run.files.aggregate(rows=Sum("rows"))["rows"] or 0
    people = run.added + run.known + run.held + run.refused
    return Progress(done=min(people + run.records_read, total), total=total)


def issues(run: ImportRun, *, kind: str) -> list[ImportIssue]:
    """The first issues of a kind."""
    rows = ImportIssue.objects.filter(run=run, kind=kind)
    return list(rows.select_related("file", "patient").order_by("id")[:MOST_ISSUES])


def issue_counts(run: ImportRun) -> dict[str, int]:
    """How many issues of each kind there are."""
    return {
        kind: ImportIssue.objects.filter(run=run, kind=kind).count()
        for kind in ("refused", "held", "changed", "note")
    }


def preview(run: ImportRun, look: Look) -> list[FilePreview]:
    """Every file of the run: people with rows for those who see names, records with
    their facts for those who see charts.
    """
    return [
        _people(run, file, look)
        if file.kind == layouts.Kind.PEOPLE
        else _records(file, is_clinical=look.is_clinical)
        for file in sorted(run.files.order_by("id"), key=_people_first)
    ]


def _people_first(file: ImportFile) -> bool:
    return file.kind != layouts.Kind.PEOPLE


def _people(run: ImportRun, file: ImportFile, look: Look) -> FilePreview:
    seen = layouts.recognise(file.headers)
    assert seen is not None  # noqa: S101  it was recognised when the run was prepared
    reading = Reading(
        seen=seen,
        source=run.source,
        order=days.Order(run.date_order),
        region=look.region,
        today=look.today,
    )
    columns = sorted((place, field) for field, place in seen.columns.items())
    taken = [Column(header=file.headers[p], becomes=str(FIELDS[f])) for p, f in columns]
    if look.is_clinical:
        note = str(CLINICAL_NOTE)
        taken += [Column(header=head, becomes=note) for _p, head in seen.gathered]
    unseen = len(file.headers) - len(taken)
    return FilePreview(
        name=file.name,
        label=file.layout_label,
        rows=file.rows,
        is_people=True,
        columns=taken,
        left_out=seen.left_out if look.is_clinical else (),
        left_out_count=unseen,
        samples=_samples(file, reading) if look.sees_people else (),
        facts=(),
        without_meaning=0,
    )


def _samples(file: ImportFile, reading: Reading) -> list[Sample]:
    found = []
    for row in islice(actions.kept_rows(file), PREVIEW_ROWS):
        if not isinstance(row, Row):
            found.append(Sample(line=row.line, person=None, reason=row.reason))
            continue
        try:
            one = person(line=row.line, cells=row.cells, reading=reading)
        except RowRefusedError as error:
            found.append(Sample(line=row.line, person=None, reason=str(error)))
        else:
            found.append(Sample(line=row.line, person=one, reason=""))
    return found


def _records(file: ImportFile, *, is_clinical: bool) -> FilePreview:
    facts = facts_in_words(file.counts.get("facts", {})) if is_clinical else []
    return FilePreview(
        name=file.name,
        label=file.layout_label,
        rows=file.rows,
        is_people=False,
        columns=(),
        left_out=(),
        left_out_count=0,
        samples=(),
        facts=facts,
        without_meaning=file.counts.get("without_meaning", 0) if is_clinical else 0,
    )
