"""A patient's course on one time axis: score, needles, days to calm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clinic.web.charts.frame import (
    Band,
    Key,
    Numbers,
    Scale,
    TimeScale,
    drawing,
    figure,
    label,
    spread,
    ticks,
    value_axis,
)
from clinic.web.drawing.needles import NeedleState
from clinic.web.drawing.svg import Point, area, dots, element, line, smooth_line
from clinic.web.templatetags.formats import (
    day_short,
    day_year,
    each_day_year,
    mm_number,
)

WIDTH = 752
LEFT, RIGHT = 44, 732
SCORE_TOP, SCORE_BASE = 22, 178
SKIN_Y = 212
MM_PX = 30  # a needle of 1 mm
CALM_BASE = 330
DAY_PX = 6  # one day until calm
VALUE_GAP = 30  # px between two values of the score in one row
ROW_PX = 16  # px from one row of values to the next
LABEL_GAP = 46
WORDS_PX = 84  # what "calm on day 5" needs beside its bar
EDGE_DAYS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One score on one day."""

    on: date
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMark:
    """One session of the plan; `calm_days` is how long the skin took to settle."""

    on: date
    number: int
    state: NeedleState
    depth_mm: Decimal | None = None
    calm_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """All that the chart shows. `low` and `high` are the ends of the scale.

    Without `today`, for a plan that has ended, no such line is drawn.
    `expected` is the published course, `own` the clinic's own finished plans:
    two bands, drawn differently and never merged. `healing_days` is the window
    after each session in which the skin heals.
    """

    scale: str
    low: Decimal
    high: Decimal
    readings: tuple[Reading, ...] = ()
    sessions: tuple[SessionMark, ...] = ()
    today: date | None
    healing_days: int = 28
    goal: Decimal | None = None
    expected: tuple[Band, ...] = ()
    expected_label: str = ""
    own: tuple[Band, ...] = ()
    own_label: str = ""


def progress_lanes(course: Course) -> SafeString:
    """Three lanes: the score with goal and expected range, needles, days to calm."""
    x = _time_scale(course)
    y = Scale(
        low=float(course.low), high=float(course.high), start=SCORE_BASE, end=SCORE_TOP
    )
    has_calm = any(mark.calm_days is not None for mark in course.sessions)
    base = CALM_BASE if has_calm else SKIN_Y + 78
    parts = [
        *_healing(course, x, base=base),
        *value_axis(
            y,
            values=ticks(float(course.low), float(course.high)),
            left=LEFT,
            right=RIGHT,
        ),
        *_bands(course, x, y),
        *_goal(course, y),
        *_today(course, x),
        *_score(course, x, y),
        *_needles(course, x),
        *(_calm(course, x) if has_calm else ()),
        *_days(course, x, base=base),
    ]
    svg = drawing(parts, width=WIDTH, height=base + 52, sentence=sentence(course))
    return figure(svg, numbers=_numbers(course), keys=_keys(course), css="chart-wide")


def sentence(course: Course) -> str:
    """The course in one sentence."""
    if not course.readings:
        return _("%(scale)s: no score yet") % {"scale": course.scale}
    first, latest = course.readings[0], course.readings[-1]
    words = {
        "scale": course.scale,
        "first": f"{first.value:f}",
        "latest": f"{latest.value:f}",
        "on": day_year(latest.on),
        "goal": f"{course.goal:f}" if course.goal is not None else "",
    }
    if len(course.readings) == 1:
        said = _("%(scale)s: %(first)s on %(on)s") % words
    else:
        said = _("%(scale)s: from %(first)s to %(latest)s on %(on)s") % words
    return f"{said}; {_('goal %(goal)s') % words}" if words["goal"] else said


def _time_scale(course: Course) -> TimeScale:
    days = [
        *([course.today] if course.today else []),
        *(reading.on for reading in course.readings),
        *(mark.on for mark in course.sessions),
        *(band.on for band in (*course.expected, *course.own)),
    ]
    edge = timedelta(days=EDGE_DAYS)
    return TimeScale(
        first=min(days) - edge, last=max(days) + edge, start=LEFT, end=RIGHT
    )


