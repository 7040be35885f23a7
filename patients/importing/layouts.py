"""Which files the import knows, by their header row, and what it takes from them.

The table is `patients/records/import_data/layouts.json`; a file of no known layout
is read when it has a column with names ("generic").
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from patients import records

TABLE = Path(records.__file__).parent / "import_data" / "layouts.json"
# A record file has few columns, so it must fit closely; lists of people vary more.
LEAST_FIT = {"people": 0.5, "other": 0.7}
LEAST_RECORD_FIT = 0.8
# Fields which every column of that name adds to.
GATHERED = frozenset({"clinical_note"})


class Kind(StrEnum):
    """What the rows of a file are."""

    PEOPLE = "people"
    CONDITIONS = "conditions"
    MEDICATIONS = "medications"
    ALLERGIES = "allergies"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One known file: `key` names the system, `headers` its first line."""

    key: str
    label: str
    kind: Kind
    headers: tuple[str, ...]
    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    code_system: str = ""
    digits_after_names: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A header row understood: its layout, and which column holds which field."""

    layout: Layout
    columns: dict[str, int]
    gathered: tuple[tuple[int, str], ...]
    headers: tuple[str, ...]

    @property
    def left_out(self) -> list[str]:
        """The headers of the columns that are not taken over."""
        used = {*self.columns.values(), *(place for place, _ in self.gathered)}
        return [h for place, h in enumerate(self.headers) if place not in used]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Everything `layouts.json` says."""

    layouts: tuple[Layout, ...]
    places: dict[str, tuple[str, int]]


GENERIC = Layout(
    key="list",
    label="A list of people",
    kind=Kind.PEOPLE,
    headers=(),
    required=frozenset(),
)


def plain(header: str) -> str:
    """A header without case, spaces and punctuation."""
    return "".join(sign for sign in header.casefold() if sign.isalnum())


@cache
def table() -> Table:
    """The table, read once per process."""
    values = json.loads(TABLE.read_text(encoding="utf-8"))
    places = {
        plain(alias): (field, rank)
        for field, aliases in values["fields"].items()
        for rank, alias in enumerate(aliases)
    }
    return Table(layouts=tuple(map(_layout, values["layouts"])), places=places)


def _layout(values: dict[str, Any]) -> Layout:
    return Layout(
        key=values["key"],
        label=values["label"],
        kind=Kind(values["kind"]),
        headers=tuple(values["headers"]),
        required=frozenset(map(plain, values.get("required", ()))),
        optional=frozenset(map(plain, values.get("optional", ()))),
        code_system=values.get("code_system", ""),
        digits_after_names=values.get("digits_after_names", False),
    )


def recognise(headers: Sequence[str]) -> Recognised | None:
    """The layout that fits the header row best; None when nothing is known of it."""
    names = {plain(header) for header in headers} - {""}
    fits = [
        (fit, layout) for layout in table().layouts if (fit := _fit(names, layout)) > 0
    ]
    best = max(fits, key=lambda pair: pair[0])[1] if fits else GENERIC
    columns, gathered = _columns(headers, best)
    if best.kind is Kind.PEOPLE and not {"given_name", "full_name"} & columns.keys():
        return None
    return Recognised(
        layout=best,
        columns=columns,
        gathered=tuple(gathered),
        headers=tuple(header.strip() for header in headers),
    )


def _fit(names: set[str], layout: Layout) -> float:
    """How much of the two header rows is common, 0 when it is too little."""
    known = set(map(plain, layout.headers))
    if not layout.required <= names:
        return 0
    common = len(names & (known | layout.optional))
    share = common / len(names | known)
    least = LEAST_FIT.get(layout.kind, LEAST_RECORD_FIT)
    return share if share >= least else 0


def _columns(
    headers: Sequence[str], layout: Layout
) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """The column of each field: the alias that stands first in the table wins."""
    if layout.kind is not Kind.PEOPLE:
        return {plain(header): place for place, header in enumerate(headers)}, []
    columns: dict[str, tuple[int, int]] = {}
    gathered = []
    for place, header in enumerate(headers):
        field, rank = table().places.get(plain(header), ("", 0))
        if field in GATHERED:
            gathered.append((place, header.strip()))
        elif field and (field not in columns or rank < columns[field][0]):
            columns[field] = (rank, place)
    return {field: place for field, (_rank, place) in columns.items()}, gathered
