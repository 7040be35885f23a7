"""Where on its line a visit is marked: at its gap or at its day.

A line is red where the reason stands: a gap that is long enough stays green while
the safety questions speak against the day.
"""

from collections.abc import Iterable
from enum import StrEnum

from clinic.rules.findings import Finding
from clinic.rules.gates import Gate, Pass
from clinic.rules.series import Code, Reason

QUALIFICATION_CODES = frozenset({"unqualified", "depth-qualification", "depth-scope"})
GAP_CODES = frozenset({"interval-block", "interval-short", "interval-long"})
SHORT_OR_LONG = frozenset({Code.SHORT_GAP, Code.LONG_GAP})


class Tone(StrEnum):
    """How a gap is shown."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"

    @property
    def symbol(self) -> str:
        """The icon that says the same without colour."""
        return {"ok": "check", "warn": "triangle-alert", "bad": "octagon-x"}[self]


def gap_tone(gate: Gate | None, warnings: Iterable[Reason] = ()) -> Tone:
    """How the gap itself stands: by the rules on gaps and by what the search warns."""
    minded = {warning.code for warning in warnings}
    refused = gate.refusing if gate else ()
    asked = gate.that(Pass.CONFIRM) if gate else ()
    if Code.GAP_REFUSED in minded or any(is_of_gap(one) for one in refused):
        return Tone.BAD
    if minded & SHORT_OR_LONG or any(is_of_gap(one) for one in asked):
        return Tone.WARN
    return Tone.OK


def is_of_gap(finding: Finding) -> bool:
    """Whether a finding is about the distance between two sessions."""
    return finding.code in GAP_CODES


def is_of_person(finding: Finding) -> bool:
    """Whether a finding is about who treats."""
    return finding.code in QUALIFICATION_CODES


def against_the_day(gate: Gate, *, has_gap: bool) -> tuple[Finding, ...]:
    """What refuses the day, apart from the gap where one is shown and marked.

    Each title once: two sessions that are too near are one mark.
    """
    found = [one for one in gate.refusing if not (has_gap and is_of_gap(one))]
    return tuple({one.title: one for one in reversed(found)}.values())[::-1]
