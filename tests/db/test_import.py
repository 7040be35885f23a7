"""Importing people and their records: once, whole, and with reasons for the rest."""

import csv
import itertools
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clinic.audit.models import AuditEvent
from patients.importing import actions, alike, leftovers, sources
from patients.importing.reader import FileRefusedError
from patients.models import HistoryFact, ImportIssue, ImportPart, ImportRun, Patient
from patients.records import queries
from tests.factories import NOW, TODAY, make_desk, make_patient, make_practitioner
from tests.shared import SHARED

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
REAL = SHARED / "data" / "synthea-uk"


def setting(**changes: Any) -> actions.Setting:
    values = {"by": None, "now": NOW, "today": TODAY, "region": "GB", **changes}
    return actions.Setting(**values)


def import_files(*paths: Path, **changes: Any) -> ImportRun:
    """A whole import, as the command does it."""
    add_look_alikes = changes.pop("add_look_alikes", False)
    run, opened = actions.prepare(
        files=[sources.on_disk(path) for path in paths],
        order=None,
        add_look_alikes=add_look_alikes,
        keep=False,
        setting=setting(**changes),
    )
    rows = {pk: file.rows() for pk, file in opened.items()}
    while not actions.advance(
        run_id=run.pk, rows_of=lambda file: rows[file.pk], setting=setting(**changes)
    ).is_last:
        pass
    run.refresh_from_db()
    return run


