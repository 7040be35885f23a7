"""Reading the files of other systems: what they are, how they are written."""

import codecs
import contextlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.importing import days, inspecting, layouts, people, reader, sources
from patients.importing.days import Habit, Order
from patients.importing.layouts import Kind
from patients.importing.reader import Damage, FileRefusedError, Row

SAMPLES = Path(__file__).parents[1] / "docs" / "samples"
TODAY = date(2026, 3, 4)
LISTS = [one for one in layouts.table().layouts if one.kind is Kind.PEOPLE]
JANE = ("First Name", "Last Name", "Birth Date", "Sex", "Mobile Phone", "Medical Alert")


def source(content: bytes, name: str = "list.csv") -> sources.Source:
    return sources.Source(
        name=name, size_bytes=len(content), chunks=lambda: iter([content])
    )


def rows_of(text: str, delimiter: str = ",") -> list[Row | Damage]:
    lines = reader.as_text([text.encode()], encoding="utf-8")
    return list(reader.rows(lines, delimiter=delimiter))


def person(headers: tuple[str, ...], *cells: str, region: str = "GB") -> people.Person:
    seen = layouts.recognise(headers)
    assert seen is not None
    reading = people.Reading(
        seen=seen, source="test", order=Order.DAY_FIRST, region=region, today=TODAY
    )
    return people.person(line=2, cells=cells, reading=reading)


# What a file is


@pytest.mark.parametrize("layout", LISTS, ids=lambda one: one.label)
def test_every_known_list_is_recognised_by_its_headers(layout: layouts.Layout) -> None:
    seen = layouts.recognise(layout.headers)
    assert seen is not None
    assert seen.layout is layout
    assert {"given_name", "full_name"} & seen.columns.keys()


@pytest.mark.parametrize(
    "layout",
    [one for one in layouts.table().layouts if one.kind is not Kind.PEOPLE],
    ids=lambda one: one.label,
)
def test_files_of_another_kind_are_told_apart(layout: layouts.Layout) -> None:
    seen = layouts.recognise(layout.headers)
    assert seen is not None
    assert seen.layout is layout


def test_headers_are_read_without_case_spaces_and_punctuation() -> None:
    seen = layouts.recognise(["FIRST-NAME", " last_name ", "DOB", "e-mail"])
    assert seen is not None
    assert seen.layout is layouts.GENERIC
    assert seen.columns == {
        "given_name": 0,
        "family_name": 1,
        "born_on": 2,
        "email": 3,
    }


def test_a_table_without_names_is_not_known() -> None:
    assert layouts.recognise(["Amount", "VAT", "Total"]) is None
    with pytest.raises(FileRefusedError, match="no column with names"):
        inspecting.inspect(source(b"Amount,VAT\n1,2\n"))


def test_a_list_of_appointments_says_what_it_is() -> None:
    jane = next(o for o in layouts.table().layouts if o.key == "jane_appointments")
    with pytest.raises(FileRefusedError, match="looks like Jane's appointments"):
        inspecting.inspect(source(",".join(jane.headers).encode() + b"\n"))


