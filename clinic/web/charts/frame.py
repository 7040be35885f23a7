"""What all charts share: scales, ticks, the figure around a drawing, its numbers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain, pairwise

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinic.web.drawing.svg import (
    SPECIAL,
    attribute_value,
    element,
    line,
    number,
    polyline,
)

MONTHS_A_YEAR = 12
WIDE = "chart-wide"  # the class of charts that scroll on a phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Turns values into px: `low` lies at `start`, `high` at `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: Decimal | float) -> float:
        """The px of a value; a scale without extent puts all in its middle."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        part = (float(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScale:
    """Turns days into px."""

    first: date
    last: date
    start: float
    end: float

    def __call__(self, day: date) -> float:
        """The px of a day; with one day only, it stands in the middle."""
        days = (self.last - self.first).days
        if not days:
            return (self.start + self.end) / 2
        part = (day - self.first).days / days
        return self.start + part * (self.end - self.start)

    def holds(self, day: date) -> bool:
        """Whether the day is drawn at all."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """An expected range on one day."""

    on: date
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A chart as a table."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One line of a legend: the swatch's class and what it stands for."""

    css: str
    words: str


def ticks(low: float, high: float, *, wanted: int = 5) -> list[float]:
    """Round values from low to high, about as many as wanted."""
    if high <= low:
        return [low]
    rough = (high - low) / max(wanted - 1, 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next((m * power for m in (1, 2, 5) if m * power >= rough), 10 * power)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(index * step, 6) for index in range(first, last + 1)]


def months(first: date, last: date) -> list[date]:
    """The first day of each month that begins between two days."""
    found = []
    month = first.replace(day=1)
    while month <= last:
        if month >= first:
            found.append(month)
        over = month.month == MONTHS_A_YEAR
        month = date(month.year + over, 1 if over else month.month + 1, 1)
    return found


def spread(places: Sequence[float], *, gap: float, end: float) -> list[float]:
    """Places moved apart until none is nearer than `gap`, none beyond `end`.

    Takes them ascending; keeps their order. With no room at all they overlap at
    the start rather than leave the drawing at the end.
    """
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else place)
    limit = end
    for index in reversed(range(len(moved))):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - gap
    return moved


# Drawing instructions -------------------------------------------------------------


def label(
    words: str, x: float, y: float, *, anchor: str = "middle", css: str = ""
) -> SafeString:
    """Words at a point: `middle`, `start` or `end` of them stands there.

    Written at once, for a chart has a hundred of them; `css` is our own.
    """
    look = f' class="{css}"' if css else ""
    if anchor != "start":
        look += f' text-anchor="{anchor}"'
    return SafeString(
        f'<text x="{number(x)}" y="{number(y)}"{look}>{attribute_value(words)}</text>'
    )


def value_axis(
    scale: Scale, *, values: Iterable[float], left: float, right: float
) -> list[SafeString]:
    """Grid lines with their values at the left."""
    parts: list[SafeString] = []
    for value in values:
        y = scale(value)
        parts.append(line((left, y), (right, y), css="grid"))
        parts.append(label(f"{value:g}", left - 8, y + 4, anchor="end"))
    return parts


def step_path(points: Sequence[tuple[float, float]]) -> str:
    """Path data that holds each value until halfway to the next."""
    if not points:
        return ""
    corners = [points[0]]
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (x1 + x2) / 2
        corners += [(middle, y1), (middle, y2)]
    return polyline([*corners, points[-1]])


def drawing(
    parts: Iterable[str], *, width: float, height: float, sentence: str
) -> SafeString:
    """The SVG around the parts: an image with one sentence."""
    return element(
        "svg",
        *parts,
        view_box=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=sentence,
    )


def figure(
    svg: SafeString,
    *,
    numbers: Numbers | None,
    keys: Sequence[Key] = (),
    css: str = "",
    summary: str = "",
) -> SafeString:
    """The whole chart: legend, drawing, and the numbers one tap away."""
    legend = format_html_join(
        "",
        '<li><span class="swatch {}"></span>{}</li>',
        ((k.css, k.words) for k in keys),
    )
    return format_html(
        '<figure class="chart {}">{}{}{}</figure>',
        css,
        format_html('<ul class="legend">{}</ul>', legend) if keys else "",
        scrolling(svg) if WIDE in css else svg,
        numbers_table(numbers, summary=summary) if numbers else "",
    )


def scrolling(svg: SafeString) -> SafeString:
    """A drawing too wide for a phone, in a frame that scrolls by keyboard as well."""
    return format_html(
        '<div class="chart-scroll" tabindex="0" role="group" aria-label="{}">{}</div>',
        _("Drawing, scrolls sideways"),
        svg,
    )


def numbers_table(numbers: Numbers, *, summary: str = "") -> SafeString:
    """The numbers of a chart behind a summary that opens."""
    head = format_html_join(
        "", '<th scope="col">{}</th>', ((heading,) for heading in numbers.headings)
    )
    body = _number_rows(numbers.rows)
    return format_html(
        '<details class="numbers"><summary>{}</summary><div class="table-scroll"'
        ' tabindex="0" role="region" aria-label="{}"><table class="table"><caption>'
        "{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
        "</details>",
        summary or _("Show numbers"),
        numbers.caption,
        numbers.caption,
        head,
        body,
    )


def _number_rows(rows: Sequence[Sequence[str]]) -> SafeString:
    """The lines of numbers; what must be escaped is looked for in all at once.

    A long course has a thousand cells, and hardly ever one with a special letter.
    """
    if SPECIAL.search("".join(chain.from_iterable(rows))):
        rows = [[escape(cell) for cell in row] for row in rows]
    return join(_number_row(*row) for row in rows)


def _number_row(day: str, *cells: str) -> str:
    written = "".join([f'<td class="num">{cell}</td>' for cell in cells])
    return f'<tr><th scope="row">{day}</th>{written}</tr>'


def join(parts: Iterable[str]) -> SafeString:
    """Safe pieces one after the other."""
    return mark_safe("".join(parts))  # noqa: S308  each piece is escaped already
