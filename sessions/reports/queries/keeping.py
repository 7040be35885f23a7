"""Who finishes, who stays from session to session, and who does not come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sessions.reports.filters import Filters
from sessions.reports.queries.run import rows

PART = """
   AND (%(site)s::bigint IS NULL OR {table}.site_id = %(site)s)
   AND (%(practitioner)s::bigint IS NULL
        OR {table}.practitioner_id = %(practitioner)s)
"""
CONDITION = """
   AND (%(condition)s::text IS NULL OR EXISTS (
        SELECT 1 FROM patients_patientcondition condition
         WHERE condition.id = plan.condition_id AND condition.kind = %(condition)s))
"""
# A visit is about a condition through its plan; a consultation may have none yet.
CONDITION_OF_VISIT = """
   AND (%(condition)s::text IS NULL OR EXISTS (
        SELECT 1 FROM treatments_plan plan JOIN patients_patientcondition condition
            ON condition.id = plan.condition_id
         WHERE plan.id = visit.plan_id AND condition.kind = %(condition)s))
"""
ENDED = (
    """
SELECT count(*) FILTER (WHERE status = 'finished') AS finished,
       count(*) FILTER (WHERE status = 'stopped') AS stopped,
       date_trunc('month', ended_on)::date AS month, GROUPING(
           date_trunc('month', ended_on)::date) AS whole
  FROM treatments_plan plan
 WHERE ended_on BETWEEN %(first)s AND %(last)s
"""
    + PART.format(table="plan")
    + CONDITION
    + " GROUP BY GROUPING SETS ((), (date_trunc('month', ended_on)::date))"
    " ORDER BY month NULLS FIRST"
)
ENDED_ONES = (
    """
SELECT plan.id FROM treatments_plan plan
 WHERE ended_on BETWEEN %(first)s AND %(last)s AND status = ANY(%(statuses)s)
"""
    + PART.format(table="plan")
    + CONDITION
    + " ORDER BY ended_on DESC, id"
)
# Who could come to a session: planned for it, there until the one before, and either
# come or past coming. A plan that still runs has not yet stayed away.
COULD_COME = """planned >= {number} AND done >= {number} - 1
   AND (done >= {number} OR status IN ('finished', 'stopped', 'review_due'))"""
COURSE = (
    """