def synthea(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.csv"))


def listed(tmp_path: Path, *rows: str, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def outcome(run: ImportRun) -> tuple[int, int, int, int]:
    return run.added, run.known, run.held, run.refused


HEADER = "Patient Number,First Name,Last Name,Birth Date,Mobile Phone,Email"


# People


def test_people_come_in_with_everything_the_file_says(tmp_path: Path) -> None:
    by = make_desk()
    run = import_files(
        listed(tmp_path, HEADER, "7,Amara,Okafor,1991-02-03,07700 900142,A@b.test"),
        by=by,
    )
    patient = Patient.objects.get()
    assert outcome(run) == (1, 0, 0, 0)
    assert (patient.given_name, patient.family_name) == ("Amara", "Okafor")
    assert (patient.phone, patient.email) == ("+447700900142", "a@b.test")
    assert (patient.import_source, patient.import_key) == ("list", "7")
    assert patient.created_by == by
    assert patient.may_text is None
    found = queries.search(text="900142", limit=5, today=TODAY)
    assert list(found.patients) == [patient]


def test_running_it_twice_adds_nothing() -> None:
    first = import_files(*synthea(SAMPLES / "synthea"))
    second = import_files(*synthea(SAMPLES / "synthea"))
    assert (first.added, first.facts_added) == (8, 6)
    assert outcome(second) == (0, 8, 0, 0)
    assert (second.facts_added, second.facts_changed) == (0, 0)
    assert Patient.objects.count() == 8
    assert HistoryFact.objects.count() == 6


def test_a_bad_row_is_reported_with_its_line_and_the_rest_goes_in() -> None:
    run = import_files(SAMPLES / "jane.csv")
    assert outcome(run) == (5, 0, 0, 1)
    issue = ImportIssue.objects.get(kind="refused")
    assert issue.line == 7
    assert "31 June 1990" in issue.reason
    assert issue.cells[2:5] == ["Priya", "", "Lindqvist"]


def test_the_dead_come_in_as_dead() -> None:
    run = import_files(SAMPLES / "jane.csv")
    assert run.deceased == 1
    dead = Patient.objects.get(is_deceased=True)
    assert dead.deceased_on == date(2022, 4, 9)


def test_a_repeated_number_is_one_person_and_a_stolen_one_is_refused(
    tmp_path: Path,
) -> None:
    run = import_files(
        listed(
            tmp_path,
            HEADER,
            "7,Amara,Okafor,1991-02-03,,",
            "7,Amara,Okafor-Lind,1991-02-03,,",
            "7,Binta,Whitfield,1980-01-01,,",
        )
    )
    assert outcome(run) == (1, 1, 0, 1)
    assert "belongs to somebody else" in ImportIssue.objects.get().reason


# Look-alikes


@pytest.mark.parametrize(
    ("theirs", "reason"),
    [
        ({"born_on": date(1991, 2, 3)}, "Same birth date"),
        ({"born_on": None, "phone": "+447700900142"}, "Same phone"),
        ({"born_on": None, "email": "a@b.test"}, "Same e-mail"),
    ],
)
def test_who_looks_like_somebody_here_waits(
    tmp_path: Path, theirs: dict[str, Any], reason: str
) -> None:
    known = make_patient(given_name="Amará", family_name="OKAFOR", **theirs)
    path = listed(tmp_path, HEADER, "7,Amara,Okafor,1991-02-03,07700900142,a@b.test")
    run = import_files(path)
    assert outcome(run) == (0, 0, 1, 0)
    issue = ImportIssue.objects.get()
    assert reason in issue.reason
    assert known.reference in issue.reason
    assert issue.patient == known
    assert import_files(path, add_look_alikes=True).added == 1
    assert import_files(path).known == 1


def test_look_alikes_inside_one_file_wait_as_well(tmp_path: Path) -> None:
    run = import_files(
        listed(
            tmp_path,
            HEADER,
            "7,Amara,Okafor,1991-02-03,,",
            "8,Amara,Okafro,1991-02-03,,",
            "9,Amara,Okafor,1975-06-20,,",
        )
    )
    assert outcome(run) == (2, 0, 1, 0)
    assert "line 2" in ImportIssue.objects.get().reason


def test_a_family_on_one_phone_comes_in_and_is_pointed_out(tmp_path: Path) -> None:
    make_patient(given_name="Binta", family_name="Whitfield", phone="+447700900142")
    run = import_files(listed(tmp_path, HEADER, "7,Amara,Okafor,,07700900142,"))
    assert outcome(run) == (1, 0, 0, 0)
    assert ImportIssue.objects.get().kind == "note"


@pytest.mark.parametrize(
    ("here", "words"),
    [
        ({"born_on": None}, "a birth date is unknown"),
        ({"born_on": date(1991, 3, 2)}, "nearly the same birth date"),
        ({"born_on": date(1991, 2, 8)}, "nearly the same birth date"),
        ({"given_name": "Amara", "preferred_name": "Ada"}, "a birth date is unknown"),
        ({"given_name": "Ada", "preferred_name": "Amara"}, "a birth date is unknown"),
        ({"given_name": "Okafor", "family_name": "Amara"}, "a birth date is unknown"),
        ({"family_name": "O'Kafor"}, "a birth date is unknown"),
    ],
)
@pytest.mark.regression
def test_a_namesake_whom_no_birth_date_tells_apart_comes_in_and_is_pointed_out(
    tmp_path: Path, here: dict[str, Any], words: str
) -> None:
    known = make_patient(
        **{"given_name": "Amara", "family_name": "Okafor", "born_on": None, **here}
    )
    run = import_files(listed(tmp_path, HEADER, "7,Amara,Okafor,1991-02-03,,"))
    assert outcome(run) == (1, 0, 0, 0)
    issue = ImportIssue.objects.get()
    assert (issue.kind, issue.line, issue.patient) == ("note", 2, known)
    assert issue.reason.startswith(f"Same name as {known.reference}")
    assert words in issue.reason


@pytest.mark.parametrize(
    ("here", "typed"),
    [
        ("Jörg Müller", "Joerg,Mueller"),
        ("Ida Østergaard", "Ida,Oestergaard"),
        ("Eva Bäuerle", "Eva,Baeuerle"),
    ],
)
@pytest.mark.regression
def test_an_umlaut_typed_with_two_letters_is_the_same_name(
    tmp_path: Path, here: str, typed: str
) -> None:
    given, family = here.split()
    known = make_patient(given_name=given, family_name=family, born_on=None)
    import_files(listed(tmp_path, HEADER, f"7,{typed},1991-02-03,,"))
    assert ImportIssue.objects.get().patient == known


@pytest.mark.parametrize(
    "here",
    [
        {"born_on": date(1971, 3, 3)},
        {"born_on": None, "family_name": "Okafor-Lind"},
        {"born_on": None, "given_name": "Amaran"},
    ],
)
def test_another_name_or_birth_date_is_nobody_to_look_at(
    tmp_path: Path, here: dict[str, Any]
) -> None:
    make_patient(**{"given_name": "Amara", "family_name": "Okafor", **here})
    run = import_files(listed(tmp_path, HEADER, "7,Amara,Okafor,1991-02-03,,"))
    assert outcome(run) == (1, 0, 0, 0)
    assert not ImportIssue.objects.exists()


@pytest.mark.regression
def test_namesakes_inside_one_file_are_pointed_out(tmp_path: Path) -> None:
    rows = ["7,Amara,Okafor,1991-02-03,,", "8,Amara,Okafor,,,"]
    run = import_files(listed(tmp_path, HEADER, *rows))
    assert outcome(run) == (2, 0, 0, 0)
    issue = ImportIssue.objects.get()
    assert issue.reason == "Same name as line 2, a birth date is unknown"
    assert (issue.kind, issue.line) == ("note", 3)


# Records


def test_records_become_dated_facts() -> None:
    import_files(*synthea(SAMPLES / "synthea"))
    rows = HistoryFact.objects.order_by("kind", "started_on").values_list(
        "kind", "started_on", "stopped_on", "source"
    )
    assert list(rows) == [
        ("anticoagulant", date(2017, 3, 2), None, "import"),
        ("diabetes", date(2009, 6, 18), None, "import"),
        ("eczema_psoriasis_rosacea", date(2004, 10, 21), None, "import"),
        ("latex_allergy", date(2002, 5, 11), None, "import"),
        ("pregnancy", date(2018, 3, 10), date(2018, 12, 4), "import"),
        ("pregnancy", date(2025, 11, 2), None, "import"),
    ]


PEOPLE = "Id,BIRTHDATE,FIRST,LAST\nk1,1990-01-01,Ana1,Sample2\n"
CONDITIONS = "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION"


def records(tmp_path: Path, *rows: str) -> ImportRun:
    """Import one person of Synthea's shape with these conditions."""
    synthea_headers = (SAMPLES / "synthea" / "patients.csv").read_text().splitlines()[0]
    people = tmp_path / "patients.csv"
    cells = {"Id": "k1", "BIRTHDATE": "1990-01-01", "FIRST": "Ana1", "LAST": "Sample2"}
    with people.open("w", newline="") as file:
        writer = csv.DictWriter(file, synthea_headers.split(","))
        writer.writeheader()
        writer.writerow(cells)
    conditions = listed(tmp_path, CONDITIONS, *rows, name="conditions.csv")
    return import_files(conditions, people)


def spans() -> list[tuple[date | None, date | None]]:
    rows = HistoryFact.objects.order_by("started_on")
    return list(rows.values_list("started_on", "stopped_on"))


def pregnancy(start: str, stop: str) -> str:
    return f"{start},{stop},k1,e,72892002,Normal pregnancy"


def test_rows_that_touch_are_one_course_and_a_gap_begins_another(
    tmp_path: Path,
) -> None:
    records(
        tmp_path,
        pregnancy("2020-01-01", "2020-03-01"),
        pregnancy("2020-03-02", "2020-06-01"),
        pregnancy("2020-02-01", "2020-02-10"),
        pregnancy("2020-06-03", "2020-09-01"),
    )
    assert spans() == [
        (date(2020, 1, 1), date(2020, 6, 1)),
        (date(2020, 6, 3), date(2020, 9, 1)),
    ]


def test_a_course_without_an_end_goes_on(tmp_path: Path) -> None:
    records(
        tmp_path, pregnancy("2020-01-01", ""), pregnancy("2021-01-01", "2021-02-01")
    )
    assert spans() == [(date(2020, 1, 1), None)]


def test_a_stop_that_came_since_is_taken_over(tmp_path: Path) -> None:
    records(tmp_path, pregnancy("2020-01-01", ""))
    again = records(tmp_path, pregnancy("2020-01-01", "2020-09-01"))
    assert (again.facts_added, again.facts_changed) == (0, 1)
    assert spans() == [(date(2020, 1, 1), date(2020, 9, 1))]


def test_a_course_that_was_renewed_after_its_stop_goes_on(tmp_path: Path) -> None:
    records(tmp_path, pregnancy("2020-01-01", "2020-03-01"))
    records(
        tmp_path,
        pregnancy("2020-01-01", "2020-03-01"),
        pregnancy("2020-03-02", ""),
    )
    assert spans() == [(date(2020, 1, 1), None)]


def test_an_end_recorded_here_is_not_taken_back(tmp_path: Path) -> None:
    records(tmp_path, pregnancy("2020-01-01", ""))
    HistoryFact.objects.update(stopped_on=date(2020, 9, 1))
    again = records(tmp_path, pregnancy("2020-01-01", ""))
    assert again.facts_changed == 0
    assert spans() == [(date(2020, 1, 1), date(2020, 9, 1))]


def test_a_withdrawn_fact_does_not_come_back(tmp_path: Path) -> None:
    records(tmp_path, pregnancy("2020-01-01", ""))
    by = make_practitioner()
    HistoryFact.objects.update(withdrawn_at=NOW, withdrawn_by=by)
    again = records(tmp_path, pregnancy("2020-01-01", "2020-02-01"))
    assert (again.facts_added, again.facts_changed) == (0, 0)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (pregnancy("2020-05-01", "2020-04-30"), "stops before it starts"),
        (pregnancy("May", ""), "is no day"),
        ("2020-05-01,,,e,72892002,Normal pregnancy", "names no person"),
    ],
)
def test_a_record_that_cannot_be_is_refused(
    tmp_path: Path, row: str, words: str
) -> None:
    run = records(tmp_path, row, pregnancy("2021-01-01", ""))
    assert run.refused == 1
    assert words in ImportIssue.objects.get().reason
    assert run.facts_added == 1


