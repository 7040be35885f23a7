"""What a scale is: items that are asked, a range, and a reading that comes out.

CLINICAL 7. A scale is data (`knowledge/scales.toml`); its `rule` is one of the
four small functions of `clinic.rules.scales.arithmetic`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from clinic.rules.sourced import Measure, Provenance, Span

KEPT_DECIMALS = 2


class InvalidScore(ValueError):  # noqa: N818 (the name people use)
    """An entry that cannot be: `item` names it, `sentence` says what may be."""

    def __init__(self, *, item: str, sentence: str) -> None:
        super().__init__(sentence)
        self.item = item
        self.sentence = sentence


class Direction(StrEnum):
    """Which way is better."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


class Percent(StrEnum):
    """What a percentage of this scale is taken of (CLINICAL 7.1, last lines).

    `PLAIN` is the reading at the start, `POSSIBLE` the way from there to the best
    end. An upward rating of 2 that becomes 4 has come a quarter of its way to 10;
    "100 % better" of its start would be read as cured.
    """

    PLAIN = "plain"
    POSSIBLE = "possible"
    NONE = "none"


class ResponderBy(StrEnum):
    """Whether somebody responds by the change since baseline or by the reading."""

    CHANGE = "change"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Values up to a limit (`below`: the limit itself not included) and a meaning.

    Neither limit: everything beyond the bands before it.
    """

    up_to: Decimal | None = None
    below: Decimal | None = None
    points: int = 0
    words: str = ""

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, Decimal | int):
            return False
        if self.below is not None:
            return value < self.below
        return self.up_to is None or value <= self.up_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Provenance):
    """One thing to enter. Its weight is in points, or in tenths for a site.

    `levels` are words for the whole numbers from the minimum on. `aside` items
    are kept with the reading and do not count.
    """

    key: str
    label: str
    minimum: Decimal
    maximum: Decimal
    decimals: int = 0
    above_minimum: bool = False
    optional: bool = False
    aside: bool = False
    weight: int = 1
    unit: str = ""
    site: str = ""
    code: str = ""
    levels: tuple[str, ...] = ()
    steps: tuple[Band, ...] = ()

    @property
    def allowed(self) -> str:
        """The allowed range in words, as an error says it."""
        kind = "a whole number" if not self.decimals else "a number"
        low = f"above {self.minimum} and" if self.above_minimum else "from"
        ends = f"up to {self.maximum}" if self.above_minimum else ""
        span = ends or f"{self.minimum} to {self.maximum}"
        return f"{kind} {low} {span}"

    def checked(self, value: object) -> Decimal:
        """The entry as Decimal. Raises InvalidScore, naming the allowed range."""
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise self._refused()
        number = Decimal(value)
        if not number.is_finite() or not self.minimum <= number <= self.maximum:
            raise self._refused()
        if self.above_minimum and number == self.minimum:
            raise self._refused()
        if number != round(number, self.decimals):
            places = "decimal" if self.decimals == 1 else "decimals"
            limit = f", with at most {self.decimals} {places}" if self.decimals else ""
            raise self._refused(limit)
        return number

    def missing(self) -> InvalidScore:
        """The refusal of an entry that was not made: not asked is not none."""
        sentence = f"{self.label} is missing: enter {self.allowed}."
        return InvalidScore(item=self.key, sentence=sentence)

    def points(self, value: Decimal) -> Decimal:
        """What an entry counts before its weight: itself, or its step."""
        if not self.steps:
            return value
        return Decimal(next(step.points for step in self.steps if value in step))

    def level(self, value: Decimal) -> str:
        """The words of a level, empty where the scale has none."""
        return self.levels[int(value - self.minimum)] if self.levels else ""

    def _refused(self, limit: str = "") -> InvalidScore:
        sentence = f"{self.label}: enter {self.allowed}{limit}."
        return InvalidScore(item=self.key, sentence=sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one item or site gave to a reading, with the words of its level."""

    key: str
    label: str
    points: Decimal
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A scored scale. `value` has at most two decimals; `shown` is for people."""

    value: Decimal
    shown: str
    parts: tuple[Part, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What a rule makes of checked entries, before rounding."""

    value: Decimal
    parts: tuple[Part, ...]
    note: str = ""


Rule = Callable[["Scale", Mapping[str, Decimal]], Scored]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale(Provenance):
    """A named scale in one variant; readings of two variants never mix.

    `noise` is the change not to be called real, `important` the smallest
    change that patients notice (a span where sources differ), on the mean of
    the items when `important_per_item`. A reading that `is_comparison` is itself
    a change since the start, as GAIS. A scale is
    offered for the conditions that name its instrument, or `everywhere`; one
    that is not `offered` only keeps readings taken elsewhere.
    """

    key: str
    instrument: str
    variant: str
    name: str
    short: str
    rule: Rule
    direction: Direction
    minimum: Decimal
    maximum: Decimal
    decimals: int
    percent: Percent
    items: tuple[Item, ...]
    bands: tuple[Band, ...] = ()
    is_comparison: bool = False
    noise: Measure | None = None
    noise_why: str = ""
    important: Span | None = None
    important_per_item: bool = False
    important_why: str = ""
    responder: Measure | None = None
    responder_by: ResponderBy | None = None
    licence: str = ""
    caution: str = ""
    everywhere: bool = False
    offered: bool = True

    @property
    def best(self) -> Decimal:
        """The end that is better; the lower one where neither is."""
        return self.maximum if self.direction is Direction.HIGHER else self.minimum

    def score(self, items: Mapping[str, Decimal | int]) -> Reading:
        """The reading of the entries, by item key.

        Raises InvalidScore for a missing, unknown or impossible entry.
        """
        entries = self._checked(items)
        scored = self.rule(self, entries)
        value = round_half_up(scored.value, KEPT_DECIMALS)
        return Reading(
            value=value,
            shown=self.show(value),
            parts=scored.parts,
            note=scored.note or self.words(value),
        )

    def show(self, value: Decimal) -> str:
        """A value as people read it, halves rounded up."""
        return str(round_half_up(value, self.decimals))

    def words(self, value: Decimal) -> str:
        """The band of a value, or the level of a scale with a single item."""
        for band in self.bands:
            if value in band:
                return band.words
        if len(self.items) == 1 and value == int(value):
            return self.items[0].level(value)
        return ""

    def counted(self) -> tuple[Item, ...]:
        """The items that count."""
        return tuple(item for item in self.items if not item.aside)

    def _checked(self, entries: Mapping[str, Decimal | int]) -> dict[str, Decimal]:
        known = {item.key for item in self.items}
        for key in entries:
            if key not in known:
                sentence = f"{self.short} has no item called {key}."
                raise InvalidScore(item=key, sentence=sentence)
        checked = {}
        for item in self.items:
            if item.key in entries:
                checked[item.key] = item.checked(entries[item.key])
            elif not item.optional:
                raise item.missing()
        return checked


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """Rounded to so many decimals, halves away from zero (CLINICAL 7.4)."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