WITH begun AS (
    SELECT plan_id, count(*) AS done FROM treatments_treatmentsession
     WHERE signed_at IS NOT NULL GROUP BY plan_id
    HAVING min(performed_on) BETWEEN %(first)s AND %(last)s
),
course AS MATERIALIZED (
    SELECT plan.id, plan.status, begun.done,
           (SELECT count(*) FROM treatments_plannedsession planned
             WHERE planned.plan_id = plan.id AND NOT planned.is_dropped) AS planned
      FROM treatments_plan plan JOIN begun ON begun.plan_id = plan.id
     WHERE true
"""
    + PART.format(table="plan")
    + CONDITION
    + ")"
)
STAYING = (
    COURSE
    + """
SELECT number, count(*) FILTER (WHERE done >= number) AS reached,
       count(*) AS at_risk
  FROM course, generate_series(2, 24) AS number
 WHERE """
    + COULD_COME.format(number="number")
    + " GROUP BY number ORDER BY number"
)
STAYING_ONES = (
    COURSE
    + "SELECT id, done, done >= %(number)s AS has_come FROM course WHERE "
    + COULD_COME.format(number="%(number)s")
    + " ORDER BY has_come, id"
)
MISSED = (
    """
SELECT extract(isodow FROM starts_at AT TIME ZONE site.time_zone)::int AS weekday,
       (extract(hour FROM starts_at AT TIME ZONE site.time_zone)::int / 2) * 2 AS hour,
       date_trunc('month', day)::date AS month,
       GROUPING(date_trunc('month', day)::date) AS by_hour,
       count(*) FILTER (WHERE visit.status = 'missed') AS missed, count(*) AS visits
  FROM treatments_visit visit JOIN clinic_site site ON site.id = visit.site_id
 WHERE day BETWEEN %(first)s AND %(last)s AND visit.status IN ('done', 'missed')
"""
    + PART.format(table="visit")
    + CONDITION_OF_VISIT
    + """
 GROUP BY GROUPING SETS ((1, 2), (date_trunc('month', day)::date))
 ORDER BY month NULLS FIRST, 2, 1
"""
)
# Of a period that is only compared with, nobody asks for its hours and months.
MISSED_WHOLE = (
    """
SELECT count(*) FILTER (WHERE visit.status = 'missed') AS missed, count(*) AS visits
  FROM treatments_visit visit
 WHERE day BETWEEN %(first)s AND %(last)s AND visit.status IN ('done', 'missed')
"""
    + PART.format(table="visit")
    + CONDITION_OF_VISIT
)
MISSED_ONES = (
    """
SELECT visit.id
  FROM treatments_visit visit JOIN clinic_site site ON site.id = visit.site_id
 WHERE day BETWEEN %(first)s AND %(last)s AND visit.status = 'missed'
   AND (%(weekday)s::int IS NULL
        OR extract(isodow FROM starts_at AT TIME ZONE site.time_zone) = %(weekday)s)
   AND (%(hour)s::int IS NULL
        OR extract(hour FROM starts_at AT TIME ZONE site.time_zone)::int / 2 * 2
           = %(hour)s)
"""
    + PART.format(table="visit")
    + CONDITION_OF_VISIT
    + " ORDER BY visit.starts_at DESC, visit.id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Plans that came to an end."""

    finished: int
    stopped: int
    month: date | None = None

    @property
    def share(self) -> Decimal | None:
        """Percent of the ended plans that were finished."""
        whole = self.finished + self.stopped
        return Decimal(100 * self.finished) / whole if whole else None


def ended(filters: Filters) -> tuple[Ended, tuple[Ended, ...]]:
    """All plans that ended in the period, and month by month."""
    found = [
        Ended(finished=row["finished"], stopped=row["stopped"], month=row["month"])
        for row in rows(ENDED, filters.arguments())
    ]
    months = tuple(one for one in found if one.month is not None)
    whole = next((one for one in found if one.month is None), None)
    return whole or Ended(finished=0, stopped=0), months


def ended_plans(filters: Filters, *, statuses: Sequence[str]) -> list[int]:
    """The keys of the plans that ended in the period like that, the latest first."""
    found = rows(ENDED_ONES, {**filters.arguments(), "statuses": list(statuses)})
    return [row["id"] for row in found]


def staying(filters: Filters) -> tuple[Decimal, ...]:
    """Percent of begun plans that reach session 1, 2, 3 ... (Kaplan and Meier).

    Plans that run count as long as they were seen; each step is the share of
    those who could come and did.
    """
    share, shares = Decimal(100), [Decimal(100)]
    for row in rows(STAYING, filters.arguments()):
        share = share * row["reached"] / row["at_risk"]
        shares.append(share)
    return tuple(shares) if len(shares) > 1 else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A plan that could come to a session: whether it did, and how many it has had."""

    plan_id: int
    sessions: int
    has_come: bool


def stays(filters: Filters, *, number: int) -> tuple[Stay, ...]:
    """The plans behind one step of `staying`; those who stayed away come first."""
    found = rows(STAYING_ONES, {**filters.arguments(), "number": number})
    return tuple(
        Stay(plan_id=row["id"], sessions=row["done"], has_come=row["has_come"])
        for row in found
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Visits that came due, and how many nobody came to."""

    missed: int
    visits: int
    weekday: int | None = None
    hour: int | None = None
    month: date | None = None

    @property
    def share(self) -> Decimal | None:
        """Percent missed."""
        return Decimal(100 * self.missed) / self.visits if self.visits else None


def missed(filters: Filters) -> tuple[Missed, tuple[Missed, ...], tuple[Missed, ...]]:
    """All due visits of the period, by weekday and two hours, and by month."""
    found = rows(MISSED, filters.arguments())
    slots = tuple(_missed(row) for row in found if row["by_hour"])
    months = tuple(_missed(row) for row in found if not row["by_hour"])
    whole = Missed(
        missed=sum(one.missed for one in months),
        visits=sum(one.visits for one in months),
    )
    return whole, slots, months


def missed_whole(filters: Filters) -> Missed:
    """All due visits of the period together."""
    [row] = rows(MISSED_WHOLE, filters.arguments())
    return Missed(**row)


def missed_visits(
    filters: Filters, *, weekday: int | None = None, hour: int | None = None
) -> list[int]:
    """The keys of the missed visits, the latest first; of a weekday and two hours."""
    slot = {"weekday": weekday, "hour": hour}
    return [row["id"] for row in rows(MISSED_ONES, {**filters.arguments(), **slot})]


def _missed(row: dict[str, Any]) -> Missed:
    return Missed(
        missed=row["missed"],
        visits=row["visits"],
        weekday=row["weekday"],
        hour=row["hour"],
        month=row["month"],
    )
