"""Why a visit that was missed or cancelled cannot be taken up again."""

from collections.abc import Sequence

from sessions.booking import taking, words
from sessions.booking.models import Visit
from sessions.booking.statuses import FREE, Status


def why_closed(visits: Sequence[Visit]) -> dict[int, str]:
    """By key of the visit why it stays missed or cancelled; one query at most.

    The time itself may be taken as well: that is asked when the step is taken.
    """
    freed = [visit for visit in visits if Status(visit.status) in FREE]
    booked = taking.booked_sessions(visit.planned_session_id for visit in freed)
    return {
        visit.pk: words.booked_words(booked[visit.planned_session_id])
        for visit in freed
        if visit.planned_session_id in booked
    }