def test_records_of_people_who_are_not_here_are_counted(tmp_path: Path) -> None:
    run = records(tmp_path, "2020-05-01,,nobody,e,72892002,Normal pregnancy")
    assert (run.facts_added, run.records_homeless) == (0, 1)


def test_files_of_two_systems_are_refused() -> None:
    with pytest.raises(FileRefusedError, match="different systems"):
        import_files(SAMPLES / "jane.csv", SAMPLES / "fresha.csv")


# Going on, and the log


def test_an_import_from_kept_files_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions, "PEOPLE_PER_STEP", 3)
    monkeypatch.setattr(actions, "RECORDS_PER_STEP", 4)
    monkeypatch.setattr(actions, "SETTLED_PER_STEP", 2)
    run, _opened = actions.prepare(
        files=[sources.on_disk(path) for path in synthea(SAMPLES / "synthea")],
        order=None,
        add_look_alikes=False,
        keep=True,
        setting=setting(),
    )
    steps = 0
    is_last = False
    while not is_last:
        is_last = actions.advance(
            run_id=run.pk, rows_of=actions.kept_rows, setting=setting()
        ).is_last
        steps += 1
    run.refresh_from_db()
    assert steps > 6
    assert (run.state, run.added, run.facts_added) == ("done", 8, 6)
    assert not ImportPart.objects.exists()


