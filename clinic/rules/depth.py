"""How deep is fine: the eight checks of CLINICAL 2.1, in their order.

A pen is judged by its setting, a roller by its needle length (DESIGN 6); the two
are never compared. Equality is allowed at every limit. A setting the device
does not have is invalid input and raises; everything else is a finding.
"""

from collections.abc import Iterator

from clinic.rules import labels, scope
from clinic.rules.book import RuleBook
from clinic.rules.devices import Kind
from clinic.rules.findings import Finding, Verdict
from clinic.rules.settings import (
    InvalidSetting,
    Setting,
    refuse_invalid,
    refuse_invalid_passes,
    steps,
)
from clinic.rules.sourced import Measure, Note, Provenance
from clinic.rules.typical import (
    Suggestion,
    counts_as_dark,
    suggest,
    typical_range,
    zone_depth,
)
from clinic.rules.zones import Zone

__all__ = [
    "InvalidSetting",
    "Setting",
    "Suggestion",
    "check",
    "refuse_invalid",
    "refuse_invalid_passes",
    "steps",
    "suggest",
    "zone_depth",
]


def check(book: RuleBook, setting: Setting) -> tuple[Finding, ...]:
    """All findings in the order of the checks, none when everything is fine.

    Raises InvalidSetting for a setting the device does not have, KeyError for a
    zone or condition that the book does not know.
    """
    zone = book.zone(setting.zone)
    if zone.never:
        return (_never(setting=setting, zone=zone),)
    refuse_invalid(setting)
    return (
        *scope.check(
            mm=setting.mm,
            zone=setting.zone,
            scope_max_mm=setting.scope_max_mm,
            operator_max_mm=setting.operator_max_mm,
        ),
        *_zone_limits(book=book, setting=setting, zone=zone),
        *labels.beyond_evaluated(setting=setting, zone=zone),
        *_condition_range(book=book, setting=setting),
        *labels.off_label(book=book, setting=setting, zone=zone),
        *_deeper_than_start(book=book, setting=setting),
    )


def _never(*, setting: Setting, zone: Zone) -> Finding:
    """Check 1: a zone that is never needled, and nobody overrides it."""
    said = zone.note or Note(
        text=f"{zone.name} is never needled.",
        sources=zone.origin.sources,
        tier=zone.origin.tier,
        status=zone.origin.status,
    )
    return Finding(
        code="depth-never",
        verdict=Verdict.BLOCK,
        title="Never needled",
        sentence=said.text,
        sources=said.sources,
        status=said.status,
        absolute=True,
        zones=frozenset({setting.zone}),
    )


def _zone_limits(*, book: RuleBook, setting: Setting, zone: Zone) -> Iterator[Finding]:
    """Checks 4 and 5: the limits of the zone, by kind of device."""
    if setting.kind == Kind.ROLLER and zone.typical_roller is None:
        yield _finding(
            code="depth-no-roller",
            verdict=Verdict.BLOCK,
            title="No roller here",
            sentence=f"{zone.name}: a roller is not used in this zone.",
            setting=setting,
            origin=zone.origin,
        )
    elif setting.mm > zone.hard_max.value:
        yield _finding(
            code="depth-hard-max",
            verdict=Verdict.BLOCK,
            title="Above the zone's hard maximum",
            sentence=_above(setting, zone.hard_max, f"hard maximum of {zone.name}"),
            setting=setting,
            origin=zone.hard_max,
        )
    elif setting.kind == Kind.PEN and setting.mm > zone.soft_max.value:
        yield _finding(
            code="depth-soft-max",
            verdict=Verdict.WARN,
            title="Above the zone's soft maximum",
            sentence=_above(setting, zone.soft_max, f"soft maximum of {zone.name}"),
            setting=setting,
            origin=zone.soft_max,
        )
    elif setting.kind == Kind.ROLLER:
        yield from _roller_typical(book=book, setting=setting, zone=zone)


def _roller_typical(
    *, book: RuleBook, setting: Setting, zone: Zone
) -> Iterator[Finding]:
    typical = typical_range(book, zone=zone, kind=setting.kind, scar=setting.scar)
    if typical and setting.mm > typical.high:
        yield _finding(
            code="depth-roller-typical",
            verdict=Verdict.WARN,
            title="Longer than the zone's typical roller",
            sentence=f"A {setting.mm} mm roller is longer than the {typical.high} mm "
            f"typical of {zone.name}.",
            setting=setting,
            origin=typical,
        )


def _condition_range(*, book: RuleBook, setting: Setting) -> Iterator[Finding]:
    """Check 7: outside the default range of what is treated."""
    if setting.condition is None:
        return
    condition = book.conditions[setting.condition]
    limit = condition.signoff_above
    if limit and setting.mm > limit.value:
        yield _finding(
            code="depth-signoff",
            verdict=Verdict.SIGNOFF,
            title="A prescriber signs off this depth",
            sentence=_above(setting, limit, f"sign-off depth for {condition.name}"),
            setting=setting,
            origin=limit,
        )
    if setting.mm not in condition.depth:
        yield _finding(
            code="depth-condition",
            verdict=Verdict.WARN,
            title="Outside the usual range",
            sentence=f"{setting.mm} mm is outside {condition.depth.low} to "
            f"{condition.depth.high} mm, the default range for {condition.name}.",
            setting=setting,
            origin=condition.depth,
        )


def _deeper_than_start(*, book: RuleBook, setting: Setting) -> Iterator[Finding]:
    """For information: a first session or dark skin starts in the lower third."""
    if not setting.first_session and not counts_as_dark(setting.phototype):
        return
    span = zone_depth(
        book,
        zone=setting.zone,
        kind=setting.kind,
        condition=setting.condition,
        scar=setting.scar,
    )
    if span and setting.mm > span.lower_third:
        why = "A first session" if setting.first_session else _skin(setting)
        yield Finding(
            code="depth-start",
            verdict=Verdict.OK,
            title="Deeper than the usual start",
            sentence=f"{why} starts in the lower third of "
            f"{span.low} to {span.high} mm.",
            sources=("policy",),
            status="P",
            zones=frozenset({setting.zone}),
            info=True,
        )


def _skin(setting: Setting) -> str:
    if setting.phototype is None:
        return "Skin of a type that is not recorded"
    return "Phototype V or VI"


def _above(setting: Setting, limit: Measure, name: str) -> str:
    return f"{setting.mm} mm is above {limit.value} mm, the {name}."


def _finding(
    *,
    code: str,
    verdict: Verdict,
    title: str,
    sentence: str,
    setting: Setting,
    origin: Provenance,
) -> Finding:
    return Finding(
        code=code,
        verdict=verdict,
        title=title,
        sentence=sentence,
        sources=origin.sources,
        status=origin.status,
        zones=frozenset({setting.zone}),
    )
