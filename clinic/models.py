"""Table of contents of the clinic app's models."""

from clinic.audit.models import AuditEvent, AuditSeal
from clinic.devices.models import Device, Lot, Unit
from clinic.places.models import (
    Absence,
    Clinic,
    Closure,
    OpeningHours,
    Room,
    Site,
    SiteStaff,
    WorkingHours,
)
from clinic.rulebook.models import RuleSetting
from clinic.staff.models import DepthScope, Qualification, User
from clinic.web.models import FormKey

__all__ = [
    "Absence",
    "AuditEvent",
    "AuditSeal",
    "Clinic",
    "Closure",
    "DepthScope",
    "Device",
    "FormKey",
    "Lot",
    "OpeningHours",
    "Qualification",
    "Room",
    "RuleSetting",
    "Site",
    "SiteStaff",
    "Unit",
    "User",
    "WorkingHours",
]
