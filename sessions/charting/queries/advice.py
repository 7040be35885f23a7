"""What is to be left alone after a session, with its dates."""

from collections.abc import Sequence
from datetime import datetime

from clinic.rules import aftercare
from clinic.rules.aftercare import Window
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
