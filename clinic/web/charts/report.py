"""The owner's charts: outcome, who stays, use, tendency.

What may not be shown comes as None (fewer than ten alike: DESIGN 6); a chart
never invents a number for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinic.web.charts.frame import (
    Key,
    Numbers,
    Scale,
    drawing,
    figure,
    label,
    step_path,
    ticks,
    value_axis,
)
from clinic.web.drawing.svg import Point, element, line, polyline
from clinic.web.templatetags.formats import percent, signed

LETTER_PX = 7  # a letter of a name, on average
CLEAR_CHANGE = 3  # points from which a fall is marked

# Outcome by condition --------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One group of plans, all in percent: median, middle half, patients' own view.

    `before` is the median of the period compared with. A group too small to
    show has no median.
    """

    name: str
    detail: str
    median: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    patients: Decimal | None = None
    before: Decimal | None = None

    @property
    def change(self) -> Decimal | None:
        """Points gained since the period before."""
        if self.median is None or self.before is None:
            return None
        return self.median - self.before

    @property
    def fell(self) -> bool:
        """Whether the median fell by enough to look at."""
        return self.change is not None and self.change < -CLEAR_CHANGE


def dumbbell(
    rows: Sequence[Outcome], *, caption: str, before_label: str = ""
) -> SafeString:
    """A line for each group: middle half, median, patients' rating, last period."""
    left, right, row_px, width = 128, 536, 50, 620
    height = len(rows) * row_px + 34
    x = _percent_scale(rows, start=left, end=right)
    parts = _percent_axis(x, height=height)
    for index, row in enumerate(rows):
        parts += _outcome(row, x, y=28 + index * row_px, width=width)
    keys = [Key(css="swatch-half", words=_("Main score, median and middle half"))]
    if any(row.patients is not None for row in rows):
        keys.append(Key(css="swatch-diamond", words=_("Patients' own rating")))
    if before_label:
        keys.append(Key(css="swatch-before", words=before_label))
    numbers = Numbers(
        caption=caption,
        headings=(
            _("Group"),
            _("Plans"),
            _("Median"),
            _("Middle half"),
            _("Patients"),
            before_label or _("Before"),
        ),
        rows=tuple(_outcome_row(row) for row in rows),
    )
    svg = drawing(parts, width=width, height=height, sentence=caption)
    return figure(svg, numbers=numbers, keys=keys, css="chart-wide chart-rows")


def _percent_scale(rows: Sequence[Outcome], *, start: float, end: float) -> Scale:
    seen = [
        value
        for row in rows
        for value in (row.median, row.low, row.high, row.patients, row.before)
        if value is not None
    ]
    low = min([Decimal(0), *seen])
    high = max([Decimal(20), *seen])
    steps = ticks(float(low), float(high))
    step = steps[1] - steps[0]
    return Scale(
        low=steps[0] - (step if steps[0] > low else 0),
        high=steps[-1] + (step if steps[-1] < high else 0),
        start=start,
        end=end,
    )


def _percent_axis(x: Scale, *, height: float) -> list[SafeString]:
    parts = []
    for value in ticks(x.low, x.high):
        parts.append(line((x(value), 6), (x(value), height - 26), css="grid"))
        parts.append(label(percent(value), x(value), height - 8))
    return parts


def _outcome(row: Outcome, x: Scale, *, y: float, width: float) -> list[SafeString]:
    parts = [
        label(row.name, 0, y, anchor="start", css="strong"),
        label(row.detail, 0, y + 15, anchor="start"),
    ]
    if row.median is None:
        words = _("too few to show")
        return [*parts, label(words, x(x.low) + 8, y + 5, anchor="start")]
    tone = " fell" if row.fell else ""
    if row.low is not None and row.high is not None:
        parts.append(_half(x(row.low), x(row.high), y=y, css=f"half{tone}"))
    if row.before is not None:
        here = x(row.before)
        parts.append(line((here, y - 10), (here, y + 12), css="before"))
    parts.append(
        element("circle", css=f"median{tone}", cx=x(row.median), cy=y + 1, r=6.5)
    )
    if row.patients is not None:
        parts.append(_diamond(x(row.patients), y + 1))
    words = _("new") if row.change is None else signed(row.change)
    return [
        *parts,
        label(percent(row.median), width - 44, y + 6, anchor="end", css="value"),
        label(words, width, y + 6, anchor="end", css=_change_css(row.change)),
    ]


def _half(start: float, end: float, *, y: float, css: str) -> SafeString:
    """The middle half as a rounded bar."""
    width = max(end - start, 1)
    return element("rect", css=css, x=start, y=y - 5, width=width, height=12, rx=6)


def _diamond(x: float, y: float) -> SafeString:
    corners = [(x, y - 7), (x + 6.5, y), (x, y + 7), (x - 6.5, y)]
    return element("path", css="diamond", d=f"{polyline(corners)}Z")


def _change_css(change: Decimal | None) -> str:
    if change is None or abs(change) < 2:
        return ""
    return "good" if change > 0 else "bad"


