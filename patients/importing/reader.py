"""Reading CSV as people have it: any encoding, delimiter, line end and damage.

Nothing is loaded whole: rows come one by one, each with its line and the number
of bytes read so far, so that an import can stop and go on.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

DELIMITERS = ",;\t|"
_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]


class FileRefusedError(Exception):
    """The file is no text table; the message is a sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: the line it begins on (the header is line 1) and its cells."""

    line: int
    cells: list[str]
    last_line: int
    ends_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Lines that cannot be read as a row."""

    line: int
    reason: str
    last_line: int
    ends_at: int


def encoding_of(chunks: Iterable[bytes]) -> str:
    """UTF-8, or what the byte order mark says, or Western European; reads it all.

    Raises FileRefusedError for a workbook.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for number, chunk in enumerate(chunks):
            marked = _marked(chunk) if number == 0 else ""
            if marked:
                return marked
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _marked(start: bytes) -> str:
    """The encoding a byte order mark names, or nothing."""
    if start[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        raise FileRefusedError(
            _("This is an Excel workbook. Save it as CSV (UTF-8) and import that.")
        )
    return next((name for mark, name in _BOMS if start.startswith(mark)), "")


class _Stream(io.RawIOBase):
    """Chunks of bytes as a file that can be read once."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks, self.left = iter(chunks), memoryview(b"")

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the chunk reaches."""
        while not self.left:
            chunk = next(self.chunks, None)
            if chunk is None:
                return 0
            self.left = memoryview(chunk)
        size = min(len(buffer), len(self.left))
        buffer[:size], self.left = self.left[:size], self.left[size:]
        return size


def as_text(chunks: Iterable[bytes], *, encoding: str) -> Iterator[str]:
    """The lines with their ends; bytes that are no letters become question marks."""
    binary = io.BufferedReader(_Stream(chunks), buffer_size=1 << 16)
    return iter(io.TextIOWrapper(binary, encoding, errors="replace", newline=""))


def delimiter_of(header_line: str) -> str:
    """The sign that parts the header into most cells."""
    widths = {
        sign: len(next(csv.reader([header_line], delimiter=sign), []))
        for sign in DELIMITERS
    }
    return max(DELIMITERS, key=lambda sign: widths[sign])


class _Line(NamedTuple):
    """One line of the file, its number and the UTF-8 bytes up to its end."""

    text: str
    number: int
    ends_at: int


class _Counted:
    """Lines on their way to the csv module, which may be given back and read again.

    `taken` are the lines of the row that is being read.
    """

    def __init__(self, lines: Iterable[str], *, line: int, at: int) -> None:
        self.fresh, self.line, self.at = iter(lines), line, at
        self.again: list[_Line] = []
        self.taken: list[_Line] = []

    def __iter__(self) -> "_Counted":
        return self

    def __next__(self) -> str:
        line = self.again.pop() if self.again else self._fresh()
        self.taken.append(line)
        return line.text.replace("\0", "")

    def _fresh(self) -> _Line:
        text = next(self.fresh)
        self.line += 1
        self.at += len(text.encode("utf-8", "replace"))
        return _Line(text, self.line, self.at)

    def give_back(self) -> None:
        """All taken lines but the first will be read again."""
        self.again.extend(reversed(self.taken[1:]))
        del self.taken[1:]


def rows(
    lines: Iterable[str],
    *,
    delimiter: str,
    line: int = 0,
    at: int = 0,
) -> Iterator[Row | Damage]:
    """The rows of the lines; empty ones are left out, unreadable ones are named.

    `line` and `at` say how far the file was read before. A quotation mark that
    nobody closes would swallow the rows that follow; here it costs its own line,
    the others are read again.
    """
    counted = _Counted(lines, line=line, at=at)
    table = csv.reader(counted, delimiter=delimiter)
    while True:
        counted.taken = []
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error:
            table = csv.reader(counted, delimiter=delimiter)
            yield _damage(counted, _("A cell is too long to be read."))
            continue
        if len(counted.taken) > 1 and not _is_whole(counted.taken, delimiter):
            yield _damage(counted, _("A quotation mark is not closed."))
        elif any(cells):
            yield Row(
                line=counted.taken[0].number,
                cells=[text.strip() for text in cells],
                last_line=counted.taken[-1].number,
                ends_at=counted.taken[-1].ends_at,
            )


def _is_whole(taken: Iterable[_Line], delimiter: str) -> bool:
    """Whether a row of several lines also reads by the strict rules of CSV."""
    texts = (line.text.replace("\0", "") for line in taken)
    try:
        list(csv.reader(texts, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _damage(counted: _Counted, reason: str) -> Damage:
    """The first of the lines as damage; the others are given back."""
    counted.give_back()
    first = counted.taken[0]
    return Damage(
        line=first.number, reason=reason, last_line=first.number, ends_at=first.ends_at
    )
