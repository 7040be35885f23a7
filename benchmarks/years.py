"""Four years of finished plans, copied inside PostgreSQL out of one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, models

from clinic.models import Site, User
from patients.models import Patient, PatientCondition
from sessions.models import (
    AdverseEvent,
    Plan,
    Score,
    TreatmentSession,
    Visit,
    ZoneTreatment,
)
from tests import factories

PLANS = 20_000
PEOPLE = 6  # each with a room of their own: twelve visits a day
A_DAY = 12 * PEOPLE
COHORT = 2_000  # plans that run at the same time, their sessions 28 days apart
REVIEW_AFTER_DAYS = 60
A_COURSE = 5  # sessions
SESSIONS = A_COURSE * PLANS
ZONES = ("FH", "GL", "TE-R", "TE-L", "NO", "CM-R", "CM-L", "CL-R", "CL-L", "CH")
FIRST_DAY = factories.TODAY - timedelta(days=SESSIONS // A_DAY + REVIEW_AFTER_DAYS)
FROM_ID = 1_000_000

# In SQL, of the copy number n: itself, and the plan and the day of a session.
SAME = f"{FROM_ID} + n"
OF_PLAN = f"{FROM_ID} + n / {A_COURSE * COHORT} * {COHORT} + n %% {COHORT}"
OWN = {"patient_id": OF_PLAN, "condition_id": OF_PLAN, "plan_id": OF_PLAN}
DAY = f"(date '{FIRST_DAY}' + n / {A_DAY})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One of everything, the row that is copied."""

    patient: Patient
    condition: PatientCondition
    plan: Plan
    visit: Visit
    session: TreatmentSession


def fill() -> None:
    """PLANS finished plans with their visits, sessions, readings and events."""
    site = factories.make_site()
    people = [factories.make_practitioner(site=site) for _ in range(PEOPLE)]
    course = _course(site)
    who = _one_of([person.pk for person in people])
    _plans(course, who=who)
    _visits(course, who=who)
    _sessions(course, who=who)
    _sign(course, by=people[0])
    _readings(course.plan)
    _events(course)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the database does by itself in four years


def _one_of(keys: list[int]) -> str:
    """The keys in turn, as SQL of n."""
    return f"(ARRAY{keys})[1 + n %% {len(keys)}]"


def _course(site: Site) -> Course:
    patient = factories.make_patient()
    condition = factories.make_condition(patient=patient)
    by = factories.make_desk(site=site)
    plan = factories.make_plan(
        condition=condition,
        site=site,
        by=by,
        protocol=factories.make_protocol(sessions=A_COURSE),
        goal_scale="gbq",
        goal_value=5,
        status="finished",
        ended_on=factories.TODAY,
    )
    visit = factories.make_visit(
        patient=patient,
        practitioner=factories.make_practitioner(site=site),
        room=factories.make_room(site=site),
        by=by,
        plan=plan,
        status="done",
    )
    return Course(
        patient=patient,
        condition=condition,
        plan=plan,
        visit=visit,
        session=factories.make_session(visit=visit, condition=condition),
    )


def _plans(course: Course, *, who: str) -> None:
    _copy(course.patient, count=PLANS, values={})
    _copy(course.condition, count=PLANS, values={"patient_id": SAME})
    _copy(
        course.plan,
        count=PLANS,
        values={"patient_id": SAME, "condition_id": SAME, "practitioner_id": who},
    )


def _visits(course: Course, *, who: str) -> None:
    site = course.visit.site
    rooms = [factories.make_room(site=site).pk for _ in range(PEOPLE)]
    place = f"(n %% {A_DAY}) / {PEOPLE}"
    wall = f"{DAY} + time '08:00' + {place} * interval '45 minutes'"
    starts = f"(({wall}) AT TIME ZONE '{site.time_zone}')"
    _copy(
        course.visit,
        count=SESSIONS,
        values={
            "patient_id": OF_PLAN,
            "plan_id": OF_PLAN,
            "practitioner_id": who,
            "room_id": _one_of(rooms),
            "day": DAY,
            "starts_at": starts,
            "ends_at": f"{starts} + interval '45 minutes'",
            "status": "CASE WHEN n %% 20 = 0 THEN 'missed' ELSE 'done' END",
        },
    )


