"""Topical anaesthetic: milligrams, time on the skin, occlusion (CLINICAL 5.1).

The book holds no maximum dose: it comes from the product's own label.
"""

from decimal import Decimal

from clinic.rules.book import RuleBook
from clinic.rules.findings import Finding, Scope, Verdict
from clinic.rules.session_rows import Anaesthetic

MG_PER_GRAM_AND_PERCENT = 10


def dose_mg(*, grams: Decimal, percent: Decimal) -> Decimal:
    """Milligrams of drug in so many grams: 10 g of 4 % hold 400 mg.

    Raises ValueError for a negative amount or a percentage outside 0 to 100.
    """
    if grams < 0:
        raise ValueError("Grams cannot be negative.")
    if not 0 <= percent <= 100:
        raise ValueError("A strength lies between 0 and 100 percent.")
    return grams * percent * MG_PER_GRAM_AND_PERCENT


def check(
    book: RuleBook, *, product: str, minutes: int | None, occluded: bool
) -> tuple[Finding, ...]:
    """Warnings for a time longer than labelled, or a cover the label does not ask for.

    Raises KeyError for a product the book does not know.
    """
    row = book.anaesthetics[product]
    findings = []
    if minutes is not None and minutes > row.wait.high:
        findings.append(
            _warning(
                row,
                code="anaesthetic-long",
                title="On the skin longer than labelled",
                sentence=f"{minutes} minutes; {row.name} is meant for "
                f"{row.wait.high} minutes.",
            )
        )
    if occluded and not row.occlusion:
        findings.append(
            _warning(
                row,
                code="anaesthetic-occluded",
                title="Covered",
                sentence="A cover and a larger area raise the level in the blood.",
            )
        )
    return tuple(findings)


def _warning(row: Anaesthetic, *, code: str, title: str, sentence: str) -> Finding:
    return Finding(
        code=code,
        verdict=Verdict.WARN,
        title=title,
        sentence=sentence,
        sources=row.wait.sources,
        status=row.wait.status,
        scope=Scope.ANAESTHETIC,
    )
