"""Moving one visit of a series, alone or with all that follow, as a preview."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from clinic.rules.freetime import DayResources
from clinic.rules.series import why
from clinic.rules.series.planning import asked, first_day, slot_of
from clinic.rules.series.reasons import Code, Reason, reason
from clinic.rules.series.search import Ask, Finder
from clinic.rules.series.shape import Move, MovePreview, Slot, Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class To:
    """Where a visit goes: not before a day, or to an exact minute of that day."""

    day: date
    minute: int | None = None


def move(
    *,
    slots: Sequence[Slot],
    number: int,
    to: To,
    wishes: Wishes,
    days: Iterable[DayResources],
    along: bool = True,
) -> MovePreview:
    """Every visit of a series before and after moving one of them.

    `slots` are the visits still to come, in order; the last one that was done
    is `wishes.previous_on`. `days` must not count the visits that move as busy.
    `along`: the later visits keep their gaps and move too; otherwise they stay
    and both gaps beside the moved visit are judged. Raises ValueError for a
    number that is not among the slots.
    """
    ordered = sorted(slots, key=lambda slot: slot.number)
    index = next((i for i, s in enumerate(ordered) if s.number == number), None)
    if index is None:
        raise ValueError(f"There is no visit {number} to move.")
    finder = Finder(wishes, days)
    before = ordered[index - 1] if index else None
    following = ordered[index + 1 :]
    limit = following[0] if following and not along else None
    placed = _moved(finder, ordered[index], before=before, limit=limit, to=to)
    if isinstance(placed, Reason):
        stay: list[Slot | None] = [None] * len(following) if along else [*following]
        new = [*ordered[:index], None, *stay]
        return _preview(finder, ordered, new, refused=(placed,))
    rest, missing = _along(finder, placed, following) if along else ([], ())
    if not along:
        rest = _staying(placed, following)
    kept = [*ordered[:index], placed, *rest]
    new = [*kept, *[None] * (len(ordered) - len(kept))]
    refused = missing + _refused_gaps(wishes, kept, index)
    return _preview(finder, ordered, new, refused=refused)


def _moved(
    finder: Finder, old: Slot, *, before: Slot | None, limit: Slot | None, to: To
) -> Slot | Reason:
    """The moved visit at its new place, or why there is none."""
    if to.minute is not None:
        return _placed_by_hand(finder, old, before=before, to=to, minute=to.minute)
    wishes, day = finder.wishes, to.day
    latest = finder.last_day
    if wishes.ready_before:
        latest = min(latest, wishes.ready_before.day - timedelta(days=1))
    if limit:
        latest = min(latest, limit.day - timedelta(days=wishes.smallest_days))
    after = before.day if before else wishes.previous_on
    earliest = max(day, first_day(wishes))
    if before:
        earliest = max(day, before.day + timedelta(days=wishes.smallest_days))
    ask = Ask(
        number=old.number, earliest=earliest, latest=latest, after=after, like=old
    )
    found = finder.find(ask)
    if found is not None:
        return slot_of(finder, ask, found)
    if limit and earliest > latest:
        return reason(Code.NEXT_TOO_SOON, number=limit.number, day=limit.day)
    return reason(Code.NOTHING_FREE, number=old.number, day=earliest)


def _placed_by_hand(
    finder: Finder, old: Slot, *, before: Slot | None, to: To, minute: int
) -> Slot | Reason:
    place = finder.at(to.day, minute, old)
    if place is None:
        return reason(Code.NOT_FREE, day=to.day)
    after = before.day if before else finder.wishes.previous_on
    gap = None if after is None else (to.day - after).days
    return Slot(
        number=old.number,
        day=place.day,
        minute=place.minute,
        practitioner=place.practitioner,
        room=place.room,
        device=place.device,
        gap_days=gap,
        why=(reason(Code.CHOSEN),),
        warnings=why.warnings(finder.wishes, to.day, gap),
    )


def _along(
    finder: Finder, moved: Slot, following: Sequence[Slot]
) -> tuple[list[Slot], tuple[Reason, ...]]:
    """The later visits, each keeping its gap as nearly as free time allows."""
    gap, placed = finder.wishes.gap, [moved]
    for old in following:
        kept = old.gap_days or gap.preferred_days
        kept = max(min(kept, gap.greatest_days), finder.wishes.smallest_days)
        ask = asked(finder, number=old.number, before=placed[-1], gap_days=kept)
        ask = replace(ask, like=old)
        found = finder.find(ask)
        if found is None:
            none = reason(Code.NOTHING_FREE, number=old.number, day=ask.earliest)
            return placed[1:], (none,)
        placed.append(slot_of(finder, ask, found))
    return placed[1:], ()


def _staying(moved: Slot, following: Sequence[Slot]) -> list[Slot]:
    """The later visits as they are; only the first has another gap now."""
    if not following:
        return []
    first, *others = following
    return [replace(first, gap_days=(first.day - moved.day).days), *others]


def _refused_gaps(
    wishes: Wishes, slots: Sequence[Slot], index: int
) -> tuple[Reason, ...]:
    """Gaps beside the moved visit that the interval rule refuses."""
    limit = wishes.spacing.block_below_days
    return tuple(
        reason(Code.GAP_REFUSED, days=slot.gap_days, limit=limit)
        for slot in slots[index : index + 2]
        if slot.gap_days is not None and slot.gap_days < limit
    )


def _preview(
    finder: Finder,
    old: Sequence[Slot],
    new: Sequence[Slot | None],
    *,
    refused: tuple[Reason, ...],
) -> MovePreview:
    wishes, moves = finder.wishes, []
    for before, placed in zip(old, new, strict=True):
        after, changed = placed, True
        if after is not None:
            changed = _time_and_place(after) != _time_and_place(before)
            after = replace(
                after,
                why=after.why if changed else (reason(Code.KEPT),),
                warnings=why.warnings(wishes, after.day, after.gap_days),
            )
        moves.append(Move(number=before.number, old=before, new=after, changed=changed))
    settled = tuple(move.new for move in moves if move.new is not None)
    lines = why.checks(wishes, settled) if len(settled) == len(moves) else ()
    return MovePreview(moves=tuple(moves), refused=refused, checks=lines)


def _time_and_place(slot: Slot) -> tuple[object, ...]:
    return (slot.day, slot.minute, slot.practitioner, slot.room, slot.device)
