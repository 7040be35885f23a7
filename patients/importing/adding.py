"""Adding the people of a batch: who is known, who looks alike, who is new."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from django.db import connection
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.staff.models import User
from patients.importing import deaths
from patients.importing.alike import Faces, Likeness, Seen, faces_for
from patients.importing.models import ImportFile, ImportIssue, ImportRun
from patients.importing.people import Person
from patients.records import names
from patients.records.models import Patient

_COLUMNS = (
    *("given_name", "family_name", "preferred_name", "born_on", "sex", "phone"),
    *("email", "street", "city", "region", "postcode", "country", "language"),
    *("emergency_name", "emergency_phone", "emergency_relation", "desk_note"),
    *("clinical_note", "is_deceased", "deceased_on", "phone_digits"),
)
_COPY = (
    f"COPY patients_patient (id, {', '.join(_COLUMNS)}, search_name, import_source,"
    " import_key, created_at, created_by_id, version) FROM STDIN"
)
_NEXT_IDS = (
    "SELECT nextval(pg_get_serial_sequence('patients_patient', 'id'))"
    " FROM generate_series(1, %s)"
)
# What COPY reads a text by: a tab parts columns, a line end rows.
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person of the list with the row she or he came in."""

    person: Person
    cells: Sequence[str]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of a batch."""

    added: int = 0
    known: int = 0
    held: int = 0
    refused: int = 0
    deceased: int = 0
    reported_dead: int = 0
    issues: list[ImportIssue] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding:
    """Where a batch goes: its run and file, who imports, when.

    `trial_ids` are the ids of people who are taken back at the end of a dry run: it
    uses up no reference.
    """

    run: ImportRun
    file: ImportFile
    by: User | None
    now: datetime
    trial_ids: Iterator[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Somebody who was imported from the same system before, or on a `line` above."""

    patient_id: int | None
    line: int
    words: frozenset[str]
    born_on: date | None
    is_deceased: bool


def add_people(*, batch: Sequence[Candidate], to: Adding) -> Tally:
    """Add the new people of the batch; call it inside a transaction.

    Who is known as living and is reported dead becomes so, who is new in this very
    batch as well.
    """
    tally, dead = Tally(), list[Person]()
    fresh = list(_unknown(batch, to, tally, dead))
    faces = faces_for(candidate.person for candidate in fresh)
    chosen = [one for one in fresh if _is_welcome(one, faces, to, tally)]
    _insert([one.person for one in chosen], to)
    tally.added = len(chosen)
    tally.deceased = sum(one.person.is_deceased for one in chosen)
    entered = deaths.enter(dead, run=to.run, file=to.file, by=to.by, now=to.now)
    tally.reported_dead = entered.number
    tally.issues += entered.issues
    return tally


def _unknown(
    batch: Sequence[Candidate], to: Adding, tally: Tally, dead: list[Person]
) -> Iterator[Candidate]:
    """Those whose key is new, in the file as well; `dead` gets the others whose
    death is news.
    """
    known = _known(to.run.source, [one.person.key for one in batch])
    for one in batch:
        person = one.person
        there = known.get(person.key)
        if there is None:
            known[person.key] = _Known(
                patient_id=None,
                line=person.line,
                words=person.words,
                born_on=person.born_on,
                is_deceased=person.is_deceased,
            )
            yield one
        elif names.alike(person.words, there.words) or _same(
            person.born_on, there.born_on
        ):
            tally.known += 1
            if person.is_deceased and not there.is_deceased:
                dead.append(person)
        else:
            tally.refused += 1
            reason = _("The number “%(key)s” belongs to somebody else: %(who)s.")
            who = Seen(patient_id=there.patient_id, line=there.line, words=there.words)
            words = reason % {"key": person.key, "who": who}
            tally.issues.append(
                refusal(to=to, line=person.line, reason=words, cells=one.cells)
            )


def _same(one: date | None, other: date | None) -> bool:
    return one is not None and one == other


def _known(source: str, keys: list[str]) -> dict[str, _Known]:
    rows = Patient.objects.filter(import_source=source, import_key__in=keys)
    columns = ("import_key", "pk", "search_name", "born_on", "is_deceased")
    return {
        key: _Known(
            patient_id=pk,
            line=0,
            words=frozenset(search_name.split()),
            born_on=born_on,
            is_deceased=is_deceased,
        )
        for key, pk, search_name, born_on, is_deceased in rows.values_list(*columns)
    }


def _is_welcome(one: Candidate, faces: Faces, to: Adding, tally: Tally) -> bool:
    """Whether to add the person; who looks like somebody waits for a human eye."""
    person = one.person
    likeness = faces.likeness(person)
    waits = likeness is not None and likeness.is_likely
    held = waits and not to.run.adds_look_alikes
    if likeness is not None:
        tally.issues.append(_report(one, likeness, to, held=held))
    if held:
        tally.held += 1
        return False
    faces.add(
        Seen(
            patient_id=None,
            line=person.line,
            words=person.words,
            born_on=person.born_on,
        ),
        full_names=person.full_names,
        phone_digits=person.phone_digits,
        email=person.email,
    )
    return True


def _report(
    one: Candidate, likeness: Likeness, to: Adding, *, held: bool
) -> ImportIssue:
    """Who the person may be; the row itself is kept only when it waits."""
    return ImportIssue(
        run=to.run,
        file=to.file,
        line=one.person.line,
        kind="held" if held else "note",
        reason=str(likeness),
        cells=list(one.cells) if held else [],
        patient_id=likeness.seen.patient_id,
    )


def refusal(*, to: Adding, line: int, reason: str, cells: Sequence[str]) -> ImportIssue:
    """A row that is not taken over; saved with its batch."""
    return ImportIssue(
        run=to.run,
        file=to.file,
        line=line,
        kind="refused",
        reason=reason,
        cells=list(cells),
    )


def _insert(people: list[Person], to: Adding) -> None:
    """Write them by COPY: their keys are known to be new, and `advance` keeps other
    imports of the system out until this batch is over.
    """
    if not people:
        return
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if to.trial_ids is None:
            cursor.execute(_NEXT_IDS, [len(people)])
            ids = [pk for (pk,) in cursor.fetchall()]
        else:
            ids = list(islice(to.trial_ids, len(people)))
        rows = zip(ids, people, strict=True)
        lines = "".join(_line(pk, person, to) for pk, person in rows)
        cursor.copy_expert(_COPY, io.StringIO(lines))
    audit.record_same(
        by=to.by,
        now=to.now,
        action="patient.imported",
        patient_ids=ids,
        object_kind="import_run",
        object_id=to.run.pk,
    )


def _line(pk: int, person: Person, to: Adding) -> str:
    """One row as COPY reads it."""
    values = (
        pk,
        *(getattr(person, column) for column in _COLUMNS),
        person.search_name,
        to.run.source,
        person.key,
        to.now,
        to.by.pk if to.by is not None else None,
        1,
    )
    return "\t".join(map(_copied, values)) + "\n"


def _copied(value: object) -> str:
    if value is None:
        return "\\N"
    text = str(value)
    if text.isprintable() and "\\" not in text:  # nearly every cell
        return text
    return text.translate(_ESCAPES)
