"""Taking a move back: for three minutes the visits know where they were."""

from collections.abc import MutableMapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from clinic.staff.models import User
from sessions.booking import actions, checks, hours
from sessions.booking.actions import Move
from sessions.booking.models import Visit

UNDO_KEY = "undo_move"
UNDO_FOR = timedelta(minutes=3)
TOLD = ("interval-short", "interval-long", checks.SCREENING)


def remember(
    session: MutableMapping[str, Any],
    *,
    before: Sequence[Visit],
    after: Sequence[Visit],
    now: datetime,
) -> None:
    """Keep where the visits were, for three minutes."""
    versions = {visit.pk: visit.version for visit in after}
    session[UNDO_KEY] = {
        "until": (now + UNDO_FOR).timestamp(),
        "visits": [
            {
                "id": visit.pk,
                "version": versions[visit.pk],
                "practitioner": visit.practitioner_id,
                "room": visit.room_id,
                "device": visit.device_id,
                "starts": visit.starts_at.isoformat(),
                "ends": visit.ends_at.isoformat(),
                "day": visit.day.isoformat(),
            }
            for visit in before
        ],
    }


def undoable(session: MutableMapping[str, Any], visit: Visit, *, now: datetime) -> int:
    """How many visits an undo would move back, 0 when there is none."""
    kept = session.get(UNDO_KEY)
    if not kept or kept["until"] < now.timestamp():
        return 0
    own = [row for row in kept["visits"] if row["id"] == visit.pk]
    still = bool(own) and own[0]["version"] == visit.version
    return len(kept["visits"]) if still else 0


@transaction.atomic
def put_back(*, moves: Sequence[Move], by: User, now: datetime) -> list[Visit]:
    """Take a move back where its old times could be booked today.

    Raises as `actions.move`, and ShutError where the site is closed or the person
    away by now.
    """
    sites = {
        visit.pk: visit.site
        for visit in Visit.objects.filter(
            pk__in=[one.visit_id for one in moves]
        ).select_related("site")
    }
    visits = actions.move(moves=moves, by=by, now=now)
    for visit in visits:
        visit.site = sites[visit.pk]
        hours.refuse_shut(visit)
    return visits


def back(session: MutableMapping[str, Any], *, now: datetime) -> list[Move]:
    """The moves that put everything back; empty when it is too late."""
    kept = session.get(UNDO_KEY)
    if not kept or kept["until"] < now.timestamp():
        return []
    return [
        Move(
            visit_id=row["id"],
            version=row["version"],
            practitioner_id=row["practitioner"],
            room_id=row["room"],
            device_id=row["device"],
            starts_at=datetime.fromisoformat(row["starts"]),
            ends_at=datetime.fromisoformat(row["ends"]),
            day=date.fromisoformat(row["day"]),
            confirmed_rules=TOLD,
        )
        for row in kept["visits"]
    ]
