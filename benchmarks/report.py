"""The owner's report of one year out of four: 100,000 sessions in ten zones each.

The floor is the same statements sent bare through psycopg2, their rows fetched
and thrown away. Cold is the first report on a new connection.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, models

from benchmarks.measure import Row, compare, once
from sessions.models import (
    AdverseEvent,
    Plan,
    Score,
    TreatmentSession,
    ZoneTreatment,
)
from sessions.reports import filters, report
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
ROUNDS, COLD_ROUNDS = 10, 5


def run() -> list[Row]:
    """Two rows of the table: again and again, and cold."""
    _fill()
    wanted = filters.read({}, today=factories.TODAY)

    def ours() -> object:
        return report.progress(wanted, now=factories.NOW)

    cold = []
    for _again in range(COLD_ROUNDS):
        connection.close()
        connection.ensure_connection()
        cold.append(once(ours))
    zones = ZoneTreatment.objects.count()
    return [
        compare(
            f"owner's report, {zones:,} zone treatments",
            ours=ours,
            floor=_bare(ours),
            rounds=ROUNDS,
            limit=2,
        ),
        Row(name="the same, cold", ours=cold, limit_ms=1_000),
    ]


def _bare(work: Callable[[], object]) -> Callable[[], object]:
    """What the work asks of the database, and nothing else."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, values: Any, *rest: Any) -> Any:
        asked.append((sql, values))
        return execute(sql, values, *rest)

    with connection.execute_wrapper(note):
        work()

    def ask() -> None:
        with connection.connection.cursor() as cursor:
            for sql, values in asked:
                cursor.execute(sql, values)
                cursor.fetchall()

    return ask


def _fill() -> None:
    site = factories.make_site()
    people = [factories.make_practitioner(site=site).pk for _ in range(PEOPLE)]
    rooms = [factories.make_room(site=site).pk for _ in range(PEOPLE)]
    patient = factories.make_patient()
    condition = factories.make_condition(patient=patient)
    by = factories.make_desk(site=site)
    plan = factories.make_plan(
        condition=condition,
        site=site,
        by=by,
        protocol=factories.make_protocol(sessions=5),
        goal_scale="gbq",
        goal_value=5,
        status="finished",
        ended_on=factories.TODAY,
    )
    practitioner = factories.make_practitioner(site=site)
    visit = factories.make_visit(
        patient=patient,
        practitioner=practitioner,
        room=factories.make_room(site=site),
        by=by,
        plan=plan,
        status="done",
    )
    session = factories.make_session(visit=visit, condition=condition)
    of_plan = f"{FROM_ID} + n / {A_COURSE * COHORT} * {COHORT} + n %% {COHORT}"
    own = {"patient_id": of_plan, "condition_id": of_plan, "plan_id": of_plan}
    _copy(patient, count=PLANS, values={})
    _copy(condition, count=PLANS, values={"patient_id": f"{FROM_ID} + n"})
    _copy(
        plan,
        count=PLANS,
        values={
            "patient_id": f"{FROM_ID} + n",
            "condition_id": f"{FROM_ID} + n",
            "practitioner_id": f"(ARRAY{people})[1 + n %% {PEOPLE}]",
        },
    )
    day = f"(date '{FIRST_DAY}' + n / {A_DAY})"
    place = f"(n %% {A_DAY}) / {PEOPLE}"
    starts = f"({day} + time '08:00' + {place} * interval '45 minutes')"
    starts = f"({starts} AT TIME ZONE '{site.time_zone}')"
    who = f"(ARRAY{people})[1 + n %% {PEOPLE}]"
    _copy(
        visit,
        count=SESSIONS,
        values={
            "patient_id": of_plan,
            "plan_id": of_plan,
            "practitioner_id": who,
            "room_id": f"(ARRAY{rooms})[1 + n %% {PEOPLE}]",
            "day": day,
            "starts_at": starts,
            "ends_at": f"{starts} + interval '45 minutes'",
            "status": "CASE WHEN n %% 20 = 0 THEN 'missed' ELSE 'done' END",
        },
    )
    _copy(
        session,
        count=SESSIONS,
        values={
            **own,
            "visit_id": f"{FROM_ID} + n",
            "practitioner_id": who,
            "performed_on": day,
        },
    )
    zone = ZoneTreatment.objects.create(
        session=session, zone="CM-R", depth_setting_mm="1.25", passes=4
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
    TreatmentSession.objects.filter(signed_at__isnull=True).update(
        screening=factories.make_screening(patient=patient, by=practitioner),
        consent=factories.make_consent(patient=patient, taken_by=practitioner),
        skin_clear_at=factories.NOW,
        signed_at=factories.NOW,
        signed_by=practitioner,
        signed_digest="0" * 64,
    )
    _readings(plan, own, day)
    event = AdverseEvent.objects.create(
        patient=patient,
        session=session,
        kind="PIH",
        onset_on=factories.TODAY,
        grade=1,
        recorded_at=factories.NOW,
        recorded_by=practitioner,
    )
    _copy(
        event,
        count=SESSIONS // 50,
        values={"patient_id": of_plan, "session_id": f"{FROM_ID} + n * 50"},
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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


def _readings(plan: Plan, own: Mapping[str, str], day: str) -> None:
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
        values={**own, "rated_on": day, "value": f"20 - {number}"},
    )
    same = f"{FROM_ID} + n"
    last = f"n / {COHORT} * {A_COURSE * COHORT} + {(A_COURSE - 1) * COHORT}"
    days = f"({last} + n %% {COHORT}) / {A_DAY} + {REVIEW_AFTER_DAYS}"
    _copy(
        score,
        count=PLANS,
        from_id=FROM_ID + SESSIONS,
        values={
            "patient_id": same,
            "condition_id": same,
            "plan_id": same,
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
