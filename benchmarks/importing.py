"""Importing 10,000 and 100,000 people: read, checked, look-alikes, written, audited.

The floor is COPY of the same people, ready-made, into the same table.
"""

import csv
import io
import random
import resource
import statistics
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from benchmarks import yardstick
from benchmarks.clock import once
from benchmarks.measure import Row
from patients.importing import actions, sources
from patients.models import ImportRun, Patient

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
SIZES_AND_LIMITS_MS = {10_000: 3_000.0, 100_000: 40_000.0}
FLAT_MB = 32  # what a file may take at its peak beyond what stood before
SYLLABLES = [
    "an",
    "ber",
    "cor",
    "da",
    "el",
    "fi",
    "go",
    "han",
    "is",
    "jo",
    "ka",
    "lin",
    "mor",
    "na",
    "ol",
    "per",
    "qui",
    "ro",
    "sa",
    "ti",
    "ul",
    "vor",
    "wen",
]
HEADERS = (
    *("Patient Number", "First Name", "Last Name", "Email", "Mobile Phone"),
    *("Street Address", "City", "Province", "Postal", "Country", "Birth Date", "Sex"),
)
COPIED = (
    *("given_name", "family_name", "preferred_name", "born_on", "sex", "phone"),
    *("email", "street", "city", "region", "postcode", "country", "language"),
    *("emergency_name", "emergency_phone", "emergency_relation", "desk_note"),
    *("clinical_note", "is_deceased", "search_name", "phone_digits"),
    *("import_source", "import_key", "created_at", "version"),
)


def run() -> list[Row]:
    """One row of the table for each size."""
    return [_measured(count, limit) for count, limit in SIZES_AND_LIMITS_MS.items()]


def _measured(count: int, limit_ms: float) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        _write(path, count)
        before = yardstick.factor()
        before_mb = _peak_mb()  # before the floor, which holds the whole file
        ours = once(lambda: _rolled_back(_import, path))
        grown_mb = _peak_mb() - before_mb
        floor = [once(lambda: _rolled_back(_copy, path)) for _ in range(3)]
    return Row(
        name=f"import of {count:,} people",
        ours=[ours],
        floor=floor,
        limit_ms=limit_ms,
        machine=statistics.mean([before, yardstick.factor()]),
        grown_mb=grown_mb,
        limit_mb=FLAT_MB,
        note=f"floor: COPY; peak +{grown_mb} MB",
    )


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _rolled_back(work: object, path: Path) -> None:
    with transaction.atomic():
        work(path)  # type: ignore[operator]
        transaction.set_rollback(True)


def _people(count: int) -> Iterator[list[str]]:
    """Invented people, the same every time; one in fifty shares a phone."""
    chance = random.Random(count)  # noqa: S311  nothing secret

    def word() -> str:
        return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).title()

    first_names, last_names = (
        [word() for _ in range(2000)],
        [word() for _ in range(9000)],
    )
    for number in range(1, count + 1):
        given, family = chance.choice(first_names), chance.choice(last_names)
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(28_000))
        phone = number if chance.randrange(50) else max(1, number - 1)
        yield [
            str(number),
            given,
            family,
            f"{given}.{family}.{number}@example.test",
            f"07{700_000_000 + phone}",
            f"{chance.randrange(1, 200)} {word()} Street",
            word(),
            word(),
            f"LS{chance.randrange(1, 30)} {chance.randrange(1, 9)}AB",
            "United Kingdom",
            born.isoformat(),
            chance.choice(["Female", "Male"]),
        ]


def _write(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(_people(count))


def _import(path: Path) -> None:
    setting = actions.Setting(by=None, now=NOW, today=NOW.date(), region="GB")
    run_row, opened = actions.prepare(
        files=[sources.on_disk(path)],
        order=None,
        add_look_alikes=True,
        keep=False,
        setting=setting,
    )
    rows = {pk: file.rows() for pk, file in opened.items()}
    is_last = False
    while not is_last:
        step = actions.advance(
            run_id=run_row.pk, rows_of=lambda file: rows[file.pk], setting=setting
        )
        is_last = step.is_last
    added = ImportRun.objects.get(pk=run_row.pk).added
    if added != Patient.objects.filter(import_source=run_row.source).count():
        raise RuntimeError("The import lost people.")


def _copy(path: Path) -> None:
    text = io.StringIO()
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        writer = csv.writer(text)
        for row in rows:
            number, given, family, email, phone, *place, born, sex = row
            street, city, region, postcode, country = place
            writer.writerow(
                [
                    *(given, family, "", born, sex.lower(), phone, email, street, city),
                    *(region, postcode, country, "en", "", "", "", "", "", "f"),
                    *(f" {family} {given}".lower(), phone, "floor", number, NOW, 1),
                ]
            )
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY patients_patient ({', '.join(COPIED)}) FROM STDIN"
            " (FORMAT csv, FORCE_NOT_NULL (preferred_name, emergency_name,"
            " emergency_phone, emergency_relation, desk_note, clinical_note))",
            text,
        )
