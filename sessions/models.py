"""Table of contents of the treatment app's models (label `treatments`)."""

from sessions.booking.models import Visit
from sessions.booking.past_models import PlannedPast
from sessions.charting.models import (
    Addition,
    AdverseEvent,
    ChecklistTick,
    DepthOverride,
    SessionTopical,
    SessionUnit,
    SheetTap,
    TakeOver,
    TreatmentSession,
    ZoneTreatment,
)
from sessions.plans.models import Away, Plan, PlannedSession, Protocol, ProtocolZone
from sessions.progress.models import Recovery, Score

__all__ = [
    "Addition",
    "AdverseEvent",
    "Away",
    "ChecklistTick",
    "DepthOverride",
    "Plan",
    "PlannedPast",
    "PlannedSession",
    "Protocol",
    "ProtocolZone",
    "Recovery",
    "Score",
    "SessionTopical",
    "SessionUnit",
    "SheetTap",
    "TakeOver",
    "TreatmentSession",
    "Visit",
    "ZoneTreatment",
]
