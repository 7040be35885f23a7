"""The ruler of each visit of a day: the sessions of its plan, this one marked."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from clinic.web.drawing.needles import Needle, NeedleState
from sessions.booking import courses
from sessions.booking.models import Visit
from sessions.booking.statuses import Status
from sessions.plans.models import PlannedSession

Ruler = tuple[tuple[Needle, ...], str]  # the needles, and the session in words


class Planned(NamedTuple):
    """One session of a plan: its key, its number, its depth in mm."""

    key: int
    number: int
    depth_mm: Decimal | None


def rulers_of(visits: Sequence[Visit], *, clinical: bool) -> dict[int, Ruler]:
    """The rulers of visits by their key; two queries.

    Without `clinical` all needles are of one length: depth is not for the desk.
    """
    plans = {visit.plan_id for visit in visits if visit.plan_id is not None}
    if not plans:
        return {}
    planned, states = _planned(plans), _states(plans)
    return {
        visit.pk: _ruler(visit, planned[visit.plan_id], states, clinical=clinical)
        for visit in visits
        if visit.plan_id is not None
    }


def _planned(plans: Collection[int]) -> Mapping[int, list[Planned]]:
    """The sessions of each plan in their order, but the dropped ones."""
    rows = PlannedSession.objects.filter(plan_id__in=plans, is_dropped=False)
    found: dict[int, list[Planned]] = defaultdict(list)
    for plan_id, key, number, depth_mm in rows.order_by(
        "plan_id", "number"
    ).values_list("plan_id", "pk", "number", "planned_mm"):
        found[plan_id].append(Planned(key=key, number=number, depth_mm=depth_mm))
    return found


def _states(plans: Collection[int]) -> dict[int, NeedleState]:
    """What became of each planned session: as its last visit stands."""
    visits = Visit.objects.filter(plan_id__in=plans, planned_session__isnull=False)
    visits = visits.exclude(status="cancelled").order_by("starts_at", "id")
    return {
        key: courses.state_at(Status(status))
        for key, status in visits.values_list("planned_session_id", "status")
    }


def _ruler(
    visit: Visit,
    planned: Sequence[Planned],
    states: Mapping[int, NeedleState],
    *,
    clinical: bool,
) -> Ruler:
    needles, number = [], 0
    for session in planned:
        state = states.get(session.key, NeedleState.PLANNED)
        if session.key == visit.planned_session_id:
            number = session.number
            if state is NeedleState.PLANNED:
                state = NeedleState.NOW
        depth_mm = session.depth_mm if clinical else None
        needles.append(Needle(state=state, depth_mm=depth_mm))
    if not number:
        return tuple(needles), visit.get_kind_display()
    words = _("Session %(number)d of %(all)d") % {"number": number, "all": len(planned)}
    return tuple(needles), words
