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


def line(start: Point, end: Point, **attributes: Value) -> SafeString:
    """A straight line."""
    return element("path", d=polyline([start, end]), **attributes)


def dot(x: float, y: float, radius: float, *, css: str) -> SafeString:
    """A filled point; written at once, for a curve has hundreds of them."""
    return SafeString(
        f'<circle class="{css}" cx="{number(x)}" cy="{number(y)}"'
        f' r="{number(radius)}"/>'
    )


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
    pieces = [polyline(points[:1])]
    for index in range(len(points) - 1):
        before = points[max(index - 1, 0)]
        start, end = points[index], points[index + 1]
        after = points[min(index + 2, len(points) - 1)]
        pull = tension / 2
        top, base = sorted((start[1], end[1]))
        first = (
            start[0] + (end[0] - before[0]) * pull,
            min(max(start[1] + (end[1] - before[1]) * pull, top), base),
        )
        second = (
            end[0] - (after[0] - start[0]) * pull,
            min(max(end[1] - (after[1] - start[1]) * pull, top), base),
        )
        pieces.append("C" + " ".join(pair(point) for point in (first, second, end)))
    return "".join(pieces)


def pair(point: Point) -> str:
    """A point as path data."""
    return f"{number(float(point[0]))} {number(float(point[1]))}"


def area(upper: list[Point], lower: list[Point]) -> str:
    """Path data of the band between two lines that run left to right."""
    back = smooth_line(list(reversed(lower)))
    return f"{smooth_line(upper)}L{back[1:]}Z"
