"""What ends with a patient's death: the visits still to come and the open plans."""

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
from sessions.plans import actions as plans
from sessions.plans.models import Plan
from sessions.plans.statuses import OPEN


def standing(patient: Patient, now: datetime) -> list[Ending]:
    """The visits that are still to come, in order of time, then the open plans."""
    visits = _coming(patient, now).select_related("practitioner")
    open_plans = _open(patient).select_related("protocol")
    return [
        *(Ending(key=visit.reference, text=_visit_text(visit)) for visit in visits),
        *(Ending(key=plan.reference, text=_plan_text(plan)) for plan in open_plans),
    ]


def end(patient: Patient, by: User | None, now: datetime) -> None:
    """Cancel the visits and stop the plans. Call with the patient's row locked."""
    reason = _("The patient has died.")
    for visit in _coming(patient, now).select_for_update(of=("self",)):
        stepping.cancel_locked(visit=visit, reason=reason, by=by, now=now)
    rows = _open(patient).select_related("site")
    for plan in rows.select_for_update(of=("self",)):
        today = now.astimezone(plan.site.zone).date()
        plans.stop_locked(plan=plan, reason=reason, by=by, now=now, today=today)


def _coming(patient: Patient, now: datetime) -> QuerySet[Visit]:
    rows = Visit.objects.filter(patient=patient, status__in=MOVABLE, ends_at__gt=now)
    return rows.exclude(TREATED).order_by("starts_at", "id")


def _open(patient: Patient) -> QuerySet[Plan]:
    return Plan.objects.filter(patient=patient, status__in=OPEN).order_by("id")


def _visit_text(visit: Visit) -> str:
    """`Thu 26 November 2026, 10:00, session with Mira Lee`."""
    starts_at = timezone.localtime(visit.starts_at)
    return _("%(day)s, %(clock)s, %(kind)s with %(who)s") % {
        "day": day_words(starts_at.date()),
        "clock": format_date(starts_at, "H:i"),
        "kind": visit.get_kind_display().lower(),
        "who": visit.practitioner.full_name,
    }


def _plan_text(plan: Plan) -> str:
    """`Plan: acne scars, pen, running`."""
    return _("Plan: %(protocol)s, %(status)s") % {
        "protocol": plan.protocol.name,
        "status": plan.get_status_display().lower(),
    }
