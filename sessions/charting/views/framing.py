"""What the four pages of a sheet share: who, the steps, what was saved, the lines."""

from functools import partial
from typing import Any

from clinic.places.http import StaffRequest
from clinic.staff.models import User
from patients.history.authority import authorities_of
from sessions.charting.queries.printing import condition_name, sessions_of_plan
from sessions.charting.queries.record import Line, lines_of
from sessions.charting.queries.sheet import Sheet


def frame(sheet: Sheet, page: str, *, user: User) -> dict[str, Any]:
    """What all four pages show: who, the steps, what was saved."""
    order = ["safety", "treat", "outcome", "sign"]
    return {
        "sheet": sheet,
        "session": sheet.session,
        "patient": sheet.session.patient,
        "is_mine": sheet.session.practitioner_id == user.pk,
        "may_reason": bool(authorities_of(user)),
        "page": page,
        "step": order.index(page) + 1,
        "safe": sheet.session.skin_clear_at,
        "treat_missing": sheet.missing_at("treat"),
        "outcome_missing": sheet.missing_at("outcome"),
        "planned": sheet.session.plan and sheet.session.planned_session,
        "condition": condition_name(sheet.session, book=sheet.limits.effective.book),
        "total": partial(sessions_of_plan, sheet.session),
    }


def lines(sheet: Sheet) -> list[Line]:
    """The zones of the sheet as lines of the record."""
    rows = [zone.row for zone in sheet.zones if zone.row]
    return lines_of(rows, book=sheet.limits.effective.book)


def version(request: StaffRequest) -> int:
    """The version of the sheet that was shown, 0 when none was sent."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdigit() else 0
