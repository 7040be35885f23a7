"""The overview of a patient with two hundred sessions, signed in, over HTTP.

The floor is a bare view behind the same sign-in: plain SQL for the rows the page
stands on, answered as JSON without a template.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import path
from django.utils import timezone

from benchmarks import pages
from benchmarks.measure import Row, compare
from clinic.models import User
from clinic.urls import urlpatterns as all_pages
from patients.models import Patient, PatientCondition
from sessions.models import (
    Plan,
    Recovery,
    Score,
    TreatmentSession,
    Visit,
    ZoneTreatment,
)
from tests import factories

PLANS = 10
SESSIONS_A_PLAN = 20
DAYS_BETWEEN = 14
ZONES = ("FH", "GL", "TE-R", "TE-L", "NO", "CM-R", "CM-L", "CL-R", "CL-L", "CH")
# Every row that the page shows, and of each row the columns that it stands on.
ROWS = (
    "SELECT * FROM patients_patient WHERE id = %(patient)s",
    "SELECT plan.id, plan.status, plan.gap_days, goal_scale, goal_value, ready_before,"
    " kind, protocol.name FROM treatments_plan plan JOIN treatments_protocol protocol"
    " ON protocol.id = protocol_id JOIN patients_patientcondition condition"
    " ON condition.id = condition_id WHERE plan.patient_id = %(patient)s"
    " ORDER BY plan.created_at DESC",
    "SELECT number, planned_mm FROM treatments_plannedsession"
    " WHERE plan_id = %(plan)s AND NOT is_dropped ORDER BY number",
    "SELECT visit.id, kind, status, starts_at, day, number, planned_mm, full_name"
    " FROM treatments_visit visit JOIN clinic_user ON clinic_user.id = practitioner_id"
    " LEFT JOIN treatments_plannedsession planned ON planned.id = planned_session_id"
    " WHERE visit.plan_id = %(plan)s AND status <> 'cancelled' ORDER BY starts_at",
    "SELECT session.id, visit_id, performed_on, signed_at, calm_on_day,"
    " coalesce(deepest_mm, (SELECT max(coalesce(depth_setting_mm, needle_length_mm))"
    " FROM treatments_zonetreatment zone"
    " WHERE zone.session_id = session.id AND NOT is_left_out))"
    " FROM treatments_treatmentsession session LEFT JOIN treatments_recovery recovery"
    " ON recovery.session_id = session.id WHERE plan_id = %(plan)s",
    "SELECT scale, variant, value, rated_on FROM treatments_score"
    " WHERE condition_id = %(condition)s AND withdrawn_at IS NULL"
    " ORDER BY rated_on, id",
    "SELECT zone, depth_setting_mm, needle_length_mm, passes, is_left_out"
    " FROM treatments_zonetreatment WHERE session_id = %(last)s ORDER BY id",
    "SELECT lot.number, serial FROM treatments_sessionunit used"
    " JOIN clinic_unit unit ON unit.id = unit_id JOIN clinic_lot lot ON lot.id = lot_id"
    " WHERE used.session_id = %(last)s ORDER BY used.id",
    "SELECT kind, onset_on, grade, closed_on FROM treatments_adverseevent"
    " WHERE patient_id = %(patient)s",
    "SELECT * FROM patients_historyfact"
    " WHERE patient_id = %(patient)s AND withdrawn_at IS NULL",
    "SELECT code, strict, overridable FROM clinic_rulesetting",
)


LAST = (
    "SELECT session.id, performed_on, device_kind, device.name"
    " FROM treatments_treatmentsession session"
    " LEFT JOIN clinic_device device ON device.id = device_id"
    " WHERE patient_id = %(patient)s AND signed_at IS NOT NULL"
    " ORDER BY performed_on DESC, session.id DESC LIMIT 1"
)
# A chart that is opened is logged, by whoever answers for it.
OPENED = (
    "INSERT INTO clinic_auditevent (at, actor_id, action, patient_id, object_kind,"
    " object_id, details, address, request_id, source) VALUES (%(now)s, %(user)s,"
    " 'chart.opened', %(patient)s, '', NULL, '{}', NULL, '', 'benchmark')"
)


def bare(request: HttpRequest, plan: int) -> HttpResponse:
    """The rows as they are, for a person who is signed in.

    It logs that a chart was opened: no view may show one without, so the row of
    the log belongs to the answer as much as the rows it reads.
    """
    found = Plan.objects.values("patient_id", "condition_id").get(pk=plan)
    keys = {
        "plan": plan,
        "patient": found["patient_id"],
        "condition": found["condition_id"],
    }
    with connection.cursor() as cursor:
        opened = {**keys, "user": request.user.pk, "now": timezone.now()}
        cursor.execute(OPENED, opened)
        cursor.execute(LAST, keys)
        last = cursor.fetchone()
        answer = [last]
        for statement in ROWS:
            cursor.execute(statement, {**keys, "last": last[0]})
            answer.append(cursor.fetchall())
    return JsonResponse(answer, safe=False)


urlpatterns = [path("bare/<int:plan>/", bare), *all_pages]


def run() -> list[Row]:
    """One row of the table; both limits hold or the row is missed."""
    patient, plan, practitioner = _course(today=timezone.localdate())
    with override_settings(ROOT_URLCONF="benchmarks.chart"):
        client = pages.signed_in(practitioner)
        return [
            compare(
                f"overview of a patient with {PLANS * SESSIONS_A_PLAN} sessions",
                ours=pages.get(client, f"/patients/{patient.reference}/"),
                floor=pages.get(client, f"/bare/{plan.pk}/"),
                limit=3,
                limit_ms=60,
            )
        ]


def _course(*, today: date) -> tuple[Patient, Plan, User]:
    """Ten plans of twenty signed sessions each, the last of them still running."""
    site = factories.make_site()
    practitioner = factories.make_practitioner(site=site)
    patient = factories.make_patient()
    condition = factories.make_condition(patient=patient)
    protocol = factories.make_protocol(sessions=SESSIONS_A_PLAN)
    first = timezone.now() - timedelta(days=DAYS_BETWEEN * PLANS * SESSIONS_A_PLAN)
    plan = None
    for number in range(PLANS):
        is_last = number == PLANS - 1
        plan = factories.make_plan(
            condition=condition,
            site=site,
            by=practitioner,
            protocol=protocol,
            goal_scale="gbq",
            goal_value=7,
            status="running" if is_last else "finished",
            ended_on=None if is_last else today,
        )
        days = DAYS_BETWEEN * SESSIONS_A_PLAN * number
        _treat(plan, practitioner, starts_at=first + timedelta(days=days))
    assert plan is not None  # noqa: S101, there are ten
    _read(condition, plan, practitioner, first=first.date())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return patient, plan, practitioner


def _treat(plan: Plan, by: User, *, starts_at: datetime) -> None:
    room = factories.make_room(site=plan.site)
    screening = factories.make_screening(patient=plan.patient, by=by)
    consent = plan.patient.consents.first() or factories.make_consent(
        patient=plan.patient, taken_by=by
    )
    for planned in plan.planned_sessions.order_by("number"):
        visit = factories.make_visit(
            patient=plan.patient,
            practitioner=by,
            room=room,
            by=by,
            plan=plan,
            planned_session=planned,
            starts_at=starts_at + timedelta(days=DAYS_BETWEEN * planned.number),
            status="done",
        )
        factories.make_session(visit=visit, condition=plan.condition)
    done = TreatmentSession.objects.filter(plan=plan)
    ZoneTreatment.objects.bulk_create(
        ZoneTreatment(
            session=session, zone=zone, depth_setting_mm=Decimal("1.25"), passes=4
        )
        for session in done
        for zone in ZONES
    )
    Recovery.objects.bulk_create(
        Recovery(session=session, calm_on_day=3, recorded_at=starts_at, recorded_by=by)
        for session in done
    )
    done.update(
        screening=screening,
        consent=consent,
        skin_clear_at=starts_at,
        signed_at=starts_at,
        signed_by=by,
        signed_digest="0" * 64,
    )


def _read(condition: PatientCondition, plan: Plan, by: User, *, first: date) -> None:
    """A reading at every visit of ten plans, all of one condition."""
    days = Visit.objects.filter(patient=condition.patient).values_list("day", flat=True)
    Score.objects.bulk_create(
        Score(
            patient=condition.patient,
            condition=condition,
            plan=plan,
            scale="gbq",
            variant="every row",
            value=20 - (day - first).days // 250,
            rater="clinician",
            rated_on=day,
            rated_by=by,
            recorded_at=timezone.now(),
        )
        for day in days
    )
