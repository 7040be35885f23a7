"""What a rule says: one shape for every rule of the book."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Verdict(StrEnum):
    """How much a finding stops, from nothing to everything (DESIGN 2)."""

    OK = "ok"
    WARN = "warn"
    ASK = "ask"
    SIGNOFF = "signoff"
    DEFER = "defer"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        """Zero for OK, five for BLOCK."""
        return RANKS[self]


RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}


class Scope(StrEnum):
    """What a finding is about: the needling, or only the anaesthetic."""

    NEEDLING = "needling"
    ANAESTHETIC = "anaesthetic"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One side of a question on which sources conflict."""

    sentence: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One answer of one rule, with all a person needs to trust or question it.

    `until` is the first day on which the finding no longer holds: treating on
    that day is allowed. A DEFER without `until` is open: "until resolved and
    screened again". An absolute BLOCK is overridden by nobody (DESIGN 6).
    An empty `zones` means the whole treatment. `values` are what the sentence
    speaks of, by name, for pages that say it in other words.
    """

    code: str
    verdict: Verdict
    title: str
    sentence: str
    sources: tuple[str, ...] = ()
    status: str = ""
    until: date | None = None
    absolute: bool = False
    scope: Scope = Scope.NEEDLING
    zones: frozenset[str] = frozenset()
    views: tuple[View, ...] = ()
    info: bool = False
    values: Mapping[str, int | str | date | Decimal] = field(
        default_factory=dict, hash=False, compare=False
    )


def severity(finding: Finding) -> tuple[int, int, int]:
    """Sort key, mildest first: verdict, then an open DEFER above a dated one."""
    deferred = finding.verdict is Verdict.DEFER
    open_ended = deferred and finding.until is None
    day = finding.until.toordinal() if deferred and finding.until else 0
    return (finding.verdict.rank, int(open_ended or finding.absolute), day)


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """All findings, worst first; equal ones in the order of their codes."""
    by_code = sorted(findings, key=lambda finding: finding.code)
    return tuple(sorted(by_code, key=severity, reverse=True))


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """The highest verdict among the findings, OK when there is none."""
    return max(
        (finding.verdict for finding in findings),
        key=lambda verdict: verdict.rank,
        default=Verdict.OK,
    )
