"""Zones, steps and reasons in words."""

import re
from collections.abc import Iterable
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.book import RuleBook
from sessions.charting.models import ENDPOINTS, REACTIONS, TOPICAL_KINDS

__all__ = [
    "DEEPER_REASONS",
    "ENDPOINTS",
    "REACTIONS",
    "TOLERANCE_CHIPS",
    "TOLERANCE_WORDS",
    "TOPICAL_KINDS",
    "pair_name",
    "product_words",
    "signed_mm",
    "zone_names",
]
DEEPER_REASONS = (
    gettext_lazy("Scar needs it, endpoint not reached"),
    gettext_lazy("Thick skin in this zone"),
    gettext_lazy("Tolerated well at the depth before"),
)
TOLERANCE_CHIPS = (
    ("well", gettext_lazy("Tolerated well")),
    ("numbing_weak", gettext_lazy("Numbing weak")),
    ("sensitive", gettext_lazy("Sensitive today")),
    ("break", gettext_lazy("Needed a break")),
)
TOLERANCE_WORDS = dict(TOLERANCE_CHIPS)


def zone_names(book: RuleBook, codes: Iterable[str]) -> str:
    """Zones in words, pairs in one: "Forehead, medial cheek, chin (both sides)"."""
    chosen = set(codes)
    whole, sided = [], []
    pairs = 0
    for area in book.areas.values():
        if area.key not in chosen:
            continue
        twins = {a.key for a in book.areas_of(area.code)} if area.side else set()
        if len(twins) == 2 and twins <= chosen:
            chosen -= twins
            pairs += 1
            whole.append(pair_name(area.name))
        elif area.side:
            sided.append(area.name)
        else:
            whole.append(area.name)
    words = listed([*whole, *([] if pairs else sided)])
    if not pairs:
        return words
    both = _("%(zones)s (both sides)") % {"zones": words}
    return f"{both}; {listed(sided)}" if sided else both


def listed(names: list[str]) -> str:
    """Names in one line; only the first begins with a capital."""
    return ", ".join(n if not p else n[:1].lower() + n[1:] for p, n in enumerate(names))


def signed_mm(difference: Decimal | None) -> str:
    """ "+0.25" or "-0.25"; nothing for no difference."""
    if not difference:
        return ""
    return f"{'+' if difference > 0 else chr(0x2212)}{abs(difference):.2f}"


def pair_name(name: str) -> str:
    """ "Medial cheek" for "Right medial cheek"."""
    bare = name.partition(" ")[2]
    return bare[:1].upper() + bare[1:]


def product_words(product: str, *, percent: Decimal | None) -> str:
    """A product with its strength, once: many a label has it in its name."""
    if percent is None:
        return product
    strength = number_format(Decimal(f"{percent.normalize():f}"))
    said = re.findall(r"(\d+(?:[.,]\d+)?)\s*%", product)
    if percent in {Decimal(one.replace(",", ".")) for one in said}:
        return product
    return f"{product} {strength} %"
