"""The coming visits of a patient who has died: shown first, then cancelled."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from clinic.staff.models import User
from patients.records.endings import Ending
from patients.records.models import Patient
from sessions.booking import stepping
from sessions.booking.models import Visit
from sessions.booking.queries import TREATED
from sessions.booking.statuses import MOVABLE
from sessions.booking.words import day_words


def standing(patient: Patient, now: datetime) -> list[Ending]:
    """The visits that are still to come, in order of time."""
    rows = _coming(patient, now).select_related("practitioner")
    return [Ending(key=visit.reference, text=_text(visit)) for visit in rows]


def end(patient: Patient, by: User, now: datetime) -> None:
    """Cancel them all. Call with the patient's row locked."""
    reason = _("The patient has died.")
    for visit in _coming(patient, now).select_for_update(of=("self",)):
        stepping.cancel_locked(visit=visit, reason=reason, by=by, now=now)


def _coming(patient: Patient, now: datetime) -> QuerySet[Visit]:
    rows = Visit.objects.filter(patient=patient, status__in=MOVABLE, ends_at__gt=now)
    return rows.exclude(TREATED).order_by("starts_at", "id")


def _text(visit: Visit) -> str:
    """`Thu 26 November 2026, 10:00, session with Mira Lee`."""
    starts_at = timezone.localtime(visit.starts_at)
    return _("%(day)s, %(clock)s, %(kind)s with %(who)s") % {
        "day": day_words(starts_at.date()),
        "clock": format_date(starts_at, "H:i"),
        "kind": visit.get_kind_display().lower(),
        "who": visit.practitioner.full_name,
    }
