"""SVG elements as nested calls: everything is escaped, nothing carries a style."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString

Value = str | int | float | Decimal | None
Point = tuple[float, float]
MEASURES = (float, Decimal)
SPECIAL = re.compile("[&<>\"']")


def element(name: str, *children: str, **attributes: Value) -> SafeString:
    """One element; `css` is its class, `_` in a name becomes `-`, None is left out.

    Children that are not SafeString are text and are escaped.
    """
    written = "".join(
        [
            f' {attribute_name(key)}="{attribute_value(value)}"'
            for key, value in attributes.items()
            if value is not None
        ]
    )
    inner = "".join(
        [
            child if isinstance(child, SafeString) else attribute_value(child)
            for child in children
        ]
    )
    end = f">{inner}</{name}>" if inner else "/>"
    return SafeString(f"<{name}{written}{end}")  # escaped above


@lru_cache(maxsize=256)
def attribute_name(key: str) -> str:
    """`css` is class, `view_box` is viewBox, others get hyphens."""
    special = {"css": "class", "view_box": "viewBox"}
    return special.get(key, key.rstrip("_").replace("_", "-"))


def attribute_value(value: Value) -> str:
    """A number as it is, text escaped where it needs it."""
    if not isinstance(value, str):
        return number(value)
    return escape(value) if SPECIAL.search(value) else value


def number(value: Value) -> str:
    """A length with one decimal at most, as short as it can be."""
    if not isinstance(value, MEASURES):
        return str(value)
    written = f"{float(value):.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def group(parts: Iterable[str], **attributes: Value) -> SafeString:
    """A <g> around parts."""
    return element("g", *parts, **attributes)


def text(words: str, x: float, y: float, **attributes: Value) -> SafeString:
    """Words at a point."""
    return element("text", words, x=x, y=y, **attributes)


def line(start: Point, end: Point, *, css: str) -> SafeString:
    """A straight line; written at once, for a drawing of needles has hundreds."""
    return SafeString(f'<path d="{polyline([start, end])}" class="{css}"/>')


def dots(points: Iterable[Point], radius: int, *, css: str) -> list[SafeString]:
    """Filled points; their places are shortened together, a curve has hundreds."""
    written = [
        f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'
        for x, y in points
    ]
    return [SafeString(one) for one in _shortened("\n".join(written)).splitlines()]


def _shortened(written: str) -> str:
    """Lengths written with exactly one decimal, each without it where it is 0."""
    return written.replace("-0.0", "0.0").replace(".0", "")


def polyline(points: Iterable[Point]) -> str:
    """Path data of straight pieces through the points."""
    pieces = [f"{number(float(x))} {number(float(y))}" for x, y in points]
    return "M" + "L".join(pieces)


def smooth_line(points: list[Point], tension: float = 0.32) -> str:
    """Path data of a soft curve through the points (Catmull-Rom as Bezier).

    Between two points it stays between their heights: a curve that swings further
    would show values that nobody measured, below nought even.
    """
    if len(points) < 3:
        return polyline(points)
    pull = tension / 2
    pieces = ["M{:.1f} {:.1f}".format(*points[0])]
    around = zip(
        [points[0], *points],
        points,
        points[1:],
        [*points[2:], points[-1]],
        strict=False,
    )
    for (x0, y0), (x1, y1), (x2, y2), (x3, y3) in around:
        top, base = (y1, y2) if y1 < y2 else (y2, y1)
        first_y = min(max(y1 + (y2 - y0) * pull, top), base)
        second_y = min(max(y2 - (y3 - y1) * pull, top), base)
        pieces.append(
            f"C{x1 + (x2 - x0) * pull:.1f} {first_y:.1f}"
            f" {x2 - (x3 - x1) * pull:.1f} {second_y:.1f} {x2:.1f} {y2:.1f}"
        )
    return _shortened("".join(pieces))


def area(upper: list[Point], lower: list[Point]) -> str:
    """Path data of the band between two lines that run left to right."""
    back = smooth_line(list(reversed(lower)))
    return f"{smooth_line(upper)}L{back[1:]}Z"
