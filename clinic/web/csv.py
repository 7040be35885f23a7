"""Tables as CSV files that a spreadsheet opens without running anything.

A cell that begins with one of = + - @, tab or return could be read as a formula
(SECURITY S16); it gets an apostrophe in front. Numbers stay numbers.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.http import HttpResponse, StreamingHttpResponse

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
Cell = str | int | float | Decimal | date | datetime | bool | None


def text_of(cell: Cell) -> str:
    """A cell as it stands in the file: ISO dates, nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(RISKY) else cell
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    return str(cell)


def table(*, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """One header row and the rows, with the line ends that RFC 4180 asks for."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([text_of(heading) for heading in headings])
    writer.writerows([text_of(cell) for cell in row] for row in rows)
    return out.getvalue()


def answer(
    name: str, *, headings: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """The table as a download. `name` is the file's, without names of people.

    UTF-8 with a byte order mark, which is what spreadsheets need to see it.
    """
    return HttpResponse(
        BOM + table(headings=headings, rows=rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """The line, for the stream."""
        return text


def stream(
    name: str, *, headings: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """The same for a table too long to hold: it leaves line by line."""
    return StreamingHttpResponse(
        _lines(headings, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _lines(headings: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BOM + str(writer.writerow([text_of(heading) for heading in headings]))
    for row in rows:
        yield str(writer.writerow([text_of(cell) for cell in row]))
