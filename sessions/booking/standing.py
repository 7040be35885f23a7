"""Why a visit that was missed or cancelled stays so, and any visit of the dead ends."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from sessions.booking import going_on, taking, words
from sessions.booking.models import Visit
from sessions.booking.statuses import FREE, Status


def why_closed(visits: Sequence[Visit]) -> dict[int, str]:
    """By key of the visit why it can only end; one query at most.

    The visits come with patient, plan and planned session. That the time
    is taken or a rule stands against the day is asked when the step is taken.
    """
    dead = [visit.pk for visit in visits if visit.patient.is_deceased]
    freed = [visit for visit in visits if Status(visit.status) in FREE]
    booked = taking.booked_sessions(visit.planned_session_id for visit in freed)
    closed = {
        visit.pk: going_on.why_not(visit.planned_session, visit.plan) for visit in freed
    }
    for visit in freed:
        again = booked.get(visit.planned_session_id or 0)
        if again is not None:
            closed[visit.pk] = words.booked_words(again)
    closed |= dict.fromkeys(dead, _("This patient has died."))
    return {key: sentence for key, sentence in closed.items() if sentence}
