"""How deep a person may needle: jurisdiction, role, qualification (CLINICAL 3.3).

The rows of the book are examples of weak sources, shipped switched off: a clinic
switches on those of its place, on the day it checked them. Above such a limit is an
absolute BLOCK: nobody overrides it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from clinic.rules.findings import Finding, Verdict
from clinic.rules.sourced import Measure, Note, Provenance, Row, Source

ANYWHERE = "Any"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRule:
    """One limit in mm for one role in one jurisdiction.

    Who holds one of the `qualifications` has the role. No `max` with `medical_only`
    means: closed to those who are not medical professionals. No `max` without it: no
    figure was seen.
    """

    key: str
    jurisdiction: str
    operator_role: str
    qualifications: frozenset[str]
    max: Measure | None
    medical_only: bool
    enabled: bool
    checked_on: date | None
    note: Note | None
    origin: Provenance


def load(rows: Sequence[Row], sources: Mapping[str, Source]) -> tuple[ScopeRule, ...]:
    """The example limits; none may be shipped switched on."""
    return tuple(_scope_rule(row) for row in rows)


def _scope_rule(row: Row) -> ScopeRule:
    rule = ScopeRule(
        key=row.key,
        jurisdiction=row.text("jurisdiction"),
        operator_role=row.text("operator_role"),
        qualifications=frozenset(row.texts("qualifications")),
        max=row.measure_or_none("max"),
        medical_only=row.flag("medical_only"),
        enabled=row.flag("enabled"),
        checked_on=None,
        note=row.note_or_none("note"),
        origin=row.provenance(),
    )
    row.finish()
    if rule.enabled:
        row.fail("A scope rule is shipped switched off; the clinic enters its own.")
    return rule


def jurisdictions(rules: Iterable[ScopeRule]) -> tuple[str, ...]:
    """The places that have a rule for a qualification, in the order of the book."""
    return tuple(dict.fromkeys(r.jurisdiction for r in rules if r.qualifications))


def in_force(rules: Iterable[ScopeRule], *, jurisdiction: str) -> tuple[ScopeRule, ...]:
    """The rules of a place and those of any, switched on; none for an empty place."""
    places = {jurisdiction, ANYWHERE} if jurisdiction else set()
    return tuple(
        replace(rule, enabled=True) for rule in rules if rule.jurisdiction in places
    )


def limit_mm(
    rules: Iterable[ScopeRule], *, qualifications: Collection[str]
) -> Decimal | None:
    """The limit in mm of who holds these, by the rules switched on; None without one.

    The lowest rule of a qualification counts, and of several qualifications the
    widest; one of which no rule speaks adds nothing. A rule that closes needling to
    the role gives 0.
    """
    on = [rule for rule in rules if rule.enabled and (rule.max or rule.medical_only)]
    found = (
        [_figure(rule) for rule in on if kind in rule.qualifications]
        for kind in qualifications
    )
    return max((min(limits) for limits in found if limits), default=None)


def _figure(rule: ScopeRule) -> Decimal:
    return rule.max.value if rule.max else Decimal(0)


def check(
    *,
    mm: Decimal,
    zone: str,
    scope_max_mm: Decimal | None,
    operator_max_mm: Decimal | None,
) -> tuple[Finding, ...]:
    """Findings against the clinic's scope and the operator's qualification."""
    limits = (
        ("depth-scope", "Above the operator's scope", scope_max_mm),
        ("depth-qualification", "Above the operator's qualification", operator_max_mm),
    )
    return tuple(
        _beyond(code=code, title=title, mm=mm, limit=limit, zone=zone)
        for code, title, limit in limits
        if limit is not None and mm > limit
    )


def operator(
    *,
    planned: Iterable[tuple[str, Decimal | None]],
    operator_max_mm: Decimal | None,
    scope_max_mm: Decimal | None = None,
) -> tuple[Finding, ...]:
    """Findings on a person who is to treat zones, each with its depth in mm.

    Without a valid qualification (`operator_max_mm` None), or where the law closes
    needling to the role, nothing may be treated, however deep; where no depth is meant
    yet, any qualification will do. Of several zones beyond the limit the deepest speaks
    for all.
    """
    zones = tuple(planned)
    if operator_max_mm is None or scope_max_mm == 0:
        return (_unqualified(frozenset(zone for zone, _mm in zones)),)
    known = [(mm, zone) for zone, mm in zones if mm is not None]
    if not known:
        return ()
    mm, zone = max(known)
    return check(
        mm=mm, zone=zone, scope_max_mm=scope_max_mm, operator_max_mm=operator_max_mm
    )


def _unqualified(zones: frozenset[str]) -> Finding:
    return Finding(
        code="unqualified",
        verdict=Verdict.BLOCK,
        title="No valid qualification",
        sentence="This operator has no valid qualification on that day.",
        sources=("policy",),
        status="P",
        absolute=True,
        zones=zones,
    )


def _beyond(
    *, code: str, title: str, mm: Decimal, limit: Decimal, zone: str
) -> Finding:
    return Finding(
        code=code,
        verdict=Verdict.BLOCK,
        title=title,
        sentence=f"{mm} mm is above the {limit} mm this operator may use.",
        sources=("policy",),
        status="P",
        absolute=True,
        zones=frozenset({zone}),
        values={"mm": mm, "limit": limit},
    )
