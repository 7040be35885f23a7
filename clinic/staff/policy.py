"""The one permission policy: role x action (SECURITY 3 as amended by DESIGN 6).

Every view names its action with `requires`, or is `public`; a system check stops
the start when one does neither. What depends on the object (an owner's
break-glass) is finished by the access functions of the slices.
"""

from collections.abc import Callable
from enum import IntEnum, StrEnum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from clinic.staff.models import User
from clinic.staff.roles import Role
from clinic.web.doors import public

__all__ = ["POLICY", "Action", "Grant", "grant", "may", "public", "requires"]
View = Callable[..., HttpResponseBase]


class Grant(IntEnum):
    """How much a role may do."""

    NO = 0
    BREAK_GLASS = 1
    YES = 2


class Action(StrEnum):
    """Everything a person can ask the product to do."""

    HOME = "home"
    OWN_PROFILE = "own profile"
    TODAY = "today"
    PATIENT_LIST = "patients: list"
    PATIENT_IDENTITY = "patient: see who it is"
    PATIENT_WRITE = "patient: add or change identity and contact"
    PATIENT_IMPORT = "patients: import"
    CHART_READ = "chart: read"
    CHART_WRITE = "chart: write history, conditions and notes"
    CHART_LOG = "chart: see who read and changed it"
    BREAK_GLASS = "chart: open by break-glass"
    SCREENING = "screening: ask and decide"
    CONSENT_STATUS = "consent: see whether it stands"
    CONSENT_WRITE = "consent: take or withdraw"
    PLAN_LIST = "plans: list"
    PLAN_READ = "plan: see dates and states"
    PLAN_WRITE = "plan: build, book, move"
    PROTOCOL_READ = "protocols: read"
    PROTOCOL_WRITE = "protocols: change"
    VISIT_READ = "visit: see"
    VISIT_WRITE = "visit: book, move, check in, cancel"
    SESSION_READ = "session: read"
    SESSION_WRITE = "session: record and sign"
    EVENT_READ = "adverse events: read"
    EVENT_WRITE = "adverse events: record"
    SCORE_WRITE = "score: record"
    REPORT_READ = "reports: read"
    REPORT_EXPORT = "reports: export"
    STOCK_READ = "devices and lots: read"
    STOCK_RECEIVE = "lots: receive"
    STOCK_WRITE = "devices and lots: change"
    LOT_TRACE = "lots: who received one"
    SETTINGS_READ = "settings: read"
    SETTINGS_WRITE = "settings: change"
    STAFF_WRITE = "people: add, change, disable"
    AUDIT_READ = "audit log: read"


_DESK, _PRACTITIONER, _OWNER = Role.FRONT_DESK, Role.PRACTITIONER, Role.OWNER
_ALL = {_DESK: Grant.YES, _PRACTITIONER: Grant.YES, _OWNER: Grant.YES}
_BOOKERS = {_DESK: Grant.YES, _PRACTITIONER: Grant.YES}
_CLINICAL = {_PRACTITIONER: Grant.YES}
_CHART = {_PRACTITIONER: Grant.YES, _OWNER: Grant.BREAK_GLASS}
_OWNERS = {_OWNER: Grant.YES}

POLICY: dict[Action, dict[Role, Grant]] = {
    Action.HOME: _ALL,
    Action.OWN_PROFILE: _ALL,
    Action.TODAY: _BOOKERS,
    Action.PATIENT_LIST: _ALL,
    Action.PATIENT_IDENTITY: {**_BOOKERS, _OWNER: Grant.BREAK_GLASS},
    Action.PATIENT_WRITE: _BOOKERS,
    Action.PATIENT_IMPORT: {**_BOOKERS, _OWNER: Grant.YES},
    Action.CHART_READ: _CHART,
    Action.CHART_WRITE: _CLINICAL,
    Action.CHART_LOG: _CHART,
    Action.BREAK_GLASS: _OWNERS,
    Action.SCREENING: _CLINICAL,
    Action.CONSENT_STATUS: {**_BOOKERS, _OWNER: Grant.BREAK_GLASS},
    Action.CONSENT_WRITE: _CLINICAL,
    Action.PLAN_LIST: _ALL,
    Action.PLAN_READ: {**_BOOKERS, _OWNER: Grant.BREAK_GLASS},
    Action.PLAN_WRITE: _BOOKERS,
    Action.PROTOCOL_READ: {_PRACTITIONER: Grant.YES, _OWNER: Grant.YES},
    Action.PROTOCOL_WRITE: _CLINICAL,
    Action.VISIT_READ: {**_BOOKERS, _OWNER: Grant.BREAK_GLASS},
    Action.VISIT_WRITE: _BOOKERS,
    Action.SESSION_READ: _CHART,
    Action.SESSION_WRITE: _CLINICAL,
    Action.EVENT_READ: {_PRACTITIONER: Grant.YES, _OWNER: Grant.YES},
    Action.EVENT_WRITE: _CLINICAL,
    Action.SCORE_WRITE: _CLINICAL,
    # A practitioner's is of their own patients: `sessions/reports/access.py`.
    Action.REPORT_READ: {_PRACTITIONER: Grant.YES, _OWNER: Grant.YES},
    Action.REPORT_EXPORT: _OWNERS,
    Action.STOCK_READ: _ALL,
    Action.STOCK_RECEIVE: _ALL,
    Action.STOCK_WRITE: {_PRACTITIONER: Grant.YES, _OWNER: Grant.YES},
    Action.LOT_TRACE: {_PRACTITIONER: Grant.YES, _OWNER: Grant.YES},
    Action.SETTINGS_READ: {_PRACTITIONER: Grant.YES, _OWNER: Grant.YES},
    Action.SETTINGS_WRITE: _OWNERS,
    Action.STAFF_WRITE: _OWNERS,
    Action.AUDIT_READ: _OWNERS,
}


def grant(user: User, action: Action) -> Grant:
    """The best grant among the person's roles; NO for anything unknown."""
    if not user.is_active:
        return Grant.NO
    by_role = POLICY.get(action, {})
    return max(
        (by_role.get(Role(role), Grant.NO) for role in user.roles), default=Grant.NO
    )


def may(user: User, action: Action) -> bool:
    """Whether the person may do it without breaking glass."""
    return grant(user, action) is Grant.YES


def requires(action: Action) -> Callable[[View], View]:
    """Close a view to roles without the action: they get 403.

    A role that has only break-glass comes through: the view's access function
    decides for the one patient.
    """
    if action not in POLICY:
        msg = f"The policy does not know {action!r}."
        raise LookupError(msg)

    def close(view: View) -> View:
        @wraps(view)
        def closed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User) or grant(user, action) is Grant.NO:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        closed.required_action = action  # type: ignore[attr-defined]
        return closed

    return close
