"""The report's figures as charts and words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.places.models import WEEKDAYS
from clinic.rules.book import RuleBook
from clinic.web.charts.report import Outcome, drop_off, dumbbell, sparkline, use_bars
from clinic.web.charts.report import Use as Bar
from clinic.web.charts.tables import HeatRow, MatrixCell, MatrixRow, heat, matrix
from clinic.web.templatetags.formats import percent, signed
from sessions.reports.queries import use
from sessions.reports.queries.outcomes import SMALLEST_GROUP, Group
from sessions.reports.queries.use import Use
from sessions.reports.report import Report

SHORT = 18  # letters that fit in front of the outcome chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of the top row."""

    label: str
    value: str
    unit: str
    hint: str
    tone: str
    spark: SafeString
    of: str = ""
    opens: str = ""


def name_of(book: RuleBook, condition: str) -> str:
    """A condition in words; its key when the book no longer has it."""
    known = book.conditions.get(condition)
    return known.name if known else condition


def short_name(book: RuleBook, condition: str) -> str:
    """The name as far as it fits beside a chart, cut between words."""
    words, name = "", name_of(book, condition).split(",")[0].split(" (")[0]
    for word in name.split():
        if len(words) + len(word) >= SHORT and words:
            break
        words = f"{words} {word}".strip()
    return words.removesuffix(" and").removesuffix(" or")


def figures(report: Report, *, is_own: bool) -> tuple[Figure, ...]:
    """The five figures of the top row.

    The last is the time of the rooms; with `is_own` that of the reader, since
    their visits alone say little about a room.
    """
    return (
        _finished(report),
        _improvement(report),
        _harm(report),
        _missed(report),
        _own_time(report) if is_own else _rooms(report),
    )


def _finished(report: Report) -> Figure:
    share, before = report.ended.share, report.ended_before.share
    months = [one.share for one in report.ended_months]
    return Figure(
        label=_("Plans finished"),
        value=_number(share),
        unit="%" if share is not None else "",
        hint=_points(share, before),
        tone=_tone(share, before, higher_is_better=True),
        spark=_spark(months),
        of="ended" if report.ended.share is not None else "",
        opens=_("See the plans"),
    )


def _improvement(report: Report) -> Figure:
    group = report.now.whole
    hint = _("Needs %(least)d patients with a review") % {"least": SMALLEST_GROUP}
    if group.is_shown:
        hint = _("median of %(plans)d reviews, middle half %(low)s to %(high)s") % {
            "plans": group.plans,
            "low": percent(group.low),
            "high": percent(group.high),
        }
    return Figure(
        label=_("Improvement at review"),
        value=_number(group.median),
        unit="%" if group.is_shown else "",
        hint=hint,
        tone="",
        spark=_spark([one.median for one in report.now.months]),
        of="outcome"
        if any(one.is_shown for one in report.now.conditions.values())
        else "",
        opens=_("See the plans"),
    )


def _harm(report: Report) -> Figure:
    interval, rate = report.harm.interval, report.harm.per_hundred
    hint = ""
    if interval is not None:
        hint = _("sessions; likely %(low).1f to %(high).1f") % {
            "low": interval.low * 100,
            "high": interval.high * 100,
        }
    return Figure(
        label=_("Adverse events"),
        value="" if rate is None else f"{rate:.1f}",
        unit=_(" per 100"),
        hint=hint,
        tone="",
        spark=_spark([one.per_hundred for one in report.harm_months]),
        of="event:all",
        opens=_("See the events"),
    )


def _missed(report: Report) -> Figure:
    share, before = report.missed.share, report.missed_before.share
    return Figure(
        label=_("Missed visits"),
        value="" if share is None else f"{share:.1f}",
        unit="%" if share is not None else "",
        hint=_points(share, before, places=1),
        tone=_tone(share, before, higher_is_better=False),
        spark=_spark([one.share for one in report.missed_months]),
        of="missed" if report.missed.missed else "",
        opens=_("See the visits"),
    )


def _rooms(report: Report) -> Figure:
    share = use.together(report.rooms).share
    return Figure(
        label=_("Rooms in use"),
        value=_number(share),
        unit="%",
        hint=_("of open hours"),
        tone="",
        spark=_spark([]),
        of="rooms" if share else "",
        opens=_("See whose visits"),
    )


def _own_time(report: Report) -> Figure:
    time = use.together(report.people)
    own = report.filters.practitioner_id
    return Figure(
        label=_("Your time in use"),
        value=_number(time.share),
        unit="%",
        hint=_("of working hours"),
        tone="",
        spark=_spark([]),
        of=f"person:{own}" if time.used_minutes or time.lost_minutes else "",
        opens=_("See whose visits"),
    )


def _number(value: Decimal | None) -> str:
    return _("none") if value is None else f"{round(value)}"


def _points(now: Decimal | None, before: Decimal | None, places: int = 0) -> str:
    if now is None or before is None:
        return _("nothing to compare with")
    return _("%(points)s points against the period before") % {
        "points": signed(now - before, places)
    }


def _tone(
    now: Decimal | None, before: Decimal | None, *, higher_is_better: bool
) -> str:
    if now is None or before is None or abs(now - before) < 1:
        return ""
    return "good" if (now > before) == higher_is_better else "bad"


