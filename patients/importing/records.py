"""Records of other systems become dated history facts, code by code.

The rows of a file are read into `ImportRecord` first: a course of treatment is
spread over many rows, and its person may stand in a file that is read later.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.staff.models import User
from patients.importing import days
from patients.importing.models import ImportRecord, ImportRun
from patients.importing.people import Reading, RowRefusedError
from patients.records import codes

# A prescription that begins the day after the last one ended goes on with it.
LARGEST_GAP_DAYS = 1
_SYSTEMS = {
    "snomedct": codes.CodeSystem.SNOMED,
    "httpsnomedinfosct": codes.CodeSystem.SNOMED,
    "rxnorm": codes.CodeSystem.RXNORM,
    "httpwwwnlmnihgovresearchumlsrxnorm": codes.CodeSystem.RXNORM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of the records of some people; facts added are counted by kind."""

    people: int = 0
    facts_added: Mapping[str, int] = field(default_factory=dict)
    facts_changed: int = 0
    records_homeless: int = 0


def read_record(
    *, run: ImportRun, cells: Sequence[str], reading: Reading, record_list: str
) -> tuple[str, list[ImportRecord]]:
    """The code of a row and what it means: nothing, one fact or several.

    Raises RowRefusedError for a row without person or with days that cannot be.
    """
    columns = reading.seen.columns
    texts = {
        name: cells[place] for name, place in columns.items() if place < len(cells)
    }
    key = texts.get("patient", "")[:80]
    if not key:
        raise RowRefusedError(_("The row names no person."))
    code = texts.get("code", "")
    system = _system(texts, reading)
    if system is None:
        return code, []
    place = (codes.RecordList(record_list), system, code)
    meanings = codes.medical_codes().get(place, ())
    if not meanings:
        return code, []
    span, detail = _span(texts, reading), texts["description"]
    return code, [
        _record(run, key, meaning, span, detail or meaning.display)
        for meaning in meanings
    ]


def _system(texts: Mapping[str, str], reading: Reading) -> codes.CodeSystem | None:
    named = texts.get("system", "") or reading.seen.layout.code_system
    return _SYSTEMS.get("".join(filter(str.isalnum, named.casefold())))


def _span(
    texts: Mapping[str, str], reading: Reading
) -> tuple[date | None, date | None]:
    found: list[date | None] = []
    for name in ("start", "stop"):
        text = texts.get(name, "")
        try:
            order, today = reading.order, reading.today
            found.append(days.day(text, order=order, today=today) if text else None)
        except ValueError:
            words = _("“%s” is no day.") % text
            raise RowRefusedError(words) from None
    started_on, stopped_on = found
    if started_on and stopped_on and stopped_on < started_on:
        raise RowRefusedError(_("It stops before it starts."))
    return started_on, stopped_on


def _record(
    run: ImportRun,
    key: str,
    meaning: codes.MedicalCode,
    span: tuple[date | None, date | None],
    detail: str,
) -> ImportRecord:
    started_on, stopped_on = span
    return ImportRecord(
        run=run,
        person_key=key,
        kind=meaning.kind,
        choice=meaning.choice,
        dated=meaning.dated.value,
        certain=meaning.certain,
        started_on=started_on,
        stopped_on=stopped_on,
        detail=detail[:200],
        record_list=meaning.record_list.value,
        code_system=meaning.system.value,
        code=meaning.code,
    )


