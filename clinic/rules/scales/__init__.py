"""Named scales: what is entered, what comes out, and what a change means.

`get("gbq").score({...})` gives a reading or raises InvalidScore. The scales are
those of the shipped book; pass `book` for another revision.
"""

from typing import TYPE_CHECKING

from clinic.rules.scales.loading import load
from clinic.rules.scales.shape import (
    Direction,
    InvalidScore,
    Item,
    Part,
    Percent,
    Reading,
    Scale,
)

if TYPE_CHECKING:
    from clinic.rules.book import RuleBook

__all__ = [
    "Direction",
    "InvalidScore",
    "Item",
    "Part",
    "Percent",
    "Reading",
    "Scale",
    "all_scales",
    "for_condition",
    "get",
    "load",
    "same_axis",
]


def all_scales(*, book: "RuleBook | None" = None) -> tuple[Scale, ...]:
    """Every scale, in the order in which they are offered."""
    return _book(book).scales


def get(key: str, *, book: "RuleBook | None" = None) -> Scale:
    """The scale of a key. Raises KeyError for one that the book does not have."""
    for scale in all_scales(book=book):
        if scale.key == key:
            return scale
    raise KeyError(f"The book has no scale {key!r}.")


def for_condition(
    condition_key: str, *, book: "RuleBook | None" = None
) -> tuple[Scale, ...]:
    """The scales offered for a condition, the most telling first.

    Raises KeyError for a condition that the book does not have.
    """
    book = _book(book)
    instruments = book.conditions[condition_key].instruments
    return tuple(
        scale
        for scale in book.scales
        if scale.offered and (scale.everywhere or scale.instrument in instruments)
    )


def _book(book: "RuleBook | None") -> "RuleBook":
    from clinic.rules.book import load_book

    return book or load_book()


def same_axis(one: Scale, other: Scale) -> bool:
    """Whether readings of both may stand on one axis: same variant only."""
    return (one.instrument, one.variant) == (other.instrument, other.variant)
