"""The rule book: all medicine the rules use, one frozen value with a revision.

`load_book()` reads `knowledge/*.toml` once. A topic is one file and one loader,
`load(rows, sources) -> tuple[...]`, in a module of its own: it turns the rows
of `clinic.rules.sourced` into frozen dataclasses and refuses what cannot be.
A loader module never imports this one; the functions that use the book do.

To add a topic: write `knowledge/<topic>.toml` with `[[<topic>]]` rows, a
`load`, a field of RuleBook, and its line in `compose`. A file that nobody reads
is refused.

The effective book is data: `compose` takes parsed tables, so a change of a
value is a change of a table, and gives another book with another revision.
"""

import hashlib
import tomllib
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from clinic.rules import (
    aftercare_rows,
    conditions,
    devices,
    event_rows,
    facts,
    intervals,
    protocol_rows,
    references,
    scales,
    scope,
    session_rows,
    sourced,
    zones,
)
from clinic.rules.aftercare_rows import Healing, Instruction, Topical
from clinic.rules.conditions import Condition
from clinic.rules.course import knowledge
from clinic.rules.course.knowledge import Entry as CourseEntry
from clinic.rules.devices import Device, Entry, Kind
from clinic.rules.event_rows import EventKind, Grade
from clinic.rules.facts import FactKind
from clinic.rules.findings import Finding
from clinic.rules.intervals import Interval
from clinic.rules.protocol_rows import Protocol
from clinic.rules.scales.shape import Scale
from clinic.rules.scope import ScopeRule
from clinic.rules.screening import loading
from clinic.rules.screening.rows import Rule
from clinic.rules.session_rows import Anaesthetic, Step
from clinic.rules.sourced import KnowledgeError, Row, Source
from clinic.rules.zones import Area, ScarRange, Zone

__all__ = ["KnowledgeError", "RuleBook", "compose", "load_book", "read_tables"]

KNOWLEDGE = Path(__file__).parent / "knowledge"
REVISION_LENGTH = 12


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
    unasked: Mapping[Finding, FactKind]
    protocols: Mapping[str, Protocol]
    checklist: tuple[Step, ...]
    anaesthetics: Mapping[str, Anaesthetic]
    aftercare: tuple[Instruction, ...]
    healing: tuple[Healing, ...]
    topicals: Mapping[str, Topical]
    events: Mapping[str, EventKind]
    grades: Mapping[str, Grade]
    scales: tuple[Scale, ...]
    course: tuple[CourseEntry, ...]

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
Loaded = TypeVar("Loaded")
Load = Callable[[Sequence[Row], Mapping[str, Source]], tuple[Loaded, ...]]


def by_key(values: Iterable[AnyKeyed]) -> Mapping[str, AnyKeyed]:
    """A read-only mapping from keys, in file order."""
    return MappingProxyType({value.key: value for value in values})


class Reader:
    """Hands each topic's rows to its loader, and knows which files were read."""

    def __init__(self, tables: Mapping[str, dict[str, Any]]) -> None:
        self._tables = tables
        self.read = {"sources"}
        self.sources = sourced.read_sources(tables["sources"])

    def rows(self, topic: str) -> tuple[Row, ...]:
        """The rows of one file. Raises KnowledgeError when it is missing."""
        self.read.add(topic)
        if topic not in self._tables:
            raise KnowledgeError(
                file=f"{topic}.toml", key="?", sentence="No such file."
            )
        return sourced.read_rows(
            topic=topic, table=self._tables[topic], sources=self.sources
        )

    def all(self, topic: str, load: Load[Loaded]) -> tuple[Loaded, ...]:
        """What a loader makes of one file."""
        return load(self.rows(topic), self.sources)

    def keyed(self, topic: str, load: Load[AnyKeyed]) -> Mapping[str, AnyKeyed]:
        """What a loader makes of one file, by key."""
        return by_key(load(self.rows(topic), self.sources))

    def finish(self) -> None:
        """Refuse files that nobody read."""
        for topic in sorted(set(self._tables) - self.read):
            sentence = "Nobody reads this file."
            raise KnowledgeError(file=f"{topic}.toml", key="?", sentence=sentence)


def unasked(screening: Iterable[Rule]) -> dict[Finding, FactKind]:
    """The finding that each unasked question gives, and what it asks about."""
    return {
        part.ask: part.kind
        for rule in screening
        for part in rule.parts
        if part.kind is not None
    }


def compose(*, tables: Mapping[str, dict[str, Any]], revision: str) -> RuleBook:
    """A book from parsed tables. Raises KnowledgeError for what cannot be."""
    read = Reader(tables)
    kinds = facts.load(read.rows("facts"), read.rows("question_groups"))
    screening = loading.load(read.rows("screening"), kinds)
    all_zones = read.keyed("zones", zones.load)
    areas = read.keyed("areas", zones.load_areas)
    book = RuleBook(
        revision=revision,
        sources=MappingProxyType(read.sources),
        zones=all_zones,
        areas=areas,
        covers=MappingProxyType(zones.covers(all_zones, areas)),
        scar_ranges=read.all("scar_ranges", zones.load_scar_ranges),
        devices=read.keyed("devices", devices.load),
        entry={entry.kind: entry for entry in read.all("entry", devices.load_entry)},
        scope=read.all("scope", scope.load),
        conditions=read.keyed("conditions", conditions.load),
        intervals=read.all("intervals", intervals.load),
        facts=MappingProxyType(kinds),
        screening=screening,
        unasked=MappingProxyType(unasked(screening)),
        protocols=read.keyed("protocols", protocol_rows.load),
        checklist=read.all("checklist", session_rows.load_checklist),
        anaesthetics=read.keyed("anaesthetics", session_rows.load_anaesthetics),
        aftercare=read.all("aftercare", aftercare_rows.load_aftercare),
        healing=read.all("healing", aftercare_rows.load_healing),
        topicals=read.keyed("topicals", aftercare_rows.load_topicals),
        events=read.keyed("events", event_rows.load),
        grades=read.keyed("grades", event_rows.load_grades),
        scales=read.all("scales", scales.load),
        course=read.all("course", knowledge.load),
    )
    read.finish()
    references.check(book)
    return book


@cache
def load_book() -> RuleBook:
    """The shipped book, read once per process."""
    files = read_files()
    return compose(tables=read_tables(files), revision=revision_of(files))