def test_cancelling_keeps_what_was_added_and_drops_the_files() -> None:
    by = make_desk()
    run, _opened = actions.prepare(
        files=[sources.on_disk(SAMPLES / "jane.csv")],
        order=None,
        add_look_alikes=False,
        keep=True,
        setting=setting(by=by),
    )
    actions.advance(run_id=run.pk, rows_of=actions.kept_rows, setting=setting())
    actions.cancel(run_id=run.pk, by=by, now=NOW)
    assert Patient.objects.count() == 5
    assert not ImportPart.objects.exists()
    step = actions.advance(run_id=run.pk, rows_of=actions.kept_rows, setting=setting())
    assert step.is_last


def test_every_person_and_the_run_stand_in_the_log() -> None:
    by = make_desk()
    run = import_files(*synthea(SAMPLES / "synthea"), by=by)
    events = Counter(AuditEvent.objects.values_list("action", flat=True))
    assert events == {
        "import.prepared": 1,
        "patient.imported": 8,
        "facts.imported": 5,
        "import.finished": 1,
    }
    event = AuditEvent.objects.get(action="import.finished")
    assert event.actor == by
    assert event.object_id == run.pk
    assert event.details["added"] == 8


def test_a_dry_run_uses_up_no_reference(capsys: pytest.CaptureFixture[str]) -> None:
    before = make_patient().pk
    call_command("import_patients", SAMPLES / "synthea", "--dry-run")
    said = capsys.readouterr().out
    assert "8  People added" in said
    assert "Nothing was kept" in said
    assert Patient.objects.count() == 1
    assert not ImportRun.objects.exists()
    assert make_patient().pk == before + 1