def _healing(course: Course, x: TimeScale, *, base: float) -> list[SafeString]:
    parts = []
    for mark in course.sessions:
        if mark.state is NeedleState.MISSED:
            continue
        end = min(mark.on + timedelta(days=course.healing_days), x.last)
        css = "healing-due" if mark.state is NeedleState.PLANNED else "healing"
        parts.append(
            element(
                "rect",
                css=css,
                x=x(mark.on),
                y=14,
                width=x(end) - x(mark.on),
                height=base - 8,
            )
        )
    return parts


def _bands(course: Course, x: TimeScale, y: Scale) -> list[SafeString]:
    parts = []
    for bands, css, words in (
        (course.expected, "band", course.expected_label),
        (course.own, "band-own", course.own_label),
    ):
        if not bands:
            continue
        upper: list[Point] = [(x(b.on), y(_within(b.high, course))) for b in bands]
        lower: list[Point] = [(x(b.on), y(_within(b.low, course))) for b in bands]
        parts.append(element("path", css=css, d=area(upper, lower)))
        if words:
            end_x, end_y = upper[-1]
            above = max(end_y - 8, SCORE_TOP)
            parts.append(label(words, end_x, above, anchor="end", css="sec halo"))
    return parts


def _within(value: Decimal, course: Course) -> Decimal:
    """A value of a band, cut at the ends of the axis."""
    return max(course.low, min(course.high, value))


def _goal(course: Course, y: Scale) -> list[SafeString]:
    if course.goal is None:
        return []
    level = y(course.goal)
    words = _("Goal %(goal)s") % {"goal": f"{course.goal:f}"}
    return [
        line((LEFT, level), (RIGHT, level), css="goal"),
        label(words, RIGHT - 4, level + 16, anchor="end", css="goal-word halo"),
    ]


def _score(course: Course, x: TimeScale, y: Scale) -> list[SafeString]:
    points: list[Point] = [(x(r.on), y(r.value)) for r in course.readings]
    if not points:
        middle = (SCORE_TOP + SCORE_BASE) / 2
        return [
            label(_("No score yet"), LEFT + 14, middle, anchor="start", css="sec halo")
        ]
    parts = [element("path", css="score", d=smooth_line(points))]
    written = _apart(points)
    marks = dots(points, 5, css="score-dot")
    for point, mark, reading in zip(points, marks, course.readings, strict=True):
        parts.append(mark)
        if point in written:
            px, py = point
            words = f"{reading.value:f}"
            parts.append(
                label(words, px + 10, py - 8, anchor="start", css="value halo")
            )
    return parts


def _apart(points: Sequence[Point]) -> set[Point]:
    """The points whose values have room beside each other: the latest, then back."""
    kept: list[Point] = []
    for px, py in reversed(points):
        if not kept or kept[-1][0] - px >= VALUE_GAP or abs(kept[-1][1] - py) >= ROW_PX:
            kept.append((px, py))
    return set(kept)


def _needles(course: Course, x: TimeScale) -> list[SafeString]:
    parts = [
        label("mm", LEFT - 8, SKIN_Y + 4, anchor="end"),
        line((LEFT, SKIN_Y), (RIGHT, SKIN_Y), css="skin"),
    ]
    for mark in course.sessions:
        if mark.state is NeedleState.MISSED or not mark.depth_mm:
            continue
        done = mark.state is NeedleState.DONE
        tip = SKIN_Y + 4 + float(mark.depth_mm) * MM_PX
        css = "needle" if done else "needle planned"
        here = x(mark.on)
        parts += [
            line((here + dx, SKIN_Y + 3), (here + dx, tip), css=css)
            for dx in (-8, 0, 8)
        ]
        look = "strong" if done else "sec"
        parts.append(label(mm_number(mark.depth_mm), here, tip + 17, css=look))
    return parts


