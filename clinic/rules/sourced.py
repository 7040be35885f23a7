"""Reading knowledge: every value with its unit, sources, tier and status.

A topic is one file, `knowledge/<topic>.toml`, holding one array of tables named
after the topic. A row names a `key` and, for all its values, `sources`, `tier`
and `status`; a value that differs from its row is a table with its own.
A tier that is not stated is the best tier of the sources named:

    [[zones]]
    key = "SCALP"
    sources = ["policy"]
    status = "P"
    soft_max = { value = 1.5, unit = "mm" }
    [zones.typical_pen]
    low = 0.6
    high = 1.5
    unit = "mm"
    sources = ["S39", "S40"]
    status = "V"

Status: V seen in a source, M from memory (to be confirmed), D derived from seen
figures, P policy. A policy names the pseudo-source `policy` (and may name the
pages it rests on), a memory names `memory`; nothing else may. Only a value
resting on neither a page nor a study has no tier.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

TIERS = frozenset("ABCD")
STATUSES = frozenset("VMDP")
PSEUDO_SOURCES = {"policy": "P", "memory": "M"}
UNITS = frozenset(
    {
        *("mm", "cm2", "mg", "g", "percent", "degrees", "points", "grade", "ratio"),
        *("minutes", "hours", "days", "weeks", "months", "years"),
        *("sessions", "passes", "needles", "Hz", "rpm", "mcg/mL", "mg/kg"),
    }
)

Choice = TypeVar("Choice", bound=StrEnum)


class KnowledgeError(ValueError):
    """A knowledge file says something that cannot be: file, key, sentence."""

    def __init__(self, *, file: str, key: str, sentence: str) -> None:
        super().__init__(f"{file}: {key}: {sentence}")
        self.file = file
        self.key = key
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page or paper: id, title, year when given, addresses, tier when stated."""

    key: str
    title: str
    year: int | None = None
    urls: tuple[str, ...] = ()
    tier: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a statement comes from, and how far to trust it."""

    sources: tuple[str, ...]
    tier: str
    status: str

    @property
    def to_confirm(self) -> bool:
        """Whether a clinician has yet to confirm it (status M)."""
        return self.status == "M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Provenance):
    """One number with its unit."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Provenance):
    """A range with its unit; both ends belong to it."""

    low: Decimal
    high: Decimal
    unit: str

    def __contains__(self, value: object) -> bool:
        return isinstance(value, Decimal | int) and self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Provenance):
    """One sentence."""

    text: str


