"""The rules of CLINICAL 4 as data: `knowledge/screening.toml`, read and checked.

A rule has cases. A case says what triggers it, in which circumstances, and what
follows by default and where the clinic is strict: one outcome, or several as
bands of a window, the gravest first. A rule is added by adding a row; only the
triggers and circumstances below are code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import product

from clinic.rules import dates
from clinic.rules.facts import FactKind
from clinic.rules.findings import Finding, Scope, Verdict, View


class Trigger(StrEnum):
    """What sets a case off.

    Now: the state holds. Stopped: it is over, windows count from its end. Last:
    windows count from the latest exposure. Ever: it was so at any time. Age and
    phototype: of the person.
    """

    NOW = "now"
    STOPPED = "stopped"
    LAST = "last"
    EVER = "ever"
    AGE = "age"
    PHOTOTYPE = "phototype"


class Circumstance(StrEnum):
    """What must also be so for a case to hold; not decided counts as the graver."""

    ANAESTHETIC = "anaesthetic"
    NO_ANAESTHETIC = "no_anaesthetic"
    RADIOFREQUENCY = "radiofrequency"
    NO_RADIOFREQUENCY = "no_radiofrequency"
    GUARDIAN_CONSENT = "guardian_consent"
    NO_GUARDIAN_CONSENT = "no_guardian_consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time after an exposure; months are calendar months."""

    days: int = 0
    months: int = 0

    def end(self, start: date) -> date:
        """The first day outside it; treating on that day is allowed."""
        return dates.add_days(dates.add_months(start, self.months), self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A verdict, and how long it holds; without a window, as long as the case."""

    verdict: Verdict
    window: Window | None
    sources: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of a rule. `default` and `strict` are bands, the gravest first."""

    trigger: Trigger
    kind: FactKind | None
    sentence: str
    scope: Scope
    choices: frozenset[str]
    phototypes: frozenset[int]
    given: frozenset[Circumstance]
    age_from: int
    age_below: int
    default: tuple[Outcome, ...]
    strict: tuple[Outcome, ...]

    def outcomes(self, *, strict: bool) -> tuple[Outcome, ...]:
        """The bands of one mode."""
        return self.strict if strict else self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The cases of a rule that hang on one kind of fact, or on the person.

    The findings for "not asked" and the like are made once, at load. `grave`
    holds, for the default and the strict mode, the circumstances in which
    SIGNOFF can be reached: only then is an answer owed (DESIGN 6).
    """

    kind: FactKind | None
    cases: tuple[Case, ...]
    grave: tuple[frozenset[frozenset[Circumstance]], ...]
    ask: Finding
    unclear: Finding
    denied: Finding
    needs_phototype: Finding

    def is_grave(self, given: frozenset[Circumstance], *, strict: bool) -> bool:
        """Whether SIGNOFF or more can follow in these circumstances."""
        return given in self.grave[strict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the table: its cases by the kind of fact they hang on."""

    code: str
    title: str
    overridable: bool
    info: bool
    parts: tuple[Part, ...]
    views: tuple[View, ...]
    sources: tuple[str, ...]
    tier: str
    status: str

    @property
    def kinds(self) -> Mapping[str, Part]:
        """The parts by the key of their kind of fact."""
        return {part.kind.key: part for part in self.parts if part.kind}


@cache
def circumstances(
    *, anaesthetic: bool, radiofrequency: bool, guardian_consent: bool
) -> frozenset[Circumstance]:
    """The three circumstances, each one way or the other."""
    way = Circumstance
    return frozenset(
        {
            way.ANAESTHETIC if anaesthetic else way.NO_ANAESTHETIC,
            way.RADIOFREQUENCY if radiofrequency else way.NO_RADIOFREQUENCY,
            way.GUARDIAN_CONSENT if guardian_consent else way.NO_GUARDIAN_CONSENT,
        }
    )


EVERY_WAY = tuple(
    circumstances(anaesthetic=a, radiofrequency=r, guardian_consent=g)
    for a, r, g in product((True, False), repeat=3)
)


def reach(
    cases: tuple[Case, ...], *, strict: bool, given: frozenset[Circumstance]
) -> Verdict:
    """The gravest verdict that the cases can come to in one mode and way."""
    verdicts = [
        outcome.verdict
        for case in cases
        if case.given <= given
        for outcome in case.outcomes(strict=strict)
    ]
    return max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.OK)


def grave_ways(
    cases: tuple[Case, ...], *, strict: bool
) -> frozenset[frozenset[Circumstance]]:
    """The circumstances in which the cases can come to SIGNOFF or more."""
    return frozenset(
        way
        for way in EVERY_WAY
        if reach(cases, strict=strict, given=way).rank >= Verdict.SIGNOFF.rank
    )
