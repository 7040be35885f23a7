"""What is to be left alone after a session and how the skin heals, with dates."""

from collections.abc import Sequence
from datetime import date, datetime

from clinic.rules import aftercare
from clinic.rules.aftercare import Phase, Window
from clinic.rules.book import RuleBook
from sessions.charting.models import TreatmentSession


def windows_of(
    session: TreatmentSession, keys: Sequence[str], *, book: RuleBook, now: datetime
) -> tuple[Window, ...]:
    """The windows after this session; `keys` are the products of the book.

    They run from the signature; until then from `now`.
    """
    ended = session.signed_at or now
    return aftercare.windows(
        book,
        on=ended.astimezone(session.site.zone),
        phototype=session.patient.phototype,
        topicals=[key for key in keys if key],
    )


def healing_of(
    session: TreatmentSession, *, book: RuleBook, today: date
) -> tuple[Phase, ...]:
    """The phases of healing after this session; those that run today say so."""
    return aftercare.healing(book, on=session.performed_on, today=today)
