"""When the next session may be: earliest, without a warning, latest (CLINICAL 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clinic.rules import dates, intervals
from clinic.rules.book import RuleBook
from clinic.rules.devices import Kind
from clinic.rules.intervals import Interval
from clinic.rules.zones import Group

HAIR_THINNING = "AGA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One zone or area of the session asked about; unknown is None."""

    zone: str
    mm: Decimal | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """One zone or area of another session, done or booked, and its day."""

    zone: str
    on: date
    mm: Decimal | None = None
    kind: Kind | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When the next session may be: all days inclusive.

    Before `earliest` is refused; between `earliest_ok` and `latest_ok` nothing
    is said. Without `latest_ok` no longest gap was studied; where zones differ
    so much that it lies before `earliest_ok`, every day has a warning.
    `preferred` is the plan's own day, kept within the window.
    """

    earliest: date
    earliest_ok: date
    latest_ok: date | None
    preferred: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """How near a session may come to another one of the same skin, in days.

    Fewer than `block_before` days ahead of it, or `block_after` days behind it,
    are refused; fewer than the `warn` days need a confirmation.
    """

    on: date
    block_before: int
    warn_before: int
    block_after: int
    warn_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A protocol's own gap in days."""

    smallest_days: int
    preferred_days: int
    greatest_days: int


def same_zone(book: RuleBook, code: str, other: str) -> bool:
    """Whether two codes share an area: a cheek and its right side do."""
    areas = book.areas_of(code)
    if code == other:
        return True
    return any(area is shared for area in book.areas_of(other) for shared in areas)


def by_zone(sessions: Iterable[Treated]) -> dict[str, list[Treated]]:
    """Sessions by the code they name."""
    zones: dict[str, list[Treated]] = {}
    for treated in sessions:
        zones.setdefault(treated.zone, []).append(treated)
    return zones


def in_zone(
    book: RuleBook, *, zone: str, zones: dict[str, list[Treated]]
) -> list[Treated]:
    """The sessions that share an area with a zone."""
    return [
        treated
        for other, sessions in zones.items()
        if same_zone(book, zone, other)
        for treated in sessions
    ]


def row_for(
    book: RuleBook, *, zone: str, mm: Decimal | None, condition: str | None
) -> Interval:
    """The row of a zone, and of the earlier session's depth in mm and condition."""
    scalp = book.zone(zone).group is Group.SCALP or condition == HAIR_THINNING
    return intervals.chosen(book.intervals, scalp=scalp, depth_mm=mm)


def near(
    book: RuleBook, *, others: Iterable[Treated], planned: Iterable[Planned]
) -> tuple[Near, ...]:
    """What each other session keeps free around itself, in order of time.

    The same as `interval.check` would say of every single day: ahead of another
    session the depth planned here counts, behind it the depth of the other.
    """
    found: dict[date, Near] = {}
    zones = by_zone(others)
    for zone in planned:
        own = row_for(book, zone=zone.zone, mm=zone.mm, condition=zone.condition)
        for treated in in_zone(book, zone=zone.zone, zones=zones):
            after = row_for(
                book, zone=zone.zone, mm=treated.mm, condition=treated.condition
            )
            known = found.get(treated.on) or Near(
                on=treated.on,
                block_before=0,
                warn_before=0,
                block_after=0,
                warn_after=0,
            )
            found[treated.on] = Near(
                on=treated.on,
                block_before=max(known.block_before, own.block_below_days),
                warn_before=max(known.warn_before, own.warn_below_days),
                block_after=max(known.block_after, after.block_below_days),
                warn_after=max(known.warn_after, after.warn_below_days),
            )
    return tuple(found[day] for day in sorted(found))


def window(
    book: RuleBook,
    *,
    previous: Iterable[Treated],
    planned: Iterable[Planned],
    gap: Gap | None = None,
) -> Window | None:
    """When the next session of these zones may be; None when none came before.

    All sessions in `previous` count as before it. A protocol's own gap narrows
    the days that need no confirmation, it never widens them.
    """
    zones = by_zone(previous)
    windows = [
        _zone_window(book, zone=zone, treated=same, gap=gap)
        for zone in planned
        if (same := in_zone(book, zone=zone.zone, zones=zones))
    ]
    return _narrowest(windows) if windows else None


def _zone_window(
    book: RuleBook, *, zone: Planned, treated: list[Treated], gap: Gap | None
) -> Window:
    latest = max(t.on for t in treated)
    windows = [
        _after(
            t.on,
            interval=row_for(book, zone=zone.zone, mm=t.mm, condition=t.condition),
            is_latest=t.on == latest,
        )
        for t in treated
    ]
    if gap:
        windows.append(_after_gap(latest, gap))
    return _narrowest(windows)


def _after(on: date, *, interval: Interval, is_latest: bool) -> Window:
    longest = interval.warn_above_days if is_latest else None
    return Window(
        earliest=dates.add_days(on, interval.block_below_days),
        earliest_ok=dates.add_days(on, interval.warn_below_days),
        latest_ok=None if longest is None else dates.add_days(on, longest),
    )


def _after_gap(on: date, gap: Gap) -> Window:
    return Window(
        earliest=on,
        earliest_ok=dates.add_days(on, gap.smallest_days),
        latest_ok=dates.add_days(on, gap.greatest_days),
        preferred=dates.add_days(on, gap.preferred_days),
    )


def _narrowest(windows: list[Window]) -> Window:
    """What all windows allow; the preferred day is kept within it."""
    earliest_ok = max(w.earliest_ok for w in windows)
    latest_ok = min((w.latest_ok for w in windows if w.latest_ok), default=None)
    preferred = dates.latest(w.preferred for w in windows if w.preferred)
    if preferred and latest_ok:
        preferred = min(preferred, latest_ok)
    return Window(
        earliest=max(w.earliest for w in windows),
        earliest_ok=earliest_ok,
        latest_ok=latest_ok,
        preferred=max(preferred, earliest_ok) if preferred else None,
    )
