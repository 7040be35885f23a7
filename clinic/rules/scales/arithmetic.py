"""The four ways in which entries become one number (CLINICAL 7.2 to 7.5).

Each takes the scale and its checked entries, and gives the value, the parts it
is made of and a note. Every number they use stands in `knowledge/scales.toml`.
"""

import math
from collections.abc import Mapping
from decimal import Decimal

from clinic.rules.scales.shape import (
    InvalidScore,
    Item,
    Part,
    Rule,
    Scale,
    Scored,
    round_half_up,
)


def added_up(scale: Scale, entries: Mapping[str, Decimal]) -> Scored:
    """Weight times entry (or its step), added up; what stands aside is kept."""
    parts = tuple(
        Part(
            key=item.key,
            label=item.label,
            points=item.weight * item.points(entries[item.key]),
            words=item.level(entries[item.key]),
        )
        for item in scale.items
        if item.key in entries
    )
    counted = {item.key for item in scale.counted()}
    total = sum((part.points for part in parts if part.key in counted), Decimal(0))
    return Scored(value=total, parts=parts)


def mean_of_sites(scale: Scale, entries: Mapping[str, Decimal]) -> Scored:
    """The mean of the rated sites, saying how many of all were rated."""
    if not entries:
        sentence = f"{scale.short}: rate at least one site."
        raise InvalidScore(item=scale.items[0].key, sentence=sentence)
    parts = added_up(scale, entries).parts
    mean = sum(entries.values()) / Decimal(len(entries))
    missing = len(entries) < len(scale.items)
    note = f"{len(entries)} of {len(scale.items)} sites rated" if missing else ""
    return Scored(value=mean, parts=parts, note=note)


def melasma(scale: Scale, entries: Mapping[str, Decimal]) -> Scored:
    """By site: tenths of weight, times area, times the sum of the other items.

    Without area there is no colour to grade, and without colour no area: an
    entry that says one without the other is refused.
    """
    parts = []
    for site in _sites(scale):
        area, *grades = [entries[item.key] for item in site]
        _refuse_contradiction(site, area=area, graded=any(grades))
        points = site[0].weight * area * sum(grades) / Decimal(10)
        label = site[0].label.rpartition(",")[0]
        parts.append(Part(key=site[0].site, label=label, points=points))
    total = sum((part.points for part in parts), Decimal(0))
    return Scored(value=total, parts=tuple(parts))


def _sites(scale: Scale) -> list[list[Item]]:
    """The items by site, in the order of the scale."""
    sites: dict[str, list[Item]] = {}
    for item in scale.items:
        sites.setdefault(item.site, []).append(item)
    return list(sites.values())


def _refuse_contradiction(site: list[Item], *, area: Decimal, graded: bool) -> None:
    first, *others = site
    if area and not graded:
        sentence = f"{others[0].label} is 0, so {first.label.lower()} must be 0."
        raise InvalidScore(item=first.key, sentence=sentence)
    if graded and not area:
        sentence = f"{first.label} is 0, so {others[0].label.lower()} must be 0."
        raise InvalidScore(item=others[0].key, sentence=sentence)


def typology_angle(scale: Scale, entries: Mapping[str, Decimal]) -> Scored:
    """The angle whose tangent is (L* - 50) / b*, in degrees."""
    lightness, yellowness = (entries[item.key] for item in scale.items)
    radians = math.atan((lightness - 50) / yellowness)
    degrees = round_half_up(Decimal(math.degrees(radians)), scale.decimals)
    parts = added_up(scale, entries).parts
    return Scored(value=degrees, parts=parts)


def camera_erythema_index(*, red: Decimal, green: Decimal) -> Decimal:
    """Redness from a picture: 100 x log10 of red over green reflectance, 2 places.

    A camera's index is not interchangeable with a colorimeter's or a
    Mexameter's (CLINICAL 7.1, status M), so it is no scale of the book. Raises
    ValueError unless both are above 0.
    """
    if red <= 0 or green <= 0:
        raise ValueError("Both reflectances must be above 0.")
    return round_half_up(100 * (red / green).log10(), 2)


RULES: Mapping[str, Rule] = {
    "sum": added_up,
    "mean": mean_of_sites,
    "masi": melasma,
    "ita": typology_angle,
}
