"""The day on one line: hours, each person's visits, where the clock stands now."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clinic.web.drawing.svg import element, group, line, text
from sessions.booking.today import Row

WIDTH, LEFT, RIGHT = 1080, 6, 1074
HEAD, LANE, BAR = 24, 30, 22
FIRST_HOUR, LAST_HOUR = 9, 17
LETTER_PX = 6.4
HOUR_PX, CLOCK_PX = 16, 40
X = Callable[[float], float]


def day_strip(
    rows: Sequence[Row], *, now: datetime | None, zone: ZoneInfo
) -> SafeString:
    """The drawing; `now` is None on another day. The list below says the same."""
    first, last = _hours(rows, zone)
    lanes = list(dict.fromkeys(row.visit.practitioner_id for row in rows))
    height = HEAD + LANE * max(len(lanes), 1)

    def x(minute: float) -> float:
        part = (minute - first * 60) / ((last - first) * 60)
        return LEFT + part * (RIGHT - LEFT)

    parts = [
        *_grid(first, last, height, x, now.astimezone(zone) if now else None),
        *(
            _bar(row, zone, x, HEAD + LANE * lanes.index(row.visit.practitioner_id))
            for row in rows
        ),
    ]
    if now is not None:
        parts += _now(now.astimezone(zone), first, last, height, x)
    return element(
        "svg",
        *parts,
        css="day-strip",
        view_box=f"0 0 {WIDTH} {height}",
        role="img",
        aria_label=_("The day from %(first)d to %(last)d o'clock, %(count)d visits")
        % {"first": first, "last": last, "count": len(rows)},
    )


def _hours(rows: Iterable[Row], zone: ZoneInfo) -> tuple[int, int]:
    first, last = FIRST_HOUR, LAST_HOUR
    for row in rows:
        starts, ends = _minutes(row, zone)
        first, last = min(first, starts // 60), max(last, -(-ends // 60))
    return first, min(last, 24)


def _minutes(row: Row, zone: ZoneInfo) -> tuple[int, int]:
    starts = row.visit.starts_at.astimezone(zone)
    minute = starts.hour * 60 + starts.minute
    return minute, minute + row.minutes


def _grid(
    first: int, last: int, height: float, x: X, now: datetime | None
) -> list[SafeString]:
    """The hours; one gives way to the clock where both would stand."""
    parts = []
    clock = x(now.hour * 60 + now.minute) if now else None
    for hour in range(first, last):
        here = x(hour * 60)
        if hour > first:
            parts.append(line((here, 0), (here, height), css="grid"))
        if clock is None or not clock - HOUR_PX < here + 6 < clock + CLOCK_PX:
            parts.append(text(f"{hour:02d}", here + 6, 15, css="hour"))
    return parts


def _bar(row: Row, zone: ZoneInfo, x: X, top: float) -> SafeString:
    starts, ends = _minutes(row, zone)
    left, width = x(starts), x(ends) - x(starts) - 2
    patient = row.visit.patient
    name = patient.family_name or patient.given_name
    most = max(int((width - 12) / LETTER_PX), 0)
    shown = (
        name
        if len(name) <= most
        else f"{name[: max(most - 1, 0)]}\N{HORIZONTAL ELLIPSIS}"
    )
    return group(
        [
            element("rect", x=left, y=top, width=max(width, 3), height=BAR, rx=5),
            text(shown if most > 1 else "", left + 8, top + 15),
        ],
        css=f"bar bar-{row.visit.status}",
    )


def _now(at: datetime, first: int, last: int, height: float, x: X) -> list[SafeString]:
    minute = at.hour * 60 + at.minute
    if not first * 60 <= minute <= last * 60:
        return []
    here = x(minute)
    return [
        line((here, 0), (here, height), css="now-line"),
        text(f"{at:%H:%M}", min(here + 4, RIGHT - 34), 13, css="now-text"),
    ]
