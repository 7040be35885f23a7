"""Reading CSV as people have it: any encoding, delimiter, line end and damage.

Nothing is loaded whole: rows come one by one, each with its line and the number
of bytes read so far, so that an import can stop and go on.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

DELIMITERS = ",;\t|"
MOST_CELL_LETTERS = 100_000
_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_CHUNK = 1 << 20


class FileRefusedError(Exception):
    """The file is no text table; the message is a sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: the line it begins on (the header is line 1) and its cells."""

    line: int
    cells: list[str]
    ends_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Lines that cannot be read as a row."""

    line: int
    reason: str
    ends_at: int


def encoding_of(file: BinaryIO) -> str:
    """UTF-8, or what the byte order mark says, or Western European; reads it all."""
    start = file.read(4)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    if start[:2] == b"PK":
        raise FileRefusedError(
            "This is an Excel workbook. Save it as CSV (UTF-8) and import that."
        )
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(start)
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def as_text(file: BinaryIO, *, encoding: str) -> Iterator[str]:
    """The lines of the file with their ends; letters that are none become signs."""
    return iter(io.TextIOWrapper(file, encoding, errors="replace", newline=""))


def delimiter_of(header_line: str) -> str:
    """The sign that parts the header into most cells."""
    widths = {
        sign: len(next(csv.reader([header_line], delimiter=sign), []))
        for sign in DELIMITERS
    }
    return max(DELIMITERS, key=lambda sign: widths[sign])


class _Counted:
    """Lines on their way to the csv module, counted in lines and UTF-8 bytes."""

    def __init__(self, lines: Iterable[str], *, line: int, at: int) -> None:
        self.lines, self.line, self.at = iter(lines), line, at

    def __iter__(self) -> "_Counted":
        return self

    def __next__(self) -> str:
        text = next(self.lines)
        self.line += 1
        self.at += len(text.encode("utf-8", "replace"))
        return text.replace("\0", "")


def rows(
    lines: Iterable[str], *, delimiter: str, line: int = 0, at: int = 0
) -> Iterator[Row | Damage]:
    """The rows of the lines; empty ones are left out, unreadable ones are named.

    `line` and `at` say how far the file was read before.
    """
    counted = _Counted(lines, line=line, at=at)
    reader = csv.reader(counted, delimiter=delimiter)
    while True:
        first = counted.line + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Damage(line=first, reason=str(error), ends_at=counted.at)
            reader = csv.reader(counted, delimiter=delimiter)
            continue
        if any(cells):
            yield Row(line=first, cells=[_cell(c) for c in cells], ends_at=counted.at)


def _cell(text: str) -> str:
    """A cell without the spaces around it, and without a spreadsheet's guard."""
    bare = text.strip()
    if len(bare) > 1 and bare[0] == "'" and bare[1] in "=+-@":
        return bare[1:]
    return bare
