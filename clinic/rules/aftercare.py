"""After a session: what is allowed when, and how far healing is (CLINICAL 5.2, 5.4)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from clinic.rules import dates
from clinic.rules.aftercare_rows import Healing, HealingKind, Instruction
from clinic.rules.book import RuleBook
from clinic.rules.sourced import Measure
from clinic.rules.typical import counts_as_dark


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One instruction with its dates.

    `until` is the first day on which it no longer holds the whole day;
    `until_at` the moment, where the session's time is known and hours count.
    """

    key: str
    name: str
    sentence: str
    after: str
    until: date
    until_at: datetime | None
    sources: tuple[str, ...]
    status: str

    def holds_on(self, today: date) -> bool:
        """Whether it holds at some time of the day."""
        return today < self.until or (today == self.until and self.until_at is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase of healing with its days, both inclusive; a photo day has no end."""

    key: str
    name: str
    kind: HealingKind
    sentence: str
    starts_on: date
    ends_on: date | None
    is_current: bool
    sources: tuple[str, ...]
    status: str


def windows(
    book: RuleBook,
    *,
    on: date | datetime,
    phototype: int | None,
    topicals: Collection[str] = (),
) -> tuple[Window, ...]:
    """All instructions after a session, the first to end first.

    `on` is the day or the site-local end of the session. An unknown phototype
    gets the longer window. `topicals` are keys of the book.
    """
    found = (
        _window(instruction, on=on, phototype=phototype)
        for instruction in book.aftercare
        if not instruction.only_with or instruction.only_with in topicals
    )
    return tuple(sorted(found, key=lambda window: window.until))


def _window(
    instruction: Instruction, *, on: date | datetime, phototype: int | None
) -> Window:
    lasts = duration(instruction, phototype=phototype)
    timed = isinstance(on, datetime) and lasts.unit in dates.HOURS_PER_UNIT
    return Window(
        key=instruction.key,
        name=instruction.name,
        sentence=instruction.until,
        after=instruction.after,
        until=dates.day_after(on, value=lasts.value, unit=lasts.unit),
        until_at=dates.moment_after(on, value=lasts.value, unit=lasts.unit)
        if timed and isinstance(on, datetime)
        else None,
        sources=lasts.sources,
        status=lasts.status,
    )


def duration(instruction: Instruction, *, phototype: int | None) -> Measure:
    """How long an instruction holds; the longer one for an unknown phototype."""
    if counts_as_dark(phototype) and instruction.lasts_dark:
        return instruction.lasts_dark
    return instruction.lasts


def healing(book: RuleBook, *, on: date, today: date) -> tuple[Phase, ...]:
    """The phases after a session on a day, and the first fair photo.

    Phases may overlap, and between two of them none may be current.
    """
    return tuple(
        _phase(row, starts=row.starts, on=on, today=today)
        for row in book.healing
        if row.starts
    )


def _phase(row: Healing, *, starts: Measure, on: date, today: date) -> Phase:
    starts_on = dates.day_after(on, value=starts.value, unit=starts.unit)
    ends_on = (
        dates.day_after(on, value=row.ends.value, unit=row.ends.unit)
        if row.ends
        else None
    )
    return Phase(
        key=row.key,
        name=row.name,
        kind=row.kind,
        sentence=row.sentence,
        starts_on=starts_on,
        ends_on=ends_on,
        is_current=starts_on <= today and (ends_on is None or today <= ends_on),
        sources=starts.sources,
        status=starts.status,
    )