@pytest.mark.parametrize("start", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest"])
def test_a_workbook_is_refused_with_the_way_out(start: bytes) -> None:
    with pytest.raises(FileRefusedError, match="Save it as CSV"):
        inspecting.inspect(source(start))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(FileRefusedError, match="is empty"):
        inspecting.inspect(source(b"\n\n"))


@pytest.mark.parametrize("folder", ["synthea"])
def test_the_samples_are_known(folder: str) -> None:
    kinds = {
        path.stem: inspecting.inspect(sources.on_disk(path)).kind.value
        for path in (SAMPLES / folder).glob("*.csv")
    }
    assert kinds == {
        "patients": "people",
        "conditions": "conditions",
        "medications": "medications",
        "allergies": "allergies",
    }


# How it is written


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("cp1252", b""),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_ends_are_found(
    encoding: str, mark: bytes, delimiter: str, end: str
) -> None:
    text = end.join([delimiter.join(["First Name", "Last Name"]), f"Zoë{delimiter}Å"])
    file = inspecting.inspect(source(mark + text.encode(encoding)))
    assert [row.cells for row in file.rows() if isinstance(row, Row)] == [["Zoë", "Å"]]
    assert set(file.seen.columns) == {"given_name", "family_name"}


def test_a_cell_may_hold_line_ends_and_rows_know_their_line() -> None:
    found = rows_of('a,b\n"one\ntwo",x\n\n,\nlast,y\n')
    lines = [(row.line, row.cells) for row in found if isinstance(row, Row)]
    assert lines == [(1, ["a", "b"]), (2, ["one\ntwo", "x"]), (6, ["last", "y"])]


@pytest.mark.parametrize(
    ("text", "damaged"),
    [
        ('a,b\nAnn,"never closed\nBo,2\nCy,3\n', [2]),
        ('a,b\nAnn,"never closed\nBo,"fine"\nCy,3\n', [2]),
        ('a,b\n"Ann,1\nBo,2\nCy,"so ""it"" is"\nDi,4\n', [2]),
        ('a,b\nAnn,"one\nBo,2\nCy,"three\nDi,4\n', [2, 4]),
        ('a,b\nAnn,"' + "x" * 70_000 + "\n" + "y" * 70_000 + ",1\nCy,3\n", [2]),
    ],
)
def test_an_open_quotation_mark_costs_its_own_line_and_no_other(
    text: str, damaged: list[int]
) -> None:
    found = rows_of(text)
    assert [row.line for row in found if isinstance(row, Damage)] == damaged
    lines = set(range(1, text.count("\n") + 1))
    assert {row.line for row in found if isinstance(row, Row)} == lines - {*damaged}
    assert all(row.line == row.last_line for row in found)
    assert found[-1].ends_at == len(text)


def test_the_last_line_may_leave_its_quotation_mark_open() -> None:
    assert rows_of('a,b\nAnn,"1')[-1].line == 2


def test_a_row_that_cannot_be_read_is_named_and_the_rest_goes_on() -> None:
    found = rows_of("a,b\n" + "x" * 200_000 + ",1\nfine,2\n")
    assert [type(row) for row in found] == [Row, Damage, Row]
    assert found[1].line == 2
    assert found[2].line == 3


@given(st.lists(st.text(alphabet='ab",\n\rß ', max_size=12), min_size=1, max_size=20))
def test_reading_on_from_any_row_gives_the_rest(cells: list[str]) -> None:
    text = "".join(f'"{cell.replace(chr(34), chr(34) * 2)}",x\r\n' for cell in cells)
    whole = rows_of(text)
    for place, row in enumerate(whole):
        rest = text.encode()[row.ends_at :]
        lines = reader.as_text([rest], encoding="utf-8")
        again = list(
            reader.rows(lines, delimiter=",", line=row.last_line, at=row.ends_at)
        )
        assert again == whole[place + 1 :]


# Days


@pytest.mark.parametrize(
    ("text", "order", "meant"),
    [
        ("1991-02-03", Order.MONTH_FIRST, date(1991, 2, 3)),
        ("1991-02-03T10:11:12Z", Order.DAY_FIRST, date(1991, 2, 3)),
        ("03/02/1991", Order.DAY_FIRST, date(1991, 2, 3)),
        ("02/03/1991", Order.MONTH_FIRST, date(1991, 2, 3)),
        ("3.2.91", Order.DAY_FIRST, date(1991, 2, 3)),
        ("3.2.26", Order.DAY_FIRST, date(2026, 2, 3)),
        ("3.2.27", Order.DAY_FIRST, date(1927, 2, 3)),
        ("3 February 1991", Order.DAY_FIRST, date(1991, 2, 3)),
        ("Feb 3, 1991", Order.DAY_FIRST, date(1991, 2, 3)),
        ("03-Feb-1991", Order.DAY_FIRST, date(1991, 2, 3)),
    ],
)
def test_days_of_every_habit_are_read(text: str, order: Order, meant: date) -> None:
    assert days.day(text, order=order, today=TODAY) == meant


@pytest.mark.parametrize("text", ["31 June 1990", "1990-02-30", "soon", "13/13/1990"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        days.day(text, order=Order.DAY_FIRST, today=TODAY)


@pytest.mark.parametrize(
    ("texts", "habit"),
    [
        (["13/02/1991", "01/02/1990"], Habit(order=Order.DAY_FIRST, matters=True)),
        (["02/13/1991"], Habit(order=Order.MONTH_FIRST, matters=False)),
        (["01/02/1991", ""], Habit(order=None, matters=True)),
        (["03/03/1991", "1991-02-03"], Habit(order=None, matters=False)),
        (["13/02/1991", "02/13/1991"], Habit(order=None, matters=False)),
    ],
)
def test_the_order_of_day_and_month_shows_in_the_file(
    texts: list[str], habit: Habit
) -> None:
    assert days.habit_of(texts) == habit


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_days(text: str) -> None:
    days.habit_of([text])
    with contextlib.suppress(ValueError):
        days.day(text, order=Order.DAY_FIRST, today=TODAY)


# People


def test_a_row_becomes_a_person() -> None:
    one = person(
        (*JANE, "Patient Number", "Middle Name", "Preferred Name", "Email"),
        *("Ana", "Sample", "17/05/1990", "F", "07700 900142", "Faints"),
        *("12", "María", "Annie", "ANA@Example.test"),
    )
    assert (one.given_name, one.family_name) == ("Ana María", "Sample")
    assert one.preferred_name == "Annie"
    assert one.born_on == date(1990, 5, 17)
    assert one.sex == "female"
    assert one.phone == "+447700900142"
    assert one.email == "ana@example.test"
    assert one.key == "12"
    assert one.clinical_note == "Medical Alert: Faints"
    assert one.desk_note == ""


def test_a_full_name_is_parted_at_its_last_space() -> None:
    one = person(("Client Name", "Phone"), "Ana Maria Sample", "")
    assert (one.given_name, one.family_name) == ("Ana Maria", "Sample")


def test_one_name_is_enough() -> None:
    one = person(("First Name", "Last Name"), "", "Cher")
    assert (one.given_name, one.family_name) == ("Cher", "")


def test_a_number_without_its_plus_is_understood() -> None:
    headers = ("First Name", "Mobile Number")
    assert person(headers, "Ana", "44 7700 900142").phone == "+447700900142"
    assert person(headers, "Ana", "447700900142", region="US").phone == "+447700900142"


def test_what_cannot_be_used_is_kept_for_the_desk() -> None:
    headers = ("First Name", "Mobile Phone", "Home Phone", "Email", "Blocked", "City")
    one = person(headers, "Ana", "ask her", "020 7946 0018", "nobody", "Yes", "L" * 90)
    assert one.phone == "+442079460018"
    assert one.email == ""
    for words in ("Phone as it came: ask her", "E-mail as it came: nobody", "blocked"):
        assert words in one.desk_note
    assert "L" * 90 in one.desk_note
    assert one.city == "L" * 80


def test_free_text_goes_where_the_desk_does_not_read() -> None:
    one = person(("First Name", "Notes", "Memo"), "Ana", "had isotretinoin", "x")
    assert one.clinical_note == "Notes: had isotretinoin\nMemo: x"
    assert "isotretinoin" not in one.desk_note


def test_the_digits_that_synthea_adds_are_taken_off_its_names_only() -> None:
    synthea = next(o for o in LISTS if o.key == "synthea")
    cells = ["" for _ in synthea.headers]
    places = {header: place for place, header in enumerate(synthea.headers)}
    for header, text in (("Id", "k"), ("FIRST", "Alexa171"), ("LAST", "O'Dowd9")):
        cells[places[header]] = text
    one = person(synthea.headers, *cells)
    assert (one.given_name, one.family_name) == ("Alexa", "O'Dowd")
    assert person(("First Name",), "Ana2").given_name == "Ana2"


def test_a_formula_is_only_text() -> None:
    one = person(("First Name", "City"), "=1+1", "'=HYPERLINK()")
    assert one.given_name == "=1+1"
    assert one.city == "=HYPERLINK()"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("", "", "", "", "", ""), "no name"),
        (("...", "", "", "", "", ""), "no name"),
        (("A" * 81, "", "", "", "", ""), "longer than 80"),
        (("Ana", "", "31/06/1990", "", "", ""), "no day"),
        (("Ana", "", "2090-01-01", "", "", ""), "in the future"),
        (("Ana", "", "1880-01-01", "", "", ""), "120 years"),
        (("Ana", "", "", "", "", "", "x", "y"), "8 cells"),
    ],
)
def test_a_row_that_is_no_person_says_why(cells: tuple[str, ...], words: str) -> None:
    with pytest.raises(people.RowRefusedError, match=words):
        person(JANE, *cells)


def test_death_before_birth_is_refused() -> None:
    headers = ("First Name", "Birth Date", "Deceased At")
    with pytest.raises(people.RowRefusedError, match="before the birth"):
        person(headers, "Ana", "1990-05-17", "1990-05-16")
    assert person(headers, "Ana", "1990-05-17", "1990-05-17").is_deceased


def test_a_row_without_a_number_keeps_its_key() -> None:
    headers = ("First Name", "Last Name", "Email")
    first = person(headers, "Ana", "Sample", "a@example.test")
    assert first.key == person(headers, "ANA", "Sample", "a@example.test").key
    assert first.key != person(headers, "Ana", "Sample", "b@example.test").key
    assert len(first.key) <= 80


@given(st.lists(st.text(max_size=40), min_size=6, max_size=6))
def test_any_row_is_a_person_or_is_refused(cells: list[str]) -> None:
    try:
        one = person(JANE, *[cell.strip() for cell in cells])
    except people.RowRefusedError:
        return
    assert one.given_name
    assert one.search_name
    assert all(
        len(getattr(one, name)) <= length for name, length in people.LENGTHS.items()
    )
