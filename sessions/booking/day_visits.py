"""The visits of a day with what their rows name, read in one light query."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F

from clinic.places.models import Site
from sessions.booking import queries
from sessions.booking.models import Visit

# A day reads every visit of everybody: of each only what its row stands on.
COLUMNS = (
    *("kind", "status", "version", "starts_at", "ends_at"),
    *("in_room_at", "numbing_until", "practitioner_id", "plan__status"),
    *("planned_session__number", "planned_session__is_dropped"),
    *("patient__given_name", "patient__family_name", "patient__preferred_name"),
    *("patient__born_on", "patient__sex", "patient__phototype"),
    "patient__is_deceased",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayVisit:
    """A visit and the names around it; `protocol` is empty without a plan.

    `has_sheet` tells that a session was begun, `was_treated` that somebody decided
    to treat.
    """

    visit: Visit
    practitioner: str
    room: str
    protocol: str
    has_sheet: bool
    was_treated: bool


def visits_of(
    *, site: Site, day: date, practitioner_id: int | None
) -> tuple[DayVisit, ...]:
    """Who comes to a site on a day, in order of time; one query."""
    found = queries.visits_of_day(site=site, day=day)
    if practitioner_id is not None:
        found = found.filter(practitioner_id=practitioner_id)
    rows = (
        found.select_related("patient", "plan", "planned_session")
        .only(*COLUMNS)
        .annotate(
            practitioner_name=F("practitioner__full_name"),
            room_name=F("room__name"),
            protocol_name=F("plan__protocol__name"),
            sheet=F("session__id"),
            skin_clear_at=F("session__skin_clear_at"),
        )
    )
    return tuple(
        DayVisit(
            visit=row,
            practitioner=row.practitioner_name,
            room=row.room_name,
            protocol=row.protocol_name or "",
            has_sheet=row.sheet is not None,
            was_treated=row.skin_clear_at is not None,
        )
        for row in rows
    )
