"""The rule book: all medicine the rules use, one frozen value with a revision.

`load_book()` reads `knowledge/*.toml` once. A topic is one file and one loader,
`load(rows, sources) -> tuple[...]`, in a module of its own: it turns the rows
of `clinic.rules.sourced` into frozen dataclasses and refuses what cannot be.
A loader module never imports this one; the functions that use the book do.

To add a topic: write `knowledge/<topic>.toml` with `[[<topic>]]` rows, a
`load`, a field of RuleBook, and its line in `compose`. Topics whose module is
`clinic.rules.<topic>` (a module or a package) and whose name stands in `LATE`
are picked up without a change here, as soon as both file and `load` exist.

The effective book is data: `compose` takes parsed tables, so a change of a
value is a change of a table, and gives another book with another revision.
"""

import hashlib
import tomllib
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from clinic.rules import (
    conditions,
    devices,
    facts,
    intervals,
    protocol_rows,
    references,
    scope,
    sourced,
    zones,
)
from clinic.rules.conditions import Condition
from clinic.rules.devices import Device, Entry, Kind
from clinic.rules.facts import FactKind
from clinic.rules.intervals import Interval
from clinic.rules.protocol_rows import Protocol
from clinic.rules.scope import ScopeRule
from clinic.rules.screening import loading
from clinic.rules.screening.rows import Rule
from clinic.rules.sourced import KnowledgeError, Source
from clinic.rules.zones import Area, ScarRange, Zone

__all__ = ["KnowledgeError", "RuleBook", "compose", "load_book", "read_tables"]

KNOWLEDGE = Path(__file__).parent / "knowledge"
REVISION_LENGTH = 12
LATE = ("scales", "course")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Everything the rules know, and the revision a decision is stored with."""

    revision: str
    sources: Mapping[str, Source]
    zones: Mapping[str, Zone]
    areas: Mapping[str, Area]
    covers: Mapping[str, tuple[Area, ...]]
    scar_ranges: tuple[ScarRange, ...]
    devices: Mapping[str, Device]
    entry: Mapping[Kind, Entry]
    scope: tuple[ScopeRule, ...]
    conditions: Mapping[str, Condition]
    intervals: tuple[Interval, ...]
    facts: Mapping[str, FactKind]
    screening: tuple[Rule, ...]
    protocols: Mapping[str, Protocol]
    scales: tuple[Any, ...] = ()
    course: tuple[Any, ...] = ()

    def zone(self, code: str) -> Zone:
        """The zone of a zone key (`CHEEK`) or an area (`CM`, `CM-R`).

        Raises KeyError for a code that the book does not know.
        """
        if code in self.zones:
            return self.zones[code]
        return self.zones[self.covers[code][0].zone]

    def areas_of(self, code: str) -> tuple[Area, ...]:
        """All areas a code covers: a zone's, both sides of a pair, or the one.

        Raises KeyError for a code that the book does not know. The eyelid,
        which cannot be chosen, covers none.
        """
        return self.covers[code]


def read_files(folder: Path = KNOWLEDGE) -> dict[str, bytes]:
    """The bytes of every knowledge file by its topic, in name order."""
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.toml"))}


def read_tables(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Parse knowledge files; numbers with a point become Decimal."""
    tables = {}
    for topic, content in files.items():
        try:
            text = content.decode()
            tables[topic] = tomllib.loads(text, parse_float=Decimal)
        except ValueError as error:
            raise KnowledgeError(
                file=f"{topic}.toml", key="?", sentence=str(error)
            ) from error
    return tables


def revision_of(files: Mapping[str, bytes]) -> str:
    """The first 12 hex digits of a sha256 over the files in name order."""
    digest = hashlib.sha256()
    for _topic, content in sorted(files.items()):
        digest.update(content)
    return digest.hexdigest()[:REVISION_LENGTH]


class Keyed(typing.Protocol):
    """Anything with a key."""

    @property
    def key(self) -> str:
        """The key of its row."""


AnyKeyed = TypeVar("AnyKeyed", bound=Keyed)


def by_key(values: Iterable[AnyKeyed]) -> Mapping[str, AnyKeyed]:
    """A read-only mapping from keys, in file order."""
    return MappingProxyType({value.key: value for value in values})


def compose(*, tables: Mapping[str, dict[str, Any]], revision: str) -> RuleBook:
    """A book from parsed tables. Raises KnowledgeError for what cannot be."""
    sources = sourced.read_sources(tables["sources"])

    def rows(topic: str) -> tuple[sourced.Row, ...]:
        return sourced.read_rows(topic=topic, table=tables[topic], sources=sources)

    kinds = facts.load(rows("facts"), rows("question_groups"))
    late = {
        topic: import_module(f"clinic.rules.{topic}").load(rows(topic), sources)
        for topic in LATE
        if topic in tables
    }
    all_zones = by_key(zones.load(rows("zones"), sources))
    areas = by_key(zones.load_areas(rows("areas"), sources))
    book = RuleBook(
        revision=revision,
        sources=MappingProxyType(sources),
        zones=all_zones,
        areas=areas,
        covers=MappingProxyType(zones.covers(all_zones, areas)),
        scar_ranges=zones.load_scar_ranges(rows("scar_ranges"), sources),
        devices=by_key(devices.load(rows("devices"), sources)),
        entry={e.kind: e for e in devices.load_entry(rows("entry"), sources)},
        scope=scope.load(rows("scope"), sources),
        conditions=by_key(conditions.load(rows("conditions"), sources)),
        intervals=intervals.load(rows("intervals"), sources),
        facts=MappingProxyType(kinds),
        screening=loading.load(rows("screening"), kinds),
        protocols=by_key(protocol_rows.load(rows("protocols"), sources)),
        **late,
    )
    references.check(book)
    return book


@cache
def load_book() -> RuleBook:
    """The shipped book, read once per process."""
    files = read_files()
    return compose(tables=read_tables(files), revision=revision_of(files))
