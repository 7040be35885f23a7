"""What a device's label covers: checks 6 and 8 of CLINICAL 2.1."""

from collections.abc import Iterator

from clinic.rules.book import RuleBook
from clinic.rules.devices import Cleared, UsStatus
from clinic.rules.findings import Finding, Verdict
from clinic.rules.settings import Setting
from clinic.rules.sourced import Provenance
from clinic.rules.zones import Zone

Outside = tuple[tuple[str, ...], Provenance]


def beyond_evaluated(*, setting: Setting, zone: Zone) -> Iterator[Finding]:
    """Check 6: deeper than the label was evaluated for in this area."""
    for evaluated in setting.device.evaluated:
        if zone.key in evaluated.zones and setting.mm > evaluated.max.value:
            yield Finding(
                code="depth-label",
                verdict=Verdict.WARN,
                title="Beyond labelled evidence",
                sentence=f"{setting.mm} mm is beyond the {evaluated.max.value} mm that "
                f"the label of {setting.device.name} was evaluated for here.",
                sources=evaluated.max.sources,
                status=evaluated.max.status,
                zones=frozenset({setting.zone}),
            )


def off_label(*, book: RuleBook, setting: Setting, zone: Zone) -> Iterator[Finding]:
    """Check 8: condition, zone, phototype or age outside the cleared use.

    Nothing is said of a device of which no clearance is known either way.
    """
    device = setting.device
    if device.us_status is UsStatus.UNKNOWN:
        return
    if device.us_status is UsStatus.NONE_SEEN:
        outside: Outside = (("no cleared use was seen",), device.origin)
    else:
        outside = _nearest_use(book=book, setting=setting, zone=zone)
    reasons, origin = outside
    if reasons:
        yield Finding(
            code="depth-off-label",
            verdict=Verdict.WARN,
            title="Off-label",
            sentence=f"{device.name} in the US: {'; '.join(reasons)}.",
            sources=origin.sources,
            status=origin.status,
            zones=frozenset({setting.zone}),
        )


def _nearest_use(*, book: RuleBook, setting: Setting, zone: Zone) -> Outside:
    """What keeps the setting from the cleared use that fits it best."""
    cleared = setting.device.cleared
    if setting.condition is not None:
        fitting = tuple(c for c in cleared if setting.condition in c.conditions)
        if not fitting:
            name = book.conditions[setting.condition].name
            return (f"not cleared for {_lower(name)}",), cleared[0].origin
        cleared = fitting
    judged = [(_outside(c, setting=setting, zone=zone), c.origin) for c in cleared]
    return min(judged, key=lambda pair: len(pair[0]))


def _outside(cleared: Cleared, *, setting: Setting, zone: Zone) -> tuple[str, ...]:
    return tuple(
        reason
        for reason, outside in (
            (
                f"cleared for {_lower(cleared.use)}, not in zone {_lower(zone.name)}",
                bool(cleared.zones) and zone.key not in cleared.zones,
            ),
            (
                f"cleared for phototypes {_phototypes(cleared)} only",
                _outside_phototypes(cleared, setting.phototype),
            ),
            (
                f"cleared from the age of {_min_age(cleared)}",
                setting.age is not None and setting.age < _min_age(cleared),
            ),
        )
        if outside
    )


def _outside_phototypes(cleared: Cleared, phototype: int | None) -> bool:
    known = bool(cleared.phototypes) and phototype is not None
    return known and phototype not in cleared.phototypes


def _min_age(cleared: Cleared) -> int:
    return int(cleared.min_age.value) if cleared.min_age else 0


def _phototypes(cleared: Cleared) -> str:
    numerals = ("", "I", "II", "III", "IV", "V", "VI")
    return ", ".join(numerals[number] for number in sorted(cleared.phototypes))


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
