"""Reading about persons is logged, also when only references are shown."""

from datetime import datetime

from django.db import transaction

from clinic.audit.actions import Entry, record_many
from clinic.staff.models import User
from sessions.reports.behind import Behind
from sessions.reports.filters import Filters


@transaction.atomic
def note_reading(*, found: Behind, by: User, now: datetime, filters: Filters) -> None:
    """Log that the list was opened, once for each patient on it."""
    patients = dict.fromkeys(line.patient.pk for line in found.lines)
    record_many(
        by=by,
        now=now,
        entries=[
            Entry(
                action="report.list_opened",
                patient_id=patient,
                details={"of": found.of, "from": filters.first_day.isoformat()},
            )
            for patient in patients
        ],
    )
