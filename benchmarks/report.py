"""The owner's report over a year of ten thousand sessions in ten zones each.

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

PLANS = 2_000
SESSIONS = 5 * PLANS
ZONES = ("FH", "GL", "TE-R", "TE-L", "NO", "CM-R", "CM-L", "CL-R", "CL-L", "CH")
FIRST_DAY = factories.TODAY - timedelta(days=350)
FROM_ID = 1_000_000
ROUNDS = 15


def run() -> list[Row]:
    """Two rows of the table: again and again, and cold."""
    _fill()
    wanted = filters.read({}, today=factories.TODAY)

    def ours() -> object:
        return report.progress(wanted, now=factories.NOW)

    connection.close()
    cold_ms = once(ours)
    zones = ZoneTreatment.objects.count()
    return [
        compare(
            f"owner's report, {zones:,} zone treatments",
            ours=ours,
            floor=_bare(ours),
            rounds=ROUNDS,
            limit=2,
        ),
        Row(
            name="the same, cold",
            ours_ms=cold_ms,
            ours_p95_ms=cold_ms,
            limit_ms=1_000,
        ),
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
    people = [factories.make_practitioner(site=site).pk for _ in range(3)]
    rooms = [factories.make_room(site=site).pk for _ in range(3)]
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
    of_plan = f"{FROM_ID} + n %% {PLANS}"
    own = {"patient_id": of_plan, "condition_id": of_plan, "plan_id": of_plan}
    _copy(patient, count=PLANS, values={})
    _copy(condition, count=PLANS, values={"patient_id": of_plan})
    _copy(
        plan,
        count=PLANS,
        values={
            "patient_id": of_plan,
            "condition_id": of_plan,
            "practitioner_id": f"(ARRAY{people})[1 + n %% 3]",
        },
    )
    day = f"(date '{FIRST_DAY}' + n / 36)"
    starts = f"({day} + time '08:00' + (n %% 36) / 3 * interval '45 minutes')"
    starts = f"({starts} AT TIME ZONE '{site.time_zone}')"
    who = f"(ARRAY{people})[1 + n %% 3]"
    _copy(
        visit,
        count=SESSIONS,
        values={
            "patient_id": of_plan,
            "plan_id": of_plan,
            "practitioner_id": who,
            "room_id": f"(ARRAY{rooms})[1 + n %% 3]",
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
    last = SESSIONS - PLANS
    _copy(
        score,
        count=SESSIONS + PLANS,
        values={
            **own,
            "value": f"CASE WHEN n < {SESSIONS} THEN 20 - n / {PLANS}"
            " ELSE 5 + n %% 9 END",
            "rated_on": f"CASE WHEN n < {SESSIONS} THEN {day} ELSE date '{FIRST_DAY}'"
            f" + (n - {SESSIONS} + {last}) / 36 + 60 END",
        },
    )


def _copy(row: models.Model, *, count: int, values: Mapping[str, str]) -> None:
    """So many copies of a row, numbered n from 0, with other values by column."""
    columns = [
        field.column
        for field in row._meta.local_concrete_fields
        if not field.generated and not field.primary_key
    ]
    table = row._meta.db_table
    chosen = ", ".join(values.get(name, f'one."{name}"') for name in columns)
    named = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (id, {named}) "  # noqa: S608, our own names
            f"SELECT {FROM_ID} + n, {chosen} FROM {table} one, "
            "generate_series(0, %s - 1) n WHERE one.id = %s",
            [count, row.pk],
        )
