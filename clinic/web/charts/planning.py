"""A plan on a time axis: months, closures, sessions, healing, gaps, the occasion."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.web.charts.frame import (
    Band,
    Numbers,
    Scale,
    TimeScale,
    drawing,
    figure,
    label,
    months,
    spread,
)
from clinic.web.drawing.svg import Point, area, element, line, polyline, smooth_line
from clinic.web.templatetags.formats import day_short, day_year, days_words, mm_number

WIDTH, HEIGHT = 772, 300
LEFT, RIGHT = 8, 764
TOP = 26
SKIN_Y = 176
BAND_TOP, BAND_BASE = 52, 150
HEALING_PX = 62
MM_PX = 34
BRACKET_Y = SKIN_Y + 84
DAY_Y = SKIN_Y + 110
SAME_DEPTH_MM = Decimal(1)  # front desk sees needles of one length
EDGE_DAYS = 9
CLOSURE_Y = (44, 60, 76)  # names of closures, lower where the line above is taken
LETTER_PX = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMark:
    """One session of the plan; no depth where it may not be seen."""

    number: int
    on: date
    depth_mm: Decimal | None = None
    is_selected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Days without visits, both ends included: the clinic is closed, she is away."""

    first: date
    last: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What the plan must be ready for."""

    on: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPicture:
    """All that the timeline shows."""

    sessions: tuple[PlannedMark, ...]
    healing_days: int
    today: date
    closures: tuple[Closure, ...] = ()
    occasion: Occasion | None = None
    expected: tuple[Band, ...] = ()
    expected_label: str = ""


def plan_timeline(plan: PlanPicture) -> SafeString:
    """The plan from its first to its last day, with what stands in its way."""
    x = _time_scale(plan)
    parts = [
        *_months(x),
        *_closures(plan, x),
        *_expected(plan, x),
        *_healing(plan, x),
        line((LEFT, SKIN_Y), (RIGHT, SKIN_Y), css="skin strong"),
        *_sessions(plan, x),
        *_gaps(plan, x),
        *_occasion(plan, x),
        *_days(plan, x),
    ]
    svg = drawing(parts, width=WIDTH, height=HEIGHT, sentence=sentence(plan))
    return figure(svg, numbers=_numbers(plan), css="chart-wide chart-plan")


def sentence(plan: PlanPicture) -> str:
    """The plan in one sentence."""
    if not plan.sessions:
        return _("Plan without sessions")
    count = len(plan.sessions)
    words = {
        "count": count,
        "first": day_year(plan.sessions[0].on),
        "last": day_year(plan.sessions[-1].on),
    }
    said = ngettext(
        "Plan of %(count)d session on %(first)s",
        "Plan of %(count)d sessions from %(first)s to %(last)s",
        count,
    )
    if plan.occasion is None:
        return said % words
    before = _("before %(occasion)s on %(day)s") % {
        "occasion": plan.occasion.words,
        "day": day_year(plan.occasion.on),
    }
    return f"{said % words}, {before}"


def _time_scale(plan: PlanPicture) -> TimeScale:
    days = [mark.on for mark in plan.sessions] or [plan.today]
    last = max(days) + timedelta(days=plan.healing_days)
    if plan.occasion:
        last = max(last, plan.occasion.on)
    edge = timedelta(days=EDGE_DAYS)
    return TimeScale(first=min(days) - edge, last=last + edge, start=LEFT, end=RIGHT)


def _months(x: TimeScale) -> list[SafeString]:
    parts = []
    for first in months(x.first, x.last):
        here = x(first)
        year = first.month == 1
        words = format_date(first, "M Y" if year else "M")
        parts.append(line((here, TOP), (here, HEIGHT - 34), css="grid"))
        if here < RIGHT - 24:
            css = "strong" if year else ""
            parts.append(label(words, here + 6, 18, anchor="start", css=css))
    return parts


def _closures(plan: PlanPicture, x: TimeScale) -> list[SafeString]:
    parts: list[SafeString] = []
    lines = [_written(plan, x), *([] for _line in CLOSURE_Y[1:])]
    for closure in sorted(plan.closures, key=lambda one: one.first):
        first = max(closure.first, x.first)
        after = min(closure.last + timedelta(days=1), x.last)
        if first >= after:
            continue
        parts.append(
            element(
                "rect",
                fill="url(#np-hatch)",
                x=x(first),
                y=TOP + 4,
                width=x(after) - x(first),
                height=SKIN_Y - TOP - 4,
            )
        )
        half = len(closure.words) * LETTER_PX / 2
        middle = min(max((x(first) + x(after)) / 2, LEFT + half), RIGHT - half)
        for y, taken in zip(CLOSURE_Y, lines, strict=True):
            if all(middle + half < a or middle - half > b for a, b in taken):
                taken.append((middle - half, middle + half))
                parts.append(label(closure.words, middle, y, css="halo"))
                break
    return parts


def _written(plan: PlanPicture, x: TimeScale) -> list[Point]:
    """From where to where the first line of names is taken by the occasion."""
    if plan.occasion is None:
        return []
    end = x(plan.occasion.on)
    return [(end - 8 - len(plan.occasion.words) * LETTER_PX, end)]


def _expected(plan: PlanPicture, x: TimeScale) -> list[SafeString]:
    """The expected score, highest value on top, as a band with its middle."""
    shown = [band for band in plan.expected if x.holds(band.on)]
    if len(shown) < 2:
        return []
    y = Scale(
        low=float(min(band.low for band in shown)),
        high=float(max(band.high for band in shown)),
        start=BAND_BASE,
        end=BAND_TOP,
    )
    upper: list[Point] = [(x(band.on), y(band.high)) for band in shown]
    lower: list[Point] = [(x(band.on), y(band.low)) for band in shown]
    middle: list[Point] = [(x(b.on), y((b.low + b.high) / 2)) for b in shown]
    label_x, label_y = upper[len(upper) // 2]
    return [
        element("path", css="expected", d=area(upper, lower)),
        element("path", css="expected-middle", d=smooth_line(middle)),
        label(plan.expected_label, label_x + 8, label_y - 8, anchor="start", css="sec"),
    ]


def _healing(plan: PlanPicture, x: TimeScale) -> list[SafeString]:
    parts = []
    for mark in plan.sessions:
        end = min(mark.on + timedelta(days=plan.healing_days), x.last)
        parts.append(
            element(
                "rect",
                css="healing-below",
                x=x(mark.on),
                y=SKIN_Y,
                width=x(end) - x(mark.on),
                height=HEALING_PX,
                rx=3,
            )
        )
    return parts


def _sessions(plan: PlanPicture, x: TimeScale) -> list[SafeString]:
    parts = []
    for mark in plan.sessions:
        here = x(mark.on)
        tip = SKIN_Y + float(mark.depth_mm or SAME_DEPTH_MM) * MM_PX
        parts += [
            line((here + dx, SKIN_Y - 10), (here + dx, tip), css="needle thin")
            for dx in (-9, -4.5, 0, 4.5, 9)
        ]
        chosen = " selected" if mark.is_selected else ""
        parts.append(
            element("circle", css=f"disc{chosen}", cx=here, cy=SKIN_Y - 24, r=13)
        )
        parts.append(
            label(str(mark.number), here, SKIN_Y - 19.5, css=f"disc-number{chosen}")
        )
        if mark.depth_mm:
            words = mm_number(mark.depth_mm)
            parts.append(label(words, here + 16, tip, anchor="start", css="strong"))
    return parts


def _gaps(plan: PlanPicture, x: TimeScale) -> list[SafeString]:
    parts = []
    for before, after in pairwise(mark.on for mark in plan.sessions):
        parts += _bracket(x(before), x(after), days_words((after - before).days))
    return parts


def _bracket(start: float, end: float, words: str, css: str = "") -> list[SafeString]:
    corners = [
        (start + 2, BRACKET_Y - 5),
        (start + 2, BRACKET_Y),
        (end - 2, BRACKET_Y),
        (end - 2, BRACKET_Y - 5),
    ]
    return [
        element("path", css=f"bracket {css}".strip(), d=polyline(corners)),
        label(words, (start + end) / 2, BRACKET_Y + 4, css=f"sec halo {css}".strip()),
    ]


def _occasion(plan: PlanPicture, x: TimeScale) -> list[SafeString]:
    if plan.occasion is None:
        return []
    here = x(plan.occasion.on)
    parts = [
        line((here, 34), (here, SKIN_Y + 90), css="occasion-line"),
        element("circle", css="occasion-dot", cx=here, cy=SKIN_Y, r=5),
        label(plan.occasion.words, here - 8, 44, anchor="end", css="now halo"),
    ]
    if plan.sessions and plan.sessions[-1].on < plan.occasion.on:
        days = (plan.occasion.on - plan.sessions[-1].on).days
        start = x(plan.sessions[-1].on)
        parts += _bracket(start, here, days_words(days), "now")
    return parts


def _days(plan: PlanPicture, x: TimeScale) -> list[SafeString]:
    marks = [(mark.on, "strong") for mark in plan.sessions]
    if plan.occasion:
        marks.append((plan.occasion.on, "now"))
    marks.sort()
    places = spread([x(on) for on, _css in marks], gap=44, end=RIGHT - 18)
    return [
        label(day_short(on), place, DAY_Y, css=css)
        for place, (on, css) in zip(places, marks, strict=True)
    ]


def _numbers(plan: PlanPicture) -> Numbers:
    with_depth = any(mark.depth_mm for mark in plan.sessions)
    rows = []
    earlier: date | None = None
    for mark in plan.sessions:
        gap = days_words((mark.on - earlier).days) if earlier else ""
        depth = (mm_number(mark.depth_mm),) if with_depth else ()
        rows.append((str(mark.number), day_year(mark.on), gap, *depth))
        earlier = mark.on
    headings = (_("Session"), _("Day"), _("Gap"))
    return Numbers(
        caption=sentence(plan),
        headings=(*headings, _("Deepest, mm")) if with_depth else headings,
        rows=tuple(rows),
    )
