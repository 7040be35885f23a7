"""A first reading of a file: what it is, how it is written, how much is in it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from patients.importing import layouts, reader
from patients.importing.days import Habit, habit_of
from patients.importing.layouts import Kind, Recognised
from patients.importing.reader import FileRefusedError, Row
from patients.importing.sources import Source
from patients.records import codes

DAY_FIELDS = ("born_on", "deceased_on")
NOTHING_SHOWN = Habit(order=None, matters=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """A file of a known kind, ready to be read from its second line on."""

    source: Source
    seen: Recognised
    encoding: str
    delimiter: str
    header_ends_at: int
    header_line: int

    @property
    def kind(self) -> Kind:
        """What its rows are."""
        return self.seen.layout.kind

    def lines(self) -> Iterator[str]:
        """Its lines from the start, as text."""
        return reader.as_text(self.source.chunks(), encoding=self.encoding)

    def rows(self) -> Iterator[Row | reader.Damage]:
        """Its rows after the header."""
        return islice(reader.rows(self.lines(), delimiter=self.delimiter), 1, None)


@dataclass(slots=True, kw_only=True)
class Survey:
    """What a whole reading shows: rows, records by fact kind, the order of days."""

    rows: int = 0
    facts: Counter[str] = field(default_factory=Counter)
    without_meaning: int = 0
    days: Habit = NOTHING_SHOWN


def inspect(source: Source) -> Inspected:
    """What the file is. Raises FileRefusedError with a sentence for people."""
    encoding = reader.encoding_of(source.chunks())
    lines = reader.as_text(source.chunks(), encoding=encoding)
    first = next((line for line in lines if line.strip()), "")
    delimiter = reader.delimiter_of(first)
    header = next(
        reader.rows(
            reader.as_text(source.chunks(), encoding=encoding), delimiter=delimiter
        ),
        None,
    )
    if not isinstance(header, Row):
        raise FileRefusedError(_("“%s” is empty.") % source.name)
    seen = layouts.recognise(header.cells)
    if seen is None:
        raise FileRefusedError(
            _(
                "“%s” has no column with names that is known. The first line must hold"
                " headers such as First name, Last name, Date of birth."
            )
            % source.name
        )
    if seen.layout.kind is Kind.OTHER:
        raise FileRefusedError(
            _("“%(file)s” looks like %(what)s. Export the list of people instead.")
            % {"file": source.name, "what": seen.layout.label}
        )
    return Inspected(
        source=source,
        seen=seen,
        encoding=encoding,
        delimiter=delimiter,
        header_ends_at=header.ends_at,
        header_line=header.line,
    )


def survey(file: Inspected) -> Survey:
    """Read all rows once, without judging them."""
    found = Survey()
    look = _people if file.kind is Kind.PEOPLE else _records
    look(file, found)
    return found


def _people(file: Inspected, found: Survey) -> None:
    places = [file.seen.columns[f] for f in DAY_FIELDS if f in file.seen.columns]

    def texts() -> Iterator[str]:
        for row in file.rows():
            found.rows += 1
            if isinstance(row, Row):
                yield from (row.cells[p] for p in places if p < len(row.cells))

    found.days = habit_of(texts())


def _records(file: Inspected, found: Survey) -> None:
    meanings = _meanings(file)
    place = file.seen.columns["code"]
    for row in file.rows():
        found.rows += 1
        cells = row.cells if isinstance(row, Row) else []
        kinds = meanings(cells[place]) if place < len(cells) else []
        found.facts.update(kinds)
        found.without_meaning += not kinds


def _meanings(file: Inspected) -> Callable[[str], list[str]]:
    """The kinds of fact a code of this file stands for, whatever its system."""
    kinds: dict[str, set[str]] = {}
    for (record_list, _system, code), entries in codes.medical_codes().items():
        if record_list.value == file.kind.value:
            kinds.setdefault(code, set()).update(entry.kind for entry in entries)
    return lambda code: sorted(kinds.get(code, ()))
