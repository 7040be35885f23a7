"""Needles under a skin line: the plan ruler and the depth gauge.

One picture of depth runs through the product (UX 1.3): a needle is as long as
the depth. Front desk sees needles of one length, because depth is not hers to see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clinic.web.drawing.svg import element, line, text
from clinic.web.templatetags.formats import mm, mm_number


class NeedleState(StrEnum):
    """What became of a session of the plan."""

    DONE = "done"
    NOW = "now"
    PLANNED = "planned"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needle:
    """One session: its deepest setting in mm, None where it may not be seen."""

    state: NeedleState
    depth_mm: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulerSize:
    """Lengths of a ruler in px; the deepest needle drawn in full is 2 mm."""

    height: float
    gap: float
    reach: float
    margin: float = 10


SIZES = {
    "small": RulerSize(height=26, gap=16, reach=16),
    "large": RulerSize(height=52, gap=40, reach=40),
}
DEEPEST_MM = Decimal(2)
SAME_LENGTH_MM = Decimal("1.2")
SKIN_Y = 6


def plan_ruler(
    *, needles: Sequence[Needle], label: str = "", size: str = "small"
) -> SafeString:
    """The plan in one line: done solid, planned dotted, today a clay dot."""
    return _ruler(tuple(needles), label or ruler_label(needles), size)


@lru_cache(maxsize=512)
def _ruler(needles: tuple[Needle, ...], label: str, size: str) -> SafeString:
    """A day's visits show the same few again and again."""
    sizes = SIZES[size]
    width = 2 * sizes.margin + sizes.gap * max(len(needles) - 1, 0)
    parts = [line((1, SKIN_Y), (width - 1, SKIN_Y), css="skin")]
    for index, needle in enumerate(needles):
        parts += _needle(needle, x=sizes.margin + sizes.gap * index, sizes=sizes)
    return element(
        "svg",
        *parts,
        css="ruler",
        width=width,
        height=sizes.height,
        view_box=f"0 0 {width:g} {sizes.height:g}",
        role="img",
        aria_label=label,
    )


def ruler_label(needles: Sequence[Needle]) -> str:
    """The ruler in words."""
    done = sum(needle.state is NeedleState.DONE for needle in needles)
    return _("%(done)d of %(all)d sessions done") % {"done": done, "all": len(needles)}


def _needle(needle: Needle, *, x: float, sizes: RulerSize) -> list[SafeString]:
    depth = min(needle.depth_mm or SAME_LENGTH_MM, DEEPEST_MM)
    tip = SKIN_Y + 4 + sizes.reach * float(depth / DEEPEST_MM)
    looks = {NeedleState.DONE: "needle", NeedleState.MISSED: "needle missed"}
    css = looks.get(needle.state, "needle planned")
    if needle.state is NeedleState.MISSED:
        half = 3
        return [
            line((x - half, SKIN_Y + 5), (x + half, SKIN_Y + 11), css=css),
            line((x - half, SKIN_Y + 11), (x + half, SKIN_Y + 5), css=css),
        ]
    drawn = [line((x, SKIN_Y + 2.5), (x, tip), css=css)]
    if needle.state is NeedleState.NOW:
        drawn.append(element("circle", css="today", cx=x, cy=SKIN_Y, r=3.6))
    return drawn


# The gauge -------------------------------------------------------------------------

GAUGE_WIDTH, GAUGE_HEIGHT = 116, 156
GAUGE_LEFT, GAUGE_TOP = 30, 20
GAUGE_STEP_MM = Decimal("0.5")
NEEDLES_X = (43, 58, 73, 88, 103)


def depth_gauge(
    *,
    depth_mm: Decimal | None,
    low_mm: Decimal | None = None,
    high_mm: Decimal | None = None,
    last_mm: Decimal | None = None,
    deepest_mm: Decimal = Decimal("2.5"),
) -> SafeString:
    """Needles to scale; the protocol's range shaded, the last session dashed."""

    def y(mm_below: Decimal) -> float:
        part = min(mm_below, deepest_mm) / deepest_mm
        return GAUGE_TOP + float(part) * (GAUGE_HEIGHT - GAUGE_TOP - 6)

    parts: list[SafeString] = []
    if low_mm is not None and high_mm is not None:
        parts.append(_range(y(low_mm), y(high_mm)))
    for step in range(int(deepest_mm / GAUGE_STEP_MM) + 1):
        parts += _mark(GAUGE_STEP_MM * step, y(GAUGE_STEP_MM * step))
    if depth_mm:
        parts += [line((x, 2), (x, y(depth_mm)), css="needle") for x in NEEDLES_X]
    if last_mm:
        level = y(last_mm)
        parts.append(line((GAUGE_LEFT, level), (GAUGE_WIDTH, level), css="last"))
    return element(
        "svg",
        *parts,
        css="gauge",
        width=GAUGE_WIDTH,
        height=GAUGE_HEIGHT,
        view_box=f"0 0 {GAUGE_WIDTH} {GAUGE_HEIGHT}",
        role="img",
        aria_label=gauge_label(depth_mm, low_mm, high_mm, last_mm),
    )


def _range(top: float, base: float) -> SafeString:
    """The protocol's range, at least as high as a line."""
    return element(
        "rect",
        css="range",
        x=GAUGE_LEFT,
        y=top,
        width=GAUGE_WIDTH - GAUGE_LEFT,
        height=max(base - top, 2),
        rx=3,
    )


def _mark(level_mm: Decimal, y: float) -> list[SafeString]:
    """A depth on the gauge's scale; zero is the skin."""
    words = f"{level_mm:.1f}" if level_mm else "0"
    css = "grid" if level_mm else "skin"
    return [
        line((GAUGE_LEFT, y), (GAUGE_WIDTH, y), css=css),
        text(words, 22, y + 4, text_anchor="end", aria_hidden="true"),
    ]


def gauge_label(
    depth_mm: Decimal | None,
    low_mm: Decimal | None,
    high_mm: Decimal | None,
    last_mm: Decimal | None,
) -> str:
    """The gauge in words."""
    said = [_("Needle depth %(depth)s") % {"depth": mm(depth_mm) or _("not set")}]
    if low_mm is not None and high_mm is not None:
        said.append(
            _("protocol %(low)s to %(high)s")
            % {"low": mm_number(low_mm), "high": mm(high_mm)}
        )
    if last_mm:
        said.append(_("last time %(depth)s") % {"depth": mm(last_mm)})
    return ", ".join(said)
