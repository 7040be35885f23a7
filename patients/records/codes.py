"""What a code of an imported record means for the history, code by code.

`import_data/medical_codes.toml` is the table; a code that is not in it is not
taken over. Nothing is read from the wording of a record.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from clinic.rules.book import load_book
from clinic.rules.facts import FactKind, Shape
from clinic.rules.sourced import KnowledgeError, Row

TABLE = Path(__file__).parent / "import_data" / "medical_codes.toml"
STATUSES = frozenset("VPM")


class RecordList(StrEnum):
    """The list of the record that a code stands in."""

    CONDITIONS = "conditions"
    MEDICATIONS = "medications"
    ALLERGIES = "allergies"


class CodeSystem(StrEnum):
    """Where a code is defined."""

    SNOMED = "SNOMED-CT"
    RXNORM = "RxNorm"


class Dated(StrEnum):
    """How the days of a record date the fact.

    State: from start to stop, and going on without a stop. Once: on the day of
    the start. Ever: it does not end.
    """

    STATE = "state"
    ONCE = "once"
    EVER = "ever"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalCode:
    """One meaning of one code. A code may have several."""

    record_list: RecordList
    system: CodeSystem
    code: str
    display: str
    kind: str
    choice: str
    dated: Dated
    certain: bool
    status: str


CodeTable = Mapping[tuple[RecordList, CodeSystem, str], tuple[MedicalCode, ...]]


@cache
def medical_codes() -> CodeTable:
    """The shipped table, read once per process."""
    return read(text=TABLE.read_text(), kinds=load_book().facts)


def read(*, text: str, kinds: Mapping[str, FactKind]) -> CodeTable:
    """The meanings of every code. Raises KnowledgeError for what cannot be."""
    table: dict[tuple[RecordList, CodeSystem, str], tuple[MedicalCode, ...]] = {}
    for values in tomllib.loads(text).get("codes", []):
        meaning = _meaning(values, kinds)
        place = (meaning.record_list, meaning.system, meaning.code)
        known = table.get(place, ())
        if any((k.kind, k.choice) == (meaning.kind, meaning.choice) for k in known):
            sentence = "The same meaning comes twice."
            raise KnowledgeError(file=TABLE.name, key=meaning.code, sentence=sentence)
        table[place] = (*known, meaning)
    return MappingProxyType(table)


def _meaning(values: Mapping[str, Any], kinds: Mapping[str, FactKind]) -> MedicalCode:
    named = {"key": values.get("code"), **values}
    row = Row(file=TABLE.name, values=named, sources={})
    meaning = MedicalCode(
        record_list=row.choice("list", RecordList),
        system=row.choice("system", CodeSystem),
        code=row.text("code"),
        display=row.text("display"),
        kind=row.text("kind"),
        choice=row.text("choice", ""),
        dated=row.choice("dated", Dated),
        certain=row.flag("certain", default=True),
        status=row.text("status"),
    )
    row.finish()
    _check(row, meaning, kinds)
    return meaning


def _check(row: Row, meaning: MedicalCode, kinds: Mapping[str, FactKind]) -> None:
    if not meaning.code.isdecimal():
        row.fail("A code is a number.")
    if meaning.kind not in kinds:
        row.fail(f"Fact {meaning.kind!r} is not in facts.toml.")
    kind = kinds[meaning.kind]
    if meaning.choice and meaning.choice not in kind.choice_keys:
        row.fail(f"Choice {meaning.choice!r} is not one of {meaning.kind}.")
    if kind.shape is Shape.EVER and meaning.dated is not Dated.EVER:
        row.fail("What never ends is dated ever.")
    if meaning.status not in STATUSES:
        row.fail(f"Status {meaning.status!r} is not one of V, P, M.")
