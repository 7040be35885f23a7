"""Simulated courses: what a score does over sessions, from published parameters.

CLINICAL 8.2, [D] from studies 1 and 2: a Goodman-Baron score falls by 13.8 % a
session, 11.1 % slow, 17.0 % fast. Lemperle: -1.2 (SD 0.3) over four sessions
(study 17). mMASI: -44.41 % after three (study 21). Where nothing is published
as a number (stretch marks, surgical scars, texture ...), the demo has a plain
assumption of its own, marked below; it is simulated data, and says so.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import product
from random import Random

from clinic.rules import scales
from clinic.rules.scales import Scale

Items = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a score starts and what one session keeps of it."""

    scale: str
    start: float
    start_sd: float
    kept: float
    kept_sd: float
    noise_sd: float


COURSES = {
    "ACNE_ROLLING": Course(
        scale="gbq", start=15, start_sd=3.3, kept=0.862, kept_sd=0.03, noise_sd=0.9
    ),
    "RHYTID": Course(
        scale="lemperle",
        start=2.7,
        start_sd=0.5,
        kept=0.86,
        kept_sd=0.03,
        noise_sd=0.08,
    ),
    "MELASMA": Course(
        scale="mmasi", start=8.6, start_sd=2.2, kept=0.86, kept_sd=0.04, noise_sd=0.4
    ),
    # Assumptions of the demo, not published figures:
    "SCAR_SURG": Course(
        scale="vss", start=8, start_sd=1.6, kept=0.82, kept_sd=0.05, noise_sd=0.4
    ),
    "STRIAE": Course(
        scale="nrs-own", start=7, start_sd=1, kept=0.9, kept_sd=0.03, noise_sd=0.4
    ),
    "TEXTURE_PORES": Course(
        scale="nrs-own", start=6, start_sd=1, kept=0.86, kept_sd=0.03, noise_sd=0.4
    ),
    "AGA": Course(
        scale="nrs-own", start=7, start_sd=1, kept=0.95, kept_sd=0.02, noise_sd=0.4
    ),
    "PIH": Course(
        scale="nrs-own", start=7, start_sd=1, kept=0.9, kept_sd=0.03, noise_sd=0.4
    ),
    "DULL": Course(
        scale="nrs-own", start=5, start_sd=1, kept=0.85, kept_sd=0.03, noise_sd=0.4
    ),
}


def severities(course: Course, *, readings: int, random: Random) -> list[float]:
    """How bad it is at each reading, the first before any treatment."""
    start = max(random.gauss(course.start, course.start_sd), course.start * 0.5)
    kept = min(max(random.gauss(course.kept, course.kept_sd), 0.7), 0.99)
    return [
        max(start * math.pow(kept, done) + random.gauss(0, course.noise_sd), 0.0)
        for done in range(readings)
    ]


def items_for(scale: Scale, severity: float) -> Items:
    """Entries whose reading lies as near the severity as the scale allows."""
    makers = {"gbq": _gbq, "mmasi": _mmasi, "lemperle": _lemperle, "vss": _vss}
    if scale.key in makers:
        return makers[scale.key](severity)
    return {"rating": own_rating(severity)}


def own_rating(severity: float) -> int:
    """The patient's own rating of the skin, 0 to 10, higher is better."""
    return min(max(round(10 - severity), 0), 10)


def value_of(scale: Scale, items: Items) -> Decimal:
    """The reading of the entries, by the scale's own arithmetic."""
    return scale.score(items).value


def _gbq(severity: float) -> Items:
    left = round(severity)
    items = dict.fromkeys((item.key for item in scales.get("gbq").items), 0)
    counts = {1: 6, 2: 14, 3: 24}
    for row, weight in (
        ("b1", 2),
        ("c1", 3),
        ("a2", 1),
        ("b3", 2),
        ("c3", 3),
        ("a1", 1),
        ("b2", 2),
    ):
        times = min(left // weight, 3)
        if times:
            items[row] = counts[times]
            left -= times * weight
    return items


@cache
def _melasma_grid() -> tuple[tuple[float, tuple[int, ...]], ...]:
    sites = [(0, 0), *product(range(1, 6), range(1, 4))]
    found = [
        (0.3 * fa * fd + 0.6 * ma * md + 0.1 * ca * cd, (fa, fd, ma, md, ca, cd))
        for (fa, fd), (ma, md), (ca, cd) in product(sites, repeat=3)
    ]
    return tuple(sorted(found))


def _mmasi(severity: float) -> Items:
    nearest = min(_melasma_grid(), key=lambda entry: (abs(entry[0] - severity), entry))
    fa, fd, ma, md, ca, cd = nearest[1]
    return {
        "forehead_area": fa,
        "forehead_darkness": fd,
        "right_malar_area": ma,
        "right_malar_darkness": md,
        "left_malar_area": ma,
        "left_malar_darkness": md,
        "chin_area": ca,
        "chin_darkness": cd,
    }


def _lemperle(severity: float) -> Items:
    keys = [item.key for item in scales.get("lemperle").items]
    total = min(max(round(severity * len(keys)), 0), 5 * len(keys))
    each, more = divmod(total, len(keys))
    return {key: each + int(number < more) for number, key in enumerate(keys)}


def _vss(severity: float) -> Items:
    left = min(max(round(severity), 0), 13)
    items = {}
    for key, most in (
        ("vascularity", 2),
        ("pliability", 3),
        ("pigmentation", 2),
        ("height", 2),
    ):
        items[key] = min(left, most)
        left -= items[key]
    items["pliability"] += min(left, 2)
    return items
