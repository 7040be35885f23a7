"""Importing: prepare a run, read it batch by batch, finish or cancel it.

Each batch is one transaction with its audit rows; a run that was cut off goes on
where it was, and one that is started again from the same files adds nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from django.db import connection, transaction
from django.db.models import Case, F, When
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.staff.models import User
from patients.importing import days, inspecting, layouts, reader, records, sources
from patients.importing.adding import Adding, Candidate, add_people, refusal
from patients.importing.inspecting import Inspected, Survey
from patients.importing.layouts import Kind
from patients.importing.models import (
    ImportFile,
    ImportIssue,
    ImportPart,
    ImportRecord,
    ImportRun,
)
from patients.importing.people import Reading, RowRefusedError, person
from patients.importing.reader import Damage, FileRefusedError, Row
from patients.importing.sources import PART_BYTES, Source

PEOPLE_PER_STEP = 1000
RECORDS_PER_STEP = 5000
SETTLED_PER_STEP = 500
Rows = Iterator[Row | Damage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Who imports, where and when: `region` is the country of numbers without one."""

    by: User | None
    now: datetime
    today: date
    region: str | None
    trial_ids: Iterator[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one batch did; `without_meaning` counts codes that were not taken over."""

    rows: int = 0
    without_meaning: Counter[tuple[str, str]] = field(default_factory=Counter)
    is_last: bool = False


def prepare(
    *,
    files: Sequence[Source],
    order: days.Order | None,
    add_look_alikes: bool,
    keep: bool,
    setting: Setting,
) -> tuple[ImportRun, dict[int, Inspected]]:
    """A run over the files, ready to start, and the file behind each of its rows.

    With `keep` the files go into the database, for an import that is continued in
    later requests. Raises FileRefusedError.
    """
    found = [inspecting.inspect(source) for source in files]
    source = _system_of(found)
    surveys = _surveys(found)
    order_found, is_sure = _order(surveys, told=order, region=setting.region)
    with transaction.atomic():
        run = ImportRun.objects.create(
            source=source,
            label=found[0].seen.layout.label.partition(",")[0],
            date_order=order_found,
            order_is_sure=is_sure,
            adds_look_alikes=add_look_alikes,
            started_at=setting.now,
            started_by=setting.by,
        )
        pairs = zip(found, surveys, strict=True)
        opened = {_add_file(run, f, survey, keep=keep).pk: f for f, survey in pairs}
        audit.record(
            by=setting.by,
            now=setting.now,
            action="import.prepared",
            object_kind="import_run",
            object_id=run.pk,
            system=source,
            rows=sum(survey.rows for survey in surveys),
        )
    return run, opened


def _surveys(files: Sequence[Inspected]) -> list[Survey]:
    """What each file holds; together at least one row."""
    surveys = [inspecting.survey(file) for file in files]
    if not any(survey.rows for survey in surveys):
        sentence = _("“%s” has headers but not one row below them.")
        raise FileRefusedError(sentence % files[0].source.name)
    return surveys


def _system_of(files: Sequence[Inspected]) -> str:
    """The one system all files come from."""
    systems = {file.seen.layout.key for file in files}
    if len(systems) != 1:
        labels = "; ".join(sorted({file.seen.layout.label for file in files}))
        sentence = _(
            "These files are of different systems: %s. Import one after the other."
        )
        raise FileRefusedError(sentence % labels)
    return systems.pop()


def _order(
    surveys: Sequence[Survey], *, told: days.Order | None, region: str | None
) -> tuple[days.Order, bool]:
    """How days are read, and whether that is known rather than usual here."""
    shown = next((one.days.order for one in surveys if one.days.order), None)
    matters = any(one.days.matters for one in surveys)
    order = told or shown or days.usual_order(region=region)
    return order, bool(told or shown) or not matters


def _add_file(
    run: ImportRun, file: Inspected, survey: Survey, *, keep: bool
) -> ImportFile:
    row = ImportFile.objects.create(
        run=run,
        kind=file.kind.value,
        name=file.source.name,
        layout_label=file.seen.layout.label,
        headers=list(file.seen.headers),
        delimiter=file.delimiter,
        size_bytes=file.source.size_bytes,
        rows=survey.rows,
        counts={"facts": survey.facts, "without_meaning": survey.without_meaning},
        at=file.header_ends_at,
        line=file.header_line,
    )
    if keep:
        for number, content in enumerate(_utf8_parts(file.lines())):
            ImportPart.objects.create(file=row, number=number, content=content)
    return row


def _utf8_parts(lines: Iterator[str]) -> Iterator[bytes]:
    """The text in UTF-8, in parts of one size: a place in it is a part and a rest."""
    pending = bytearray()
    for line in lines:
        pending += line.encode("utf-8", "replace")
        while len(pending) >= PART_BYTES:
            yield bytes(pending[:PART_BYTES])
            del pending[:PART_BYTES]
    if pending:
        yield bytes(pending)


def kept_rows(file: ImportFile) -> Rows:
    """The rows of a kept file that were not read yet."""
    lines = reader.as_text(sources.kept(file, at=file.at), encoding="utf-8")
    return reader.rows(lines, delimiter=file.delimiter, line=file.line, at=file.at)


def advance(
    *, run_id: int, rows_of: Callable[[ImportFile], Rows], setting: Setting
) -> Step:
    """Read and write one batch: people first, then records, then their facts.

    Somebody else who does the same waits for this batch and does the next.
    """
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        if run.state in {"done", "cancelled"}:
            return Step(is_last=True)
        _wait_for_others(run)
        file = _next_file(run)
        if file is None:
            return _settle(run, setting)
        to = Adding(
            run=run,
            file=file,
            by=setting.by,
            now=setting.now,
            trial_ids=setting.trial_ids,
        )
        reading = _reading(run, file, setting)
        if file.kind == Kind.PEOPLE:
            batch = list(islice(rows_of(file), PEOPLE_PER_STEP))
            step = _people(batch, to, reading)
        else:
            batch = list(islice(rows_of(file), RECORDS_PER_STEP))
            step = _records(batch, to, reading)
        _mark(file, batch)
        _count(run, state="running")
    return step


def _wait_for_others(run: ImportRun) -> None:
    """One batch of a system at a time: two imports would add the same person twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [run.source])


