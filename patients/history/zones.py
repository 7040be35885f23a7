"""Zones of the chart in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from clinic.rules.book import RuleBook


def zone_names(book: RuleBook, codes: Iterable[str]) -> str:
    """Zones in words, pairs in one: "both medial cheeks, chin"."""
    chosen, words = set(codes), []
    for area in book.areas.values():
        if area.key not in chosen:
            continue
        twins = {other.key for other in book.areas.values() if other.code == area.code}
        if len(twins) == 2 and twins <= chosen:
            chosen -= twins
            name = area.name.partition(" ")[2]
            words.append(_("%(zone)s, both sides") % {"zone": name})
        else:
            words.append(area.name)
    joined = (
        "; ".join(words) if any("," in word for word in words) else ", ".join(words)
    )
    return joined[:1].upper() + joined[1:]
