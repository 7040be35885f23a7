"""What may go on needled skin, in or right after a session (CLINICAL 5.3)."""

from collections.abc import Iterable

from clinic.rules.aftercare_rows import Topical
from clinic.rules.book import RuleBook
from clinic.rules.findings import Finding, Verdict, worst_first


def check(
    book: RuleBook, *, used: Iterable[str], zones: frozenset[str] = frozenset()
) -> tuple[Finding, ...]:
    """What the book says of each topical used, worst first.

    An allowed one that asks for a medical setting is said for information.
    Raises KeyError for a topical the book does not know.
    """
    topicals = [book.topicals[key] for key in dict.fromkeys(used)]
    return worst_first(
        _finding(topical, zones=zones)
        for topical in topicals
        if topical.stance is not Verdict.OK or topical.medical
    )


def _finding(topical: Topical, *, zones: frozenset[str]) -> Finding:
    return Finding(
        code=f"topical-{topical.key.lower().replace('_', '-')}",
        verdict=topical.stance,
        title=topical.name,
        sentence=topical.sentence,
        sources=topical.origin.sources,
        status=topical.origin.status,
        zones=zones,
        info=topical.stance is Verdict.OK,
    )