def _calm(course: Course, x: TimeScale) -> list[SafeString]:
    parts = [
        line((LEFT, CALM_BASE), (RIGHT, CALM_BASE), css="axis"),
        label(_("days"), LEFT - 8, CALM_BASE - 2, anchor="end"),
    ]
    for mark in course.sessions:
        if mark.calm_days is None:
            continue
        height = min(mark.calm_days * DAY_PX, 42)
        left = x(mark.on)
        parts.append(
            element(
                "rect",
                css="calm",
                x=left,
                y=CALM_BASE - height,
                width=11,
                height=height,
                rx=2,
            )
        )
        parts.append(
            label(
                _calm_words(mark, course, x),
                left + 17,
                CALM_BASE - 4,
                anchor="start",
                css="sec",
            )
        )
    return parts


def _calm_words(mark: SessionMark, course: Course, x: TimeScale) -> str:
    """The day in words where there is room, as a number where there is not."""
    later = [other.on for other in course.sessions if other.on > mark.on]
    end = x(min(later)) if later else RIGHT + 40
    if end - x(mark.on) < WORDS_PX:
        return str(mark.calm_days)
    return _("calm on day %(day)d") % {"day": mark.calm_days}


def _today(course: Course, x: TimeScale) -> list[SafeString]:
    if course.today is None:
        return []
    here = x(course.today)
    return [line((here, 8), (here, SKIN_Y - 4), css="today-line")]


def _days(course: Course, x: TimeScale, *, base: float) -> list[SafeString]:
    """Under the lanes: the number of each session and its day."""
    marks: list[tuple[date, str, str]] = [
        (
            mark.on,
            _("%(number)d today") % {"number": mark.number}
            if mark.on == course.today
            else str(mark.number),
            "now" if mark.on == course.today else "strong",
        )
        for mark in course.sessions
    ]
    taken = {on for on, _words, _css in marks}
    if course.readings and course.readings[0].on not in taken:
        marks.append((course.readings[0].on, _("Start"), "strong"))
    if course.today is not None and course.today not in taken:
        marks.append((course.today, _("today"), "now"))
    marks.sort(key=lambda mark: mark[0])
    places = spread([x(on) for on, *_rest in marks], gap=LABEL_GAP, end=RIGHT - 14)
    parts = []
    for place, (on, words, css) in zip(places, marks, strict=True):
        parts.append(label(words, place, base + 22, css=css))
        parts.append(label(day_short(on), place, base + 39))
    return parts


def _keys(course: Course) -> Sequence[Key]:
    keys = [Key(css="swatch-score", words=_("This patient"))]
    if course.expected:
        keys.append(Key(css="swatch-band", words=_("Published, expected range")))
    if course.own:
        keys.append(Key(css="swatch-own", words=_("Similar plans here, middle half")))
    if course.sessions:
        keys.append(Key(css="swatch-healing", words=_("Healing time")))
    return keys


def _numbers(course: Course) -> Numbers:
    """Every day on which something was read, done or is planned."""
    days = sorted({r.on for r in course.readings} | {m.on for m in course.sessions})
    scores = {reading.on: f"{reading.value:f}" for reading in course.readings}
    marks = {mark.on: mark for mark in course.sessions}
    rows = []
    for day, words in zip(days, each_day_year(days), strict=True):
        mark = marks.get(day)
        rows.append(
            (
                words,
                str(mark.number) if mark else "",
                scores.get(day, ""),
                mm_number(mark.depth_mm) if mark else "",
                str(mark.calm_days) if mark and mark.calm_days is not None else "",
            )
        )
    return Numbers(
        caption=sentence(course),
        headings=(
            _("Day"),
            _("Session"),
            course.scale,
            _("Deepest, mm"),
            _("Days until calm"),
        ),
        rows=tuple(rows),
    )