def _spark(values: Sequence[Decimal | None]) -> SafeString:
    return sparkline([value for value in values if value is not None])


def outcome_chart(report: Report, book: RuleBook) -> SafeString:
    """Median and middle half of each condition, largest group first."""
    groups = sorted(
        report.now.conditions.values(),
        key=lambda one: (-(one.plans or 0), one.condition),
    )
    return dumbbell(
        [_outcome(one, report, book) for one in groups],
        caption=_("Median improvement from the start to the review, by condition"),
        before_label=_("Period before"),
    )


def _outcome(group: Group, report: Report, book: RuleBook) -> Outcome:
    before = report.before.conditions.get(group.condition)
    detail = _("under %(least)d patients") % {"least": SMALLEST_GROUP}
    if group.plans is not None:
        detail = ngettext("%(n)d plan", "%(n)d plans", group.plans) % {"n": group.plans}
    if group.own is not None:
        detail += _(", own %(own)s") % {"own": f"{group.own:g}"}
    return Outcome(
        name=short_name(book, group.condition),
        detail=detail,
        median=group.median,
        low=group.low,
        high=group.high,
        before=before.median if before else None,
    )


def depth_chart(
    report: Report, book: RuleBook, *, device_kind: str, opens: str
) -> SafeString:
    """Improvement by condition and the deepest setting of the plan.

    `opens` is the address of the lists up to what is asked for.
    """
    groups = [one for one in report.now.depths if one.device_kind == device_kind]
    shown = sorted({one.depth_mm for one in groups if one.depth_mm is not None})
    cells = {(one.condition, one.depth_mm): one for one in groups}
    conditions = sorted({one.condition for one in groups})
    return matrix(
        [
            MatrixRow(
                name=name_of(book, condition),
                cells=tuple(
                    _cell(cells.get((condition, depth)), opens) for depth in shown
                ),
            )
            for condition in conditions
        ],
        columns=[f"{depth:.2f}" for depth in shown],
        caption=_("Median improvement by condition and deepest setting in mm"),
        mark_label="",
    )


def _cell(group: Group | None, opens: str) -> MatrixCell:
    if group is None:
        return MatrixCell()
    what = f"depth:{group.condition}:{group.device_kind}:{group.depth_mm:.2f}"
    return MatrixCell(
        count=group.plans or 1,
        value=group.median,
        opens=f"{opens}{what}" if group.is_shown else "",
    )


def staying_chart(report: Report) -> SafeString:
    """Who comes back for session 2, 3, 4 ..."""
    last = percent(report.staying[-1]) if report.staying else ""
    return drop_off(
        report.staying,
        before=report.staying_before,
        caption=_("Share of begun plans that reach each session; %(last)s the last")
        % {"last": last},
        before_label=_("Period before"),
    )


def missed_chart(report: Report, *, opens: str) -> SafeString:
    """Missed visits by weekday and hour; `opens` as in the depth chart."""
    found = {(one.weekday, one.hour): one.share for one in report.missed_slots}
    days = sorted({one.weekday for one in report.missed_slots if one.weekday})
    hours = [one.hour for one in report.missed_slots if one.hour is not None]
    return heat(
        [
            HeatRow(
                name=f"{hour:02d}",
                values=tuple(_rounded(found.get((day, hour))) for day in days),
                opens=tuple(
                    f"{opens}missed:{day}:{hour}" if found.get((day, hour)) else ""
                    for day in days
                ),
            )
            for hour in range(min(hours, default=0), max(hours, default=-1) + 1, 2)
        ],
        columns=[str(WEEKDAYS[day - 1][1])[:3] for day in days],
        caption=_("Percent of visits missed, by weekday and hour"),
    )


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(round(value))


def named_uses(report: Report) -> list[tuple[str, Use]]:
    """People and rooms; a room with its site where its name alone is not enough.

    Of one practitioner only the rooms they had visits in: the others say nothing.
    """
    is_of_one = report.filters.practitioner_id is not None
    rooms = (
        room
        for room in report.rooms
        if not is_of_one or room.used_minutes or room.lost_minutes
    )
    uses = (*report.people, *rooms)
    short = Counter(one.name.split(", ")[-1] for one in uses)
    return [
        (last if short[last] == 1 else one.name, one)
        for one in uses
        for last in [one.name.split(", ")[-1]]
    ]


def use_chart(report: Report) -> SafeString:
    """People and rooms, and what missed visits cost them."""
    bars = [
        Bar(name=name, used=one.share, lost=one.lost_share)
        for name, one in named_uses(report)
    ]
    return use_bars(bars, caption=_("Percent of open or working hours in use"))


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmLine:
    """One kind of adverse event in the table."""

    name: str
    events: int
    per_hundred: Decimal
    days: Decimal | None
    of: str


def harm_lines(report: Report, book: RuleBook) -> tuple[HarmLine, ...]:
    """Every kind of event with its rate; however few, they are shown."""
    return tuple(
        HarmLine(
            name=event_name(book, one.kind),
            events=one.events,
            per_hundred=Decimal(100 * one.events) / report.harm.sessions,
            days=one.median_days,
            of=f"event:{one.kind}",
        )
        for one in report.harm_kinds
    )


def event_name(book: RuleBook, kind: str) -> str:
    """A kind of event in words; its key when the book no longer has it."""
    known = book.events.get(kind)
    return known.name if known else kind