# One statement for some hundred people. `ordered` walks the rows of one meaning of
# one code of one person by their start and keeps the latest end so far (`reached`);
# `courses` begins a new course where a row starts after that. What was imported
# before stays, but for its end: a stop that has come since is taken over, and a
# course that was renewed after its stop goes on.
_SETTLE = """
WITH chosen AS (
    SELECT DISTINCT person_key FROM patients_importrecord
    WHERE run_id = %(run)s ORDER BY person_key LIMIT %(people)s
), taken AS (
    DELETE FROM patients_importrecord r USING chosen c
    WHERE r.run_id = %(run)s AND r.person_key = c.person_key RETURNING r.*
), owned AS (
    SELECT t.*, p.id AS patient_id FROM taken t
    LEFT JOIN patients_patient p
        ON p.import_source = %(source)s AND p.import_key = t.person_key
        AND p.import_key <> ''
), ordered AS (
    SELECT *, lag(started_on) OVER walk AS before, row_number() OVER walk AS place,
        max(COALESCE(stopped_on, 'infinity'::date)) OVER (
            walk ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM owned WHERE patient_id IS NOT NULL
    WINDOW walk AS (
        PARTITION BY patient_id, record_list, code_system, code, kind, choice
        ORDER BY started_on NULLS FIRST, stopped_on NULLS LAST, id)
), numbered AS (
    SELECT *, sum(CASE
        WHEN place = 1 OR dated = 'ever' THEN 0
        WHEN dated = 'once' THEN (started_on IS DISTINCT FROM before)::int
        ELSE (started_on > reached + %(gap)s)::int END) OVER (
            PARTITION BY patient_id, record_list, code_system, code, kind, choice
            ORDER BY place) AS course
    FROM ordered
), courses AS (
    SELECT patient_id, record_list, code_system, code, kind, choice, dated, certain,
        min(started_on) AS started_on, max(started_on) AS latest_on,
        CASE dated WHEN 'ever' THEN NULL WHEN 'once' THEN min(started_on)
            ELSE CASE WHEN bool_or(stopped_on IS NULL) THEN NULL
                 ELSE max(stopped_on) END END AS stopped_on,
        (array_agg(detail ORDER BY place DESC))[1] AS detail,
        concat_ws(':', record_list, code, kind, choice,
            COALESCE(min(started_on)::text, '?')) AS import_key
    FROM numbered
    GROUP BY patient_id, record_list, code_system, code, kind, choice, dated, certain,
        course
), changed AS (
    UPDATE patients_historyfact f SET stopped_on = c.stopped_on FROM courses c
    WHERE f.patient_id = c.patient_id AND f.import_key = c.import_key
        AND c.dated = 'state' AND f.withdrawn_at IS NULL AND NOT f.ended
        AND (f.stopped_on IS NULL AND c.stopped_on IS NOT NULL
            OR c.latest_on > f.stopped_on
                AND (c.stopped_on IS NULL OR c.stopped_on > f.stopped_on))
    RETURNING f.patient_id
), added AS (
    INSERT INTO patients_historyfact (patient_id, kind, choice, zones, started_on,
        stopped_on, ended, certain, detail, source, code_system, code, import_key,
        recorded_at, recorded_by_id)
    SELECT patient_id, kind, choice, '{}', started_on, stopped_on, dated = 'once',
        certain, detail, 'import', code_system, code, import_key, %(now)s, %(by)s
    FROM courses
    ON CONFLICT DO NOTHING RETURNING patient_id, kind
)
SELECT (SELECT count(*) FROM chosen),
    (SELECT count(*) FROM owned WHERE patient_id IS NULL),
    ARRAY(SELECT patient_id FROM added),
    ARRAY(SELECT kind FROM added),
    ARRAY(SELECT patient_id FROM changed)
"""


def settle(*, run: ImportRun, people: int, by: User | None, now: datetime) -> Settled:
    """Turn the waiting records of the next people into facts; inside a transaction."""
    values: dict[str, Any] = {
        "run": run.pk,
        "source": run.source,
        "people": people,
        "gap": LARGEST_GAP_DAYS,
        "now": now,
        "by": by.pk if by is not None else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, values)
        count, homeless, added, kinds, changed = cursor.fetchone()
    entries = _entries(run, Counter(added), Counter(changed))
    audit.record_many(by=by, now=now, entries=entries)
    return Settled(
        people=count,
        facts_added=Counter(kinds),
        facts_changed=len(changed),
        records_homeless=homeless,
    )


def _entries(
    run: ImportRun, added: Counter[int], changed: Counter[int]
) -> list[audit.Entry]:
    """One event a patient: how many facts came and how many got an end."""
    return [
        audit.Entry(
            action="facts.imported",
            patient_id=patient_id,
            object_kind="import_run",
            object_id=run.pk,
            details={"added": added[patient_id], "changed": changed[patient_id]},
        )
        for patient_id in sorted(added.keys() | changed.keys())
    ]