def _sessions(course: Course, *, who: str) -> None:
    """Every session in ten zones."""
    _copy(
        course.session,
        count=SESSIONS,
        values={**OWN, "visit_id": SAME, "practitioner_id": who, "performed_on": DAY},
    )
    zone = ZoneTreatment.objects.create(
        session=course.session, zone="CM-R", depth_setting_mm="1.25", passes=4
    )
    _unguarded(zone)
    _copy(
        zone,
        count=SESSIONS * len(ZONES),
        values={
            "session_id": f"{FROM_ID} + n / {len(ZONES)}",
            "zone": f"(ARRAY{list(ZONES)})[1 + n %% {len(ZONES)}]",
            "depth_setting_mm": f"0.75 + (n %% {PLANS} %% 4) * 0.25",
        },
    )


def _sign(course: Course, *, by: User) -> None:
    TreatmentSession.objects.filter(signed_at__isnull=True).update(
        screening=factories.make_screening(patient=course.patient, by=by),
        consent=factories.make_consent(patient=course.patient, taken_by=by),
        skin_clear_at=factories.NOW,
        signed_at=factories.NOW,
        signed_by=by,
        signed_digest="0" * 64,
    )


def _events(course: Course) -> None:
    """An adverse event at every fiftieth session."""
    event = AdverseEvent.objects.create(
        patient=course.patient,
        session=course.session,
        kind="PIH",
        onset_on=factories.TODAY,
        grade=1,
        recorded_at=factories.NOW,
        recorded_by=course.visit.practitioner,
    )
    _copy(
        event,
        count=SESSIONS // 50,
        values={"patient_id": OF_PLAN, "session_id": f"{FROM_ID} + n * 50"},
    )


def _unguarded(row: models.Model) -> None:
    """Let a million made-up rows in without looking each up; the database is ours."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT conname FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'f'",
            [table],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def _readings(plan: Plan) -> None:
    """A reading at each session's day, and one sixty days after the last."""
    score = Score.objects.create(
        patient=plan.patient,
        condition=plan.condition,
        plan=plan,
        scale="gbq",
        variant="every row",
        value=12,
        rater="clinician",
        rated_on=factories.TODAY,
        rated_by=plan.created_by,
        recorded_at=factories.NOW,
    )
    number = f"n %% {A_COURSE * COHORT} / {COHORT}"
    _copy(
        score,
        count=SESSIONS,
        values={**OWN, "rated_on": DAY, "value": f"20 - {number}"},
    )
    last = f"n / {COHORT} * {A_COURSE * COHORT} + {(A_COURSE - 1) * COHORT}"
    days = f"({last} + n %% {COHORT}) / {A_DAY} + {REVIEW_AFTER_DAYS}"
    _copy(
        score,
        count=PLANS,
        from_id=FROM_ID + SESSIONS,
        values={
            "patient_id": SAME,
            "condition_id": SAME,
            "plan_id": SAME,
            "rated_on": f"date '{FIRST_DAY}' + {days}",
            "value": "5 + n %% 9",
        },
    )


def _copy(
    row: models.Model, *, count: int, values: Mapping[str, str], from_id: int = FROM_ID
) -> None:
    """So many copies of a row, numbered n from 0, with other values by column."""
    columns = [
        str(field.column)
        for field in row._meta.local_concrete_fields
        if not field.generated and not field.primary_key
    ]
    table = row._meta.db_table
    chosen = ", ".join(values.get(name, f'one."{name}"') for name in columns)
    named = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (id, {named}) "  # noqa: S608, our own names
            f"SELECT {from_id} + n, {chosen} FROM {table} one, "
            "generate_series(0, %s - 1) n WHERE one.id = %s",
            [count, row.pk],
        )