def _next_file(run: ImportRun) -> ImportFile | None:
    """People come first: their records need them."""
    people_first = Case(When(kind="people", then=0), default=1)
    return run.files.filter(is_read=False).order_by(people_first, "id").first()


def _reading(run: ImportRun, file: ImportFile, setting: Setting) -> Reading:
    seen = layouts.recognise(file.headers)
    assert seen is not None  # noqa: S101  it was recognised when the run was prepared
    return Reading(
        seen=seen,
        source=run.source,
        order=days.Order(run.date_order),
        region=setting.region,
        today=setting.today,
    )


def _people(batch: list[Row | Damage], to: Adding, reading: Reading) -> Step:
    candidates, refused = [], []
    for row in batch:
        if isinstance(row, Damage):
            refused.append(refusal(to=to, line=row.line, reason=row.reason, cells=()))
            continue
        try:
            one = person(line=row.line, cells=row.cells, reading=reading)
        except RowRefusedError as error:
            reason = str(error)
            refused.append(
                refusal(to=to, line=row.line, reason=reason, cells=row.cells)
            )
        else:
            candidates.append(Candidate(person=one, cells=row.cells))
    tally = add_people(batch=candidates, to=to)
    ImportIssue.objects.bulk_create([*refused, *tally.issues], batch_size=500)
    _count(
        to.run,
        added=F("added") + tally.added,
        known=F("known") + tally.known,
        held=F("held") + tally.held,
        refused=F("refused") + tally.refused + len(refused),
        deceased=F("deceased") + tally.deceased,
        reported_dead=F("reported_dead") + tally.reported_dead,
    )
    return Step(rows=len(batch))


