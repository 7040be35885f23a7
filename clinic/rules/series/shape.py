"""What goes into the search for a series of visits, and what comes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from clinic.rules.intervals import Interval
from clinic.rules.series.reasons import Reason
from clinic.rules.waiting import Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A practitioner, room or device that may be used, with the name for reasons."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOfDay:
    """A part of the day, as the minutes at which a visit may start in it."""

    name: str
    first_minute: int
    end_minute: int


PARTS_OF_DAY: Mapping[str, PartOfDay] = MappingProxyType(
    {
        part.name: part
        for part in (
            PartOfDay(name="morning", first_minute=0, end_minute=12 * 60),
            PartOfDay(name="midday", first_minute=11 * 60 + 30, end_minute=14 * 60),
            PartOfDay(name="late", first_minute=16 * 60, end_minute=24 * 60),
        )
    }
)
"""Shipped policy (status P); a clinic passes its own where it differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """The interval rule as values: what it refuses and what it warns of, in days.

    A gap below `block_below_days` is refused; one below `warn_below_days` or
    above `warn_above_days` is warned of.
    """

    block_below_days: int = 1
    warn_below_days: int = 0
    warn_above_days: int | None = None

    @classmethod
    def of(cls, intervals: Iterable[Interval]) -> "Spacing":
        """The strictest of the rows that count for the zones of a plan."""
        rows = tuple(intervals)
        longest = [r.warn_above_days for r in rows if r.warn_above_days is not None]
        return cls(
            block_below_days=max((r.block_below_days for r in rows), default=1),
            warn_below_days=max((r.warn_below_days for r in rows), default=0),
            warn_above_days=min(longest, default=None),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A time when the patient is away, both days included."""

    first_day: date
    last_day: date
    label: str = "time away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """Days too near to a session that is none of the series, both included.

    `number` is the session of the series that may not lie there. One that is
    refused there never does; where it would only need a confirmation, it is
    proposed elsewhere but may be put there by hand.
    """

    number: int
    first_day: date
    last_day: date
    other_on: date
    refuses: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What the course shall be ready before: every session lies before its day."""

    day: date
    label: str = "the event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How the search weighs (status P).

    Within `start_window_days` of the start the wished weekday and part of day
    are waited for. Another practitioner than last time is worth a shift of so
    many days.
    """

    start_window_days: int = 28
    practitioner_worth_days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is asked for. Weekdays count from Monday 0; none means any day.

    `previous_on` is the last session before these, on the same skin. Nothing
    is proposed before `start_on` (consider the date that screening gives).
    `practitioners`, `rooms` and `devices` are allowed ones, preferred first; no
    device means none is needed. Wedding and trips: `ready_before`,
    `ready_margin_days`, `away`; skin heals for `healing_days` after a session.
    Raises ValueError for no session, a weekday that does not exist, and gaps
    that do not ascend from 1 day.
    """

    sessions: int
    minutes: int
    gap: Gap
    start_on: date
    practitioners: tuple[Named, ...]
    rooms: tuple[Named, ...]
    devices: tuple[Named, ...] = ()
    weekdays: frozenset[int] = frozenset()
    part_of_day: PartOfDay | None = None
    every_minutes: int = 5
    previous_on: date | None = None
    ready_before: Event | None = None
    ready_margin_days: int = 0
    away: tuple[Away, ...] = ()
    healing_days: int = 0
    spacing: Spacing = Spacing()
    shut: tuple[Shut, ...] = ()
    policy: Policy = Policy()

    def __post_init__(self) -> None:
        if self.sessions < 1:
            raise ValueError("A series has at least one session.")
        gap = self.gap
        if not 1 <= gap.smallest_days <= gap.preferred_days <= gap.greatest_days:
            raise ValueError("The gaps must ascend: smallest, preferred, greatest.")
        if not self.weekdays <= set(range(7)):
            raise ValueError("Weekdays run from 0, Monday, to 6, Sunday.")

    @property
    def smallest_days(self) -> int:
        """The smallest gap that both the protocol and the interval rule allow."""
        return max(self.gap.smallest_days, self.spacing.block_below_days)

    def shut_by(self, number: int, day: date, *, by_hand: bool = False) -> Shut | None:
        """What keeps a session off a day; by hand only what refuses it."""
        for one in self.shut:
            here = one.number == number and one.first_day <= day <= one.last_day
            if here and (one.refuses or not by_hand):
                return one
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A visit as proposed: when, with whom, where, why, and what to mind.

    `gap_days` counts from the session before, None where there is none.
    """

    number: int
    day: date
    minute: int
    practitioner: int
    room: int
    device: int | None = None
    gap_days: int | None = None
    why: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A line under the proposal: something that holds, or a warning."""

    holds: bool
    reason: Reason
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """All slots, or those that fit and what would let the others fit.

    Every concession in `relax` was tried: with it alone, all sessions fit and
    end in time. Fewer sessions, and a longer open calendar, stand last.
    """

    slots: tuple[Slot, ...]
    wanted: int
    checks: tuple[Check, ...] = ()
    relax: tuple[Reason, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether every session found its slot: book all, or none."""
        return len(self.slots) == self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One visit in the preview of a move; `new` is None where nothing fits."""

    number: int
    old: Slot
    new: Slot | None
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePreview:
    """Every visit of the series before and after a move.

    `refused` says why it cannot be done at all; then nothing may be written.
    """

    moves: tuple[Move, ...]
    refused: tuple[Reason, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the move can be written as it stands."""
        return not self.refused

    @property
    def changed(self) -> tuple[Move, ...]:
        """The visits that get another time, person or place."""
        return tuple(move for move in self.moves if move.changed)