class Row(Mapping[str, Any]):
    """One row of a knowledge file, read with checks; also a plain mapping.

    Every getter raises KnowledgeError for what is absent or wrong. Call
    `finish()` last: it refuses fields that nobody read, so a misspelt name in
    a file cannot pass in silence.
    """

    def __init__(
        self, *, file: str, values: Mapping[str, Any], sources: Mapping[str, Source]
    ) -> None:
        self._file = file
        self._values = values
        self._sources = sources
        self._read = {"key", "sources", "tier", "status"}
        key = values.get("key")
        if not isinstance(key, str) or not key:
            raise KnowledgeError(file=file, key="?", sentence="A row has no key.")
        self.key = key

    def __getitem__(self, name: str) -> Any:
        self._read.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def fail(self, sentence: str) -> NoReturn:
        """Refuse the file, naming this row."""
        raise KnowledgeError(file=self._file, key=self.key, sentence=sentence)

    def finish(self) -> None:
        """Refuse fields that the loader does not know."""
        unknown = sorted(set(self._values) - self._read)
        if unknown:
            self.fail(f"Unknown field: {', '.join(unknown)}.")

    def provenance(self, value: object = None) -> Provenance:
        """Sources, tier and status of a value, or of the whole row."""
        own = value if isinstance(value, Mapping) else {}
        if "sources" in own:
            stated: Mapping[str, Any] = own
        else:
            stated = {**self._values, **own}
        return self._checked(
            sources=tuple(stated.get("sources", ())),
            tier=stated.get("tier", ""),
            status=stated.get("status", ""),
        )

    def _checked(
        self, *, sources: tuple[str, ...], tier: str, status: str
    ) -> Provenance:
        if status not in STATUSES:
            self.fail(f"Status {status!r} is not one of V, M, D, P.")
        if not sources:
            self.fail("No source is named.")
        for source in sources:
            if source not in self._sources:
                self.fail(f"Source {source!r} is not in sources.toml.")
        self._check_pseudo(sources=sources, status=status)
        published = [source for source in sources if source not in PSEUDO_SOURCES]
        best = min(filter(None, (self._sources[s].tier for s in published)), default="")
        tier = tier or best
        if bool(published) != bool(tier) or tier not in TIERS | {""}:
            self.fail("Published sources, and only they, have a tier: A, B, C or D.")
        if best and tier < best:
            self.fail(f"Tier {tier} is better than any of its sources, {best}.")
        return Provenance(sources=sources, tier=tier, status=status)

    def _check_pseudo(self, *, sources: tuple[str, ...], status: str) -> None:
        for pseudo, meaning in PSEUDO_SOURCES.items():
            if (pseudo in sources) != (status == meaning):
                self.fail(f"Source {pseudo!r} and status {meaning} go together.")

    def text(self, name: str, default: str | None = None) -> str:
        """A text field."""
        value = self._values.get(name, default)
        self._read.add(name)
        if not isinstance(value, str):
            self.fail(f"{name} is not a text.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, empty when absent."""
        value = self._values.get(name, [])
        self._read.add(name)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.fail(f"{name} is not a list of texts.")
        return tuple(value)

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        """One of a closed set of words."""
        word = self.text(name)
        if word not in [choice.value for choice in choices]:
            self.fail(f"{name} is {word!r}, which is none of the known words.")
        return choices(word)

    def choices(self, name: str, choices: type[Choice]) -> tuple[Choice, ...]:
        """Several of a closed set of words, none when absent."""
        known = {choice.value: choice for choice in choices}
        words = self.texts(name)
        for word in words:
            if word not in known:
                self.fail(f"{name} has {word!r}, which is none of the known words.")
        return tuple(known[word] for word in words)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A yes or no, `default` when absent."""
        value = self._values.get(name, default)
        self._read.add(name)
        if not isinstance(value, bool):
            self.fail(f"{name} is neither true nor false.")
        return value

    def number(self, name: str) -> int | None:
        """A whole number that needs no unit, None when absent."""
        value = self._values.get(name)
        self._read.add(name)
        if value is not None and type(value) is not int:
            self.fail(f"{name} is not a whole number.")
        return value

    def numbers(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers, empty when absent."""
        value = self._values.get(name, [])
        self._read.add(name)
        if not isinstance(value, list) or not all(type(v) is int for v in value):
            self.fail(f"{name} is not a list of whole numbers.")
        return tuple(value)

    def measure(self, name: str) -> Measure:
        """A number with unit: `{ value = 1.5, unit = "mm" }`."""
        table = self._table(name)
        where = self.provenance(table)
        return Measure(
            value=self._decimal(name, table, "value"),
            unit=self._unit(name, table),
            sources=where.sources,
            tier=where.tier,
            status=where.status,
        )

    def measure_or_none(self, name: str) -> Measure | None:
        """A number with unit, None when absent: nobody has stated one."""
        return self.measure(name) if name in self._values else None

    def span(self, name: str) -> Span:
        """A range with unit: `{ low = 0.5, high = 1.0, unit = "mm" }`."""
        table = self._table(name)
        where = self.provenance(table)
        low = self._decimal(name, table, "low")
        high = self._decimal(name, table, "high")
        if low > high:
            self.fail(f"{name} runs from {low} down to {high}.")
        return Span(
            low=low,
            high=high,
            unit=self._unit(name, table),
            sources=where.sources,
            tier=where.tier,
            status=where.status,
        )

    def span_or_none(self, name: str) -> Span | None:
        """A range with unit, None when absent: nobody has stated one."""
        return self.span(name) if name in self._values else None

    def note(self, name: str) -> Note:
        """A sentence: a text, or `{ text = "...", sources = [...], ... }`."""
        value = self[name] if name in self._values else None
        text = value.get("text") if isinstance(value, Mapping) else value
        if not isinstance(text, str) or not text:
            self.fail(f"{name} is not a sentence.")
        where = self.provenance(value)
        return Note(
            text=text, sources=where.sources, tier=where.tier, status=where.status
        )

    def note_or_none(self, name: str) -> Note | None:
        """A sentence, None when absent."""
        return self.note(name) if name in self._values else None

    def rows(self, name: str) -> tuple["Row", ...]:
        """Rows within the row; each inherits sources, tier and status."""
        inner = self._values.get(name, [])
        self._read.add(name)
        if not isinstance(inner, list) or not all(isinstance(v, dict) for v in inner):
            self.fail(f"{name} is not a list of tables.")
        return tuple(
            self._inner(f"{name}[{n}]", values) for n, values in enumerate(inner)
        )

    def _inner(self, name: str, inner: Mapping[str, Any]) -> "Row":
        inherited = {
            field: self._values[field]
            for field in ("sources", "tier", "status")
            if field in self._values and "sources" not in inner
        }
        values = {"key": f"{self.key}.{name}", **inherited, **inner}
        return Row(file=self._file, values=values, sources=self._sources)

    def _table(self, name: str) -> Mapping[str, Any]:
        value = self._values.get(name)
        self._read.add(name)
        if not isinstance(value, dict):
            self.fail(f"{name} is not a value with a unit.")
        return value

    def _decimal(self, name: str, table: Mapping[str, Any], end: str) -> Decimal:
        number = table.get(end)
        if isinstance(number, bool) or not isinstance(number, int | Decimal):
            self.fail(f"{name} has no number {end}.")
        if number < 0:
            self.fail(f"{name} is negative: {number}.")
        return Decimal(number)

    def _unit(self, name: str, table: Mapping[str, Any]) -> str:
        unit = table.get("unit")
        if unit not in UNITS:
            self.fail(f"{name} has the unknown unit {unit!r}.")
        return str(unit)


def read_rows(
    *,
    topic: str,
    table: Mapping[str, Any],
    sources: Mapping[str, Source],
) -> tuple[Row, ...]:
    """The rows of one parsed file; refuses strangers and keys that come twice."""
    file = f"{topic}.toml"
    if set(table) != {topic} or not isinstance(table[topic], list):
        sentence = f"The file must hold [[{topic}]] rows and nothing else."
        raise KnowledgeError(file=file, key="?", sentence=sentence)
    rows = tuple(Row(file=file, values=v, sources=sources) for v in table[topic])
    _refuse_twice(file=file, rows=rows)
    return rows


def _refuse_twice(*, file: str, rows: Sequence[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.key in seen:
            raise KnowledgeError(file=file, key=row.key, sentence="The key is taken.")
        seen.add(row.key)


def read_sources(table: Mapping[str, Any]) -> dict[str, Source]:
    """Every source by its id."""
    sources = {}
    for row in read_rows(topic="sources", table=table, sources={}):
        tier = row.text("tier", "")
        if tier and tier not in TIERS:
            row.fail(f"Tier {tier!r} is not one of A, B, C, D.")
        if row.key not in PSEUDO_SOURCES and not row.texts("urls"):
            row.fail("A source needs an address.")
        sources[row.key] = Source(
            key=row.key,
            title=row.text("title"),
            year=row.number("year"),
            urls=row.texts("urls"),
            tier=tier,
            note=row.text("note", ""),
        )
        row.finish()
    return sources