def _records(batch: list[Row | Damage], to: Adding, reading: Reading) -> Step:
    waiting: list[ImportRecord] = []
    refused: list[ImportIssue] = []
    without_meaning: Counter[tuple[str, str]] = Counter()
    described = reading.seen.columns["description"]
    for row in batch:
        if isinstance(row, Damage):
            refused.append(refusal(to=to, line=row.line, reason=row.reason, cells=()))
            continue
        try:
            code, found = records.read_record(
                run=to.run,
                cells=row.cells,
                reading=reading,
                record_list=to.file.kind,
            )
        except RowRefusedError as error:
            reason = str(error)
            refused.append(
                refusal(to=to, line=row.line, reason=reason, cells=row.cells)
            )
            continue
        waiting.extend(found)
        if not found:
            without_meaning[code, row.cells[described]] += 1
    ImportRecord.objects.bulk_create(waiting, batch_size=1000)
    ImportIssue.objects.bulk_create(refused, batch_size=500)
    _count(
        to.run,
        records_read=F("records_read") + len(batch),
        records_unmapped=F("records_unmapped") + without_meaning.total(),
        refused=F("refused") + len(refused),
    )
    return Step(rows=len(batch), without_meaning=without_meaning)


def _mark(file: ImportFile, batch: list[Row | Damage]) -> None:
    """Remember how far the file was read; an empty batch was its end."""
    if batch:
        file.at, file.line = batch[-1].ends_at, batch[-1].last_line
    else:
        file.is_read = True
    file.save(update_fields=["at", "line", "is_read"])


def _settle(run: ImportRun, setting: Setting) -> Step:
    """The facts of the next people, or the end of the run."""
    settled = records.settle(
        run=run, people=SETTLED_PER_STEP, by=setting.by, now=setting.now
    )
    if not settled.people:
        _finish(run, setting)
        return Step(is_last=True)
    run.fact_counts = dict(Counter(run.fact_counts) + Counter(settled.facts_added))
    run.save(update_fields=["fact_counts"])
    _count(
        run,
        facts_added=F("facts_added") + sum(settled.facts_added.values()),
        facts_changed=F("facts_changed") + settled.facts_changed,
        records_homeless=F("records_homeless") + settled.records_homeless,
    )
    return Step()


def _finish(run: ImportRun, setting: Setting) -> None:
    _count(run, state="done", finished_at=setting.now)
    ImportPart.objects.filter(file__run=run).delete()
    run.refresh_from_db()
    audit.record(
        by=setting.by,
        now=setting.now,
        action="import.finished",
        object_kind="import_run",
        object_id=run.pk,
        added=run.added,
        known=run.known,
        reported_dead=run.reported_dead,
        held=run.held,
        refused=run.refused,
        facts_added=run.facts_added,
        facts_changed=run.facts_changed,
    )


def begin(
    *, run_id: int, date_order: str, add_look_alikes: bool, by: User, now: datetime
) -> None:
    """Let a prepared run start; a second click changes nothing."""
    with transaction.atomic():
        changed = ImportRun.objects.filter(pk=run_id, state="ready").update(
            state="running", date_order=date_order, adds_look_alikes=add_look_alikes
        )
        if changed:
            audit.record(
                by=by,
                now=now,
                action="import.started",
                object_kind="import_run",
                object_id=run_id,
            )


def cancel(*, run_id: int, by: User | None, now: datetime) -> None:
    """Stop a run; what it has added stays, what it waited with goes."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        if run.state in {"done", "cancelled"}:
            return
        ImportPart.objects.filter(file__run=run).delete()
        run.records.all().delete()
        _count(run, state="cancelled", finished_at=now)
        audit.record(
            by=by,
            now=now,
            action="import.cancelled",
            object_kind="import_run",
            object_id=run.pk,
        )


def _count(run: ImportRun, **changes: object) -> None:
    ImportRun.objects.filter(pk=run.pk).update(**changes)
