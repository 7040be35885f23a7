"""CSV files: nothing in them runs, everything in them can be read back."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.web import csv as ours


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_looks_like_a_formula_is_made_harmless(start: str) -> None:
    assert ours.text_of(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param("1+1", "1+1", id="a sign inside"),
        pytest.param(-3, "-3", id="a negative number stays one"),
        pytest.param(Decimal("-1.50"), "-1.50", id="a negative measure stays one"),
        pytest.param(date(2026, 3, 4), "2026-03-04", id="a day"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_what_a_cell_becomes(cell: ours.Cell, text: str) -> None:
    assert ours.text_of(cell) == text


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs",)))))
def test_no_cell_of_a_file_starts_a_formula(cells: list[str]) -> None:
    text = ours.table(headings=["a"] * len(cells), rows=[cells])
    (_head, *rows) = csv.reader(io.StringIO(text, newline=""))
    for row in rows:
        assert not any(cell.startswith(ours.RISKY) for cell in row)


def test_the_answer_is_a_download_that_spreadsheets_read_as_utf_8() -> None:
    response = ours.answer("plans", headings=["Zoë"], rows=[])
    assert response["Content-Disposition"] == 'attachment; filename="plans.csv"'
    assert response.content.startswith("\N{ZERO WIDTH NO-BREAK SPACE}".encode())