def _outcome_row(row: Outcome) -> tuple[str, ...]:
    half = (
        _("%(low)s to %(high)s") % {"low": percent(row.low), "high": percent(row.high)}
        if row.low is not None and row.high is not None
        else ""
    )
    return (
        row.name,
        row.detail,
        percent(row.median) or _("too few to show"),
        half,
        percent(row.patients),
        percent(row.before),
    )


# Who stays -------------------------------------------------------------------


def drop_off(
    shares: Sequence[Decimal],
    *,
    before: Sequence[Decimal] = (),
    caption: str,
    before_label: str = "",
) -> SafeString:
    """The share of plans, in percent, that reach session 1, 2, 3 ...; steps fall."""
    width, height, left, right = 360, 196, 34, 312
    count = max(len(shares), len(before), 1)
    low = min([Decimal(50), *shares, *before])
    x = Scale(low=1, high=max(count, 2), start=left, end=right)
    y = Scale(low=float(low // 10 * 10), high=100, start=height - 30, end=14)
    parts = value_axis(y, values=ticks(y.low, 100, wanted=3), left=left, right=right)
    parts += _stay(before, x, y, css="stay-before", words_css="", nudge=9)
    parts += _stay(shares, x, y, css="stay", words_css="value", nudge=1)
    parts += [label(str(i), x(i), height - 8) for i in range(1, count + 1)]
    numbers = _stay_numbers(shares, before, caption, before_label or _("Before"))
    svg = drawing(parts, width=width, height=height, sentence=caption)
    return figure(svg, numbers=numbers, css="chart-small")


def _stay(
    shares: Sequence[Decimal],
    x: Scale,
    y: Scale,
    *,
    css: str,
    words_css: str,
    nudge: float,
) -> list[SafeString]:
    """One falling line with its last share at the end."""
    points: list[Point] = [(x(i), y(share)) for i, share in enumerate(shares, 1)]
    if not points:
        return []
    end_x, end_y = points[-1]
    words = percent(shares[-1])
    return [
        element("path", css=css, d=step_path(points)),
        label(words, end_x + 6, end_y + nudge, anchor="start", css=words_css),
    ]


def _stay_numbers(
    shares: Sequence[Decimal],
    before: Sequence[Decimal],
    caption: str,
    before_label: str,
) -> Numbers:
    shown = [series for series in (shares, before) if series]
    rows = tuple(
        (str(i + 1), *(percent(s[i]) if i < len(s) else "" for s in shown))
        for i in range(max((len(series) for series in shown), default=0))
    )
    headings = (_("Session"), _("Reached"), before_label)
    return Numbers(caption=caption, headings=headings[: 1 + len(shown)], rows=rows)


# Use of people and rooms -----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Percent of open hours in use, and lost to visits missed or cancelled late."""

    name: str
    used: Decimal
    lost: Decimal = Decimal(0)


def use_bars(rows: Sequence[Use], *, caption: str) -> SafeString:
    """A bar for each person or room; the striped part is lost time."""
    width, row_px, right = 360, 30, 308
    longest = max((len(row.name) for row in rows), default=0)
    left = min(max(104, longest * LETTER_PX + 8), 180)
    x = Scale(low=0, high=100, start=left, end=right)
    parts = []
    for index, row in enumerate(rows):
        y = 8 + index * row_px
        end = x(min(row.used, Decimal(100)))
        lost_end = x(min(row.used + row.lost, Decimal(100)))
        parts += [
            label(row.name, 0, y + 10, anchor="start", css="strong"),
            _bar("track", left, right, y),
            _bar("lost", end - 6 if row.lost else end, lost_end, y, hatched=True),
            _bar("used", left, end, y),
            label(percent(row.used), width, y + 10, anchor="end", css="sec"),
        ]
    numbers = Numbers(
        caption=caption,
        headings=(_("Who or where"), _("In use"), _("Lost")),
        rows=tuple((row.name, percent(row.used), percent(row.lost)) for row in rows),
    )
    height = 8 + len(rows) * row_px
    svg = drawing(parts, width=width, height=height, sentence=caption)
    return figure(svg, numbers=numbers, css="chart-small")


def _bar(
    css: str, start: float, end: float, y: float, *, hatched: bool = False
) -> SafeString:
    return element(
        "rect",
        css=css,
        fill="url(#np-stripe)" if hatched else None,
        x=start,
        y=y,
        width=max(end - start, 0),
        height=12,
        rx=6,
    )


# Tendency --------------------------------------------------------------------


def sparkline(values: Sequence[Decimal]) -> SafeString:
    """A tiny line beside its figure; the figure says the number, this the way."""
    width, height = 84, 30
    if len(values) < 2:
        return mark_safe("")
    x = Scale(low=0, high=len(values) - 1, start=3, end=width - 5)
    y = Scale(low=float(min(values)), high=float(max(values)), start=height - 5, end=5)
    points: list[Point] = [(x(i), y(value)) for i, value in enumerate(values)]
    return element(
        "svg",
        element("path", d=polyline(points)),
        element("circle", cx=points[-1][0], cy=points[-1][1], r=2.8),
        css="spark",
        width=width,
        height=height,
        view_box=f"0 0 {width} {height}",
        aria_hidden="true",
    )
