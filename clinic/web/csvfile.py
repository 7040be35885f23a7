"""CSV that opens as text everywhere: UTF-8, one header row, no cell that acts.

A cell that begins with = + - @, a tab or a line end is a formula to a spreadsheet;
an apostrophe before it makes it text (SECURITY S16). Plain numbers stay numbers.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
ACTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """The line, for the stream."""
        return text


def cell(value: object) -> str:
    """A value as text that no spreadsheet runs."""
    text = "" if value is None else str(value)
    if text.lstrip(" \N{NO-BREAK SPACE}").startswith(ACTS) and not NUMBER.fullmatch(
        text
    ):
        return f"'{text}"
    return text


def lines(
    header: Sequence[object], rows: Iterable[Sequence[object]], *, with_bom: bool
) -> Iterator[str]:
    """The file line by line."""
    writer = csv.writer(_Echo())
    start = BOM if with_bom else ""
    yield start + str(writer.writerow([cell(value) for value in header]))
    for row in rows:
        yield str(writer.writerow([cell(value) for value in row]))


def response(
    *,
    name: str,
    header: Sequence[object],
    rows: Iterable[Sequence[object]],
    with_bom: bool = False,
) -> StreamingHttpResponse:
    """A download; `with_bom` for spreadsheets that need it to see UTF-8."""
    answer = StreamingHttpResponse(
        lines(header, rows, with_bom=with_bom), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
