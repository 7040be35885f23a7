"""Adverse events: counted always, however few (DESIGN 6).

A reaction is expected for the days that the book gives its kind, counted from the
session; what lasts longer is an event (CLINICAL 6). That is judged here, on the day
the report is read: who wrote "redness" on day 2 need not come back on day 8.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from clinic.rulebook.queries import effective_book
from clinic.rules import events as events_rules
from sessions.reports import wilson
from sessions.reports.filters import Filters
from sessions.reports.queries.run import rows

SESSIONS = """
WITH done AS (
    SELECT session.id, session.performed_on, session.plan_id
      FROM treatments_treatmentsession session
      LEFT JOIN patients_patientcondition condition
             ON condition.id = session.condition_id
     WHERE session.signed_at IS NOT NULL
       AND session.performed_on BETWEEN %(first)s AND %(last)s
       AND (%(site)s::bigint IS NULL OR session.site_id = %(site)s)
       AND (%(practitioner)s::bigint IS NULL
            OR session.practitioner_id = %(practitioner)s)
       AND (%(condition)s::text IS NULL OR condition.kind = %(condition)s)
), limits AS (
    SELECT * FROM unnest(%(expected_kinds)s::text[], %(expected_days)s::int[])
        AS limits (kind, days)
), counted AS (
    SELECT event.*
      FROM done
      JOIN treatments_adverseevent event ON event.session_id = done.id
      LEFT JOIN limits ON limits.kind = event.kind
     WHERE limits.kind IS NULL
        OR greatest(coalesce(event.closed_on, %(today)s::date), event.onset_on)
           - done.performed_on > limits.days
)
"""
COUNTS = (
    SESSIONS
    + """
SELECT date_trunc('month', done.performed_on)::date AS month,
       count(DISTINCT done.id) AS sessions,
       count(DISTINCT done.id) FILTER (WHERE event.id IS NOT NULL) AS hit
  FROM done LEFT JOIN counted event ON event.session_id = done.id
 GROUP BY 1 ORDER BY 1
"""
)
KINDS = (
    SESSIONS
    + """
SELECT event.kind, count(*) AS events,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY event.closed_on - event.onset_on)
           AS days
  FROM counted event
 GROUP BY event.kind ORDER BY count(*) DESC, event.kind
"""
)
EVENTS = (
    SESSIONS
    + """
SELECT event.id AS event_id, event.patient_id, done.plan_id, event.kind, event.grade,
       event.onset_on, event.closed_on
  FROM done JOIN counted event ON event.session_id = done.id
 ORDER BY event.onset_on DESC, event.id
"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Sessions with an event, of all sessions."""

    hit: int
    sessions: int
    month: date | None = None

    @property
    def interval(self) -> wilson.Interval | None:
        """The share with its 95 % interval, None without sessions."""
        return wilson.interval(self.hit, self.sessions)

    @property
    def per_hundred(self) -> Decimal | None:
        """Sessions with an event per 100 sessions."""
        return Decimal(100 * self.hit) / self.sessions if self.sessions else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of event in the period."""

    kind: str
    events: int
    median_days: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event behind a figure."""

    event_id: int
    patient_id: int
    plan_id: int | None
    kind: str
    grade: int
    onset_on: date
    closed_on: date | None


def _arguments(filters: Filters) -> dict[str, Any]:
    """The filters, and for how long each kind is expected."""
    expected = events_rules.expected_days(effective_book().book)
    return {
        **filters.arguments(),
        "expected_kinds": list(expected),
        "expected_days": list(expected.values()),
    }


def rate(filters: Filters) -> tuple[Rate, tuple[Rate, ...]]:
    """The rate of the period, and month by month."""
    months = tuple(
        Rate(hit=row["hit"], sessions=row["sessions"], month=row["month"])
        for row in rows(COUNTS, _arguments(filters))
    )
    whole = Rate(
        hit=sum(one.hit for one in months), sessions=sum(one.sessions for one in months)
    )
    return whole, months


def kinds(filters: Filters) -> tuple[Kind, ...]:
    """Every kind of event, the commonest first, with days to settle."""
    return tuple(
        Kind(
            kind=row["kind"],
            events=row["events"],
            median_days=None if row["days"] is None else Decimal(str(row["days"])),
        )
        for row in rows(KINDS, _arguments(filters))
    )


def events(filters: Filters) -> tuple[Event, ...]:
    """Every event of the period, the latest first."""
    return tuple(Event(**row) for row in rows(EVENTS, _arguments(filters)))