def test_the_command_says_what_came_of_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rest = tmp_path / "rest.csv"
    call_command("import_patients", SAMPLES / "jane.csv", "--refused", rest)
    said = capsys.readouterr()
    assert "5  People added" in said.out
    assert "jane.csv line 7" in said.out
    assert "6 of 6" in said.err
    assert Patient.objects.count() == 5
    with rest.open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["Line"], row["First Name"]) == ("7", "Priya")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "neither a file nor a folder"),
        ([str(SAMPLES / "jane.csv"), "--format", "fresha"], "This is Jane"),
        ([str(SAMPLES.parent)], "holds no CSV file"),
        ([str(SAMPLES / "jane.csv"), "--refused", "no/such/file.csv"], "no folder"),
        ([str(SAMPLES / "jane.csv"), "--refused", __file__], "is there already"),
    ],
)
def test_the_command_refuses_in_one_sentence(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("import_patients", *arguments)
    assert not Patient.objects.exists()


def test_mended_rows_can_be_imported_again(tmp_path: Path) -> None:
    run = import_files(SAMPLES / "jane.csv")
    text = "".join(leftovers.lines(run, kind="refused", is_clinical=True))
    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace("31 June 1990", "30 June 1990"), encoding="utf-8")
    again = import_files(mended)
    assert outcome(again) == (1, 0, 0, 0)
    assert again.source == "jane"
    assert Patient.objects.get(given_name="Priya").phone == "+447700900106"


def test_the_desk_gets_no_clinical_column_of_the_rest() -> None:
    run = import_files(SAMPLES / "jane.csv")
    text = "".join(leftovers.lines(run, kind="refused", is_clinical=False))
    assert "Priya" in text
    assert "Medical Alert" not in text


def test_cells_of_the_rest_are_no_formulas(tmp_path: Path) -> None:
    run = import_files(
        listed(tmp_path, HEADER, '7,"=HYPERLINK(""x"")",Okafor,soon,+44 1,@x')
    )
    text = "".join(leftovers.lines(run, kind="refused", is_clinical=True))
    cells = list(itertools.chain.from_iterable(csv.reader(text.splitlines()[1:])))
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert '\'=HYPERLINK("x")' in cells


# The real sample


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared sample is not here")
def test_the_real_sample_comes_in_as_counted_by_hand() -> None:
    """Counted apart from this code, from the CSV files and the code table."""
    run = import_files(*synthea(REAL))
    assert outcome(run) == (219, 0, 0, 0)
    assert run.deceased == 29
    assert (run.records_read, run.records_unmapped) == (13_870, 11_652)
    assert run.fact_counts == {
        "photosensitiser": 182,
        "nsaid": 114,
        "pregnancy": 105,
        "anticoagulant": 93,
        "cardiac": 45,
        "open_wound": 35,
        "anaesthetic_risk": 21,
        "diabetes": 18,
        "medicine_allergy": 12,
        "chemo_radio": 8,
        "biologic": 5,
        "bleeding_disorder": 5,
        "immunosuppression": 5,
        "latex_allergy": 4,
        "eczema_psoriasis_rosacea": 3,
        "autoimmune": 1,
    }
    states = HistoryFact.objects.filter(ended=False, stopped_on__isnull=False)
    assert states.count() == 358
    assert not Patient.objects.filter(family_name__regex=r"\d").exists()
    again = import_files(*synthea(REAL))
    assert outcome(again) == (0, 219, 0, 0)
    assert (again.facts_added, again.facts_changed) == (0, 0)


@pytest.mark.regression
def test_namesakes_are_looked_up_name_by_name_whatever_the_statistics_say() -> None:
    """Joined, 100,000 people would take an hour after a dry run had been vacuumed."""
    names = {"pair_names": ["amara okafor"], "first_names": ["amara okafor"]}
    asked = {"pairs": [" okafor amara"], "firsts": [" okafor"], **names}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {alike.NAMESAKES}", asked)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Limit" in plan  # what is limited for each name cannot be joined otherwise
