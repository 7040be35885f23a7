"""A patient's course: plans, readings, sessions, and how they hang together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from clinic.rules import scales
from clinic.rules.book import RuleBook
from clinic.rules.scales import Scale
from clinic.web import refs
from patients.models import Patient, PatientCondition
from sessions.booking.models import Visit
from sessions.charting.models import TreatmentSession
from sessions.plans.models import DEVICE_KINDS, PLAN_WORDS, Plan
from sessions.progress.models import Score

OWN = "nrs-own"
KIND_WORDS = dict(DEVICE_KINDS)


class Reading(NamedTuple):
    """One reading of a course: which scale and variant, what came out, and when."""

    scale: str
    variant: str
    value: Decimal
    rated_on: date


class Condition(NamedTuple):
    """What is treated: the key of the patient's condition, and which it is."""

    pk: int
    kind: str


class CoursePlan(NamedTuple):
    """One plan of a patient: what its card and the course say of it."""

    pk: int
    status: str
    gap_days: int
    goal_scale: str
    goal_value: Decimal | None
    ready_before: date | None
    protocol: str
    condition_id: int
    condition_kind: str

    @property
    def reference(self) -> str:
        """The plan for addresses and paper."""
        return refs.number(Plan.PREFIX, self.pk, width=4)

    @property
    def status_words(self) -> str:
        """How the plan stands, in words."""
        return str(PLAN_WORDS[self.status])

    @property
    def words(self) -> str:
        """The plan among others: "Face lines, running"."""
        return f"{self.protocol}, {self.status_words.lower()}"

    @property
    def condition(self) -> Condition:
        """What the plan treats."""
        return Condition(self.condition_id, self.condition_kind)


PLANS = """
SELECT plan.id, plan.status, plan.gap_days, plan.goal_scale, plan.goal_value,
       plan.ready_before, protocol.name, condition.id, condition.kind
  FROM treatments_plan plan
  JOIN treatments_protocol protocol ON protocol.id = plan.protocol_id
  JOIN patients_patientcondition condition ON condition.id = plan.condition_id
 WHERE plan.patient_id = %s
 ORDER BY plan.status IN ('finished', 'stopped'), plan.created_at DESC, plan.id DESC
"""


class Planned(NamedTuple):
    """One session that the plan means to do, and how deep."""

    number: int
    planned_mm: Decimal | None


PLANNED = """
SELECT number, planned_mm FROM treatments_plannedsession
 WHERE plan_id = %s AND NOT is_dropped ORDER BY number
"""
READINGS = """
SELECT scale, variant, value, rated_on FROM treatments_score
 WHERE condition_id = %s AND withdrawn_at IS NULL ORDER BY rated_on, id
"""


class Turn(NamedTuple):
    """One visit of a plan: what was planned for it, and the session done at it.

    `depth_mm` is the deepest setting; of a session that goes on, the deepest so far.
    `calm_on_day` counts from the session.
    """

    visit_id: int
    kind: str
    status: str
    starts_at: datetime
    day: date
    number: int | None
    planned_mm: Decimal | None
    practitioner: str
    session_id: int | None
    performed_on: date | None
    is_signed: bool
    depth_mm: Decimal | None
    calm_on_day: int | None

    @property
    def visit_reference(self) -> str:
        """The visit for addresses."""
        return refs.scrambled(Visit.PREFIX, self.visit_id)

    @property
    def session_reference(self) -> str:
        """The session for addresses, empty while there is none."""
        key = self.session_id
        return refs.number(TreatmentSession.PREFIX, key, width=4) if key else ""


# Five tables for a name or a number each: as rows of models they took longer to build
# than the page to draw.
TURNS = """
SELECT visit.id, visit.kind, visit.status, visit.starts_at, visit.day, planned.number,
       planned.planned_mm, practitioner.full_name, session.id, session.performed_on,
       session.signed_at IS NOT NULL,
       COALESCE(session.deepest_mm, (
           SELECT max(COALESCE(zone.depth_setting_mm, zone.needle_length_mm))
             FROM treatments_zonetreatment zone
            WHERE zone.session_id = session.id AND NOT zone.is_left_out)),
       recovery.calm_on_day
  FROM treatments_visit visit
  JOIN clinic_user practitioner ON practitioner.id = visit.practitioner_id
  LEFT JOIN treatments_plannedsession planned ON planned.id = visit.planned_session_id
  LEFT JOIN treatments_treatmentsession session ON session.visit_id = visit.id
  LEFT JOIN treatments_recovery recovery ON recovery.session_id = session.id
 WHERE visit.plan_id = %s AND visit.status <> 'cancelled'
 ORDER BY visit.starts_at, visit.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Everything the overview shows of one plan, as rows."""

    plan: CoursePlan
    planned: Sequence[Planned]
    turns: Sequence[Turn]
    readings: Sequence[Reading]


def plans_of(patient: Patient) -> list[CoursePlan]:
    """All plans of a patient, the open ones first, then the latest."""
    return [CoursePlan._make(row) for row in _rows(PLANS, patient.pk)]


def _rows(statement: str, *keys: int | date) -> list[tuple[Any, ...]]:
    """All rows of a statement; as models they took longer to build than to show."""
    with connection.cursor() as cursor:
        cursor.execute(statement, keys)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def first_condition(patient: Patient) -> Condition | None:
    """The first condition that is not resolved, for a patient without a plan."""
    conditions = PatientCondition.objects.filter(patient=patient)
    open_ones = conditions.exclude(status="resolved").order_by("id")
    found = open_ones.values_list("pk", "kind").first()
    return Condition._make(found) if found else None


def open_plan_of(condition: PatientCondition) -> Plan | None:
    """The plan a new reading of a condition belongs to: the one not yet ended."""
    plans = Plan.objects.filter(condition=condition).exclude(
        status__in=("finished", "stopped")
    )
    return plans.order_by("-created_at", "-id").first()


def chosen(plans: Sequence[CoursePlan], reference: str) -> CoursePlan | None:
    """The plan of a reference, else the first, else none."""
    named = (plan for plan in plans if plan.reference == reference)
    return next(named, plans[0] if plans else None)


def course_of(plan: CoursePlan) -> Course:
    """The rows of one plan; three queries, however many sessions there are."""
    return Course(
        plan=plan,
        planned=[Planned._make(row) for row in _rows(PLANNED, plan.pk)],
        turns=turns_of(plan),
        readings=[Reading._make(row) for row in _rows(READINGS, plan.condition_id)],
    )


def visits_of(plan: CoursePlan) -> QuerySet[Visit]:
    """The visits of a plan but the cancelled ones, in order of time."""
    return (
        Visit.objects.filter(plan_id=plan.pk)
        .exclude(status="cancelled")
        .select_related("planned_session", "practitioner")
        .only(
            *("kind", "status", "starts_at", "day", "planned_session__number"),
            *("planned_session__planned_mm", "practitioner__full_name"),
        )
        .order_by("starts_at", "id")
    )


def turns_of(plan: CoursePlan | Plan) -> list[Turn]:
    """The visits of a plan but the cancelled ones, with their sessions, in order."""
    return [Turn._make(row) for row in _rows(TURNS, plan.pk)]


def readings_of(condition: PatientCondition) -> QuerySet[Score]:
    """The readings of a condition that stand, in order of time."""
    rows = Score.objects.filter(condition=condition, withdrawn_at__isnull=True)
    return rows.order_by("rated_on", "id")


def withdrawn_of(condition: PatientCondition) -> QuerySet[Score]:
    """The readings of a condition that were withdrawn, the latest first."""
    return (
        Score.objects.filter(condition=condition, withdrawn_at__isnull=False)
        .select_related("rated_by", "withdrawn_by")
        .order_by("-rated_on", "-id")
    )


def scales_read(readings: Sequence[Reading], *, book: RuleBook) -> list[Scale]:
    """The scales with a reading, most readings first, patients' own last.

    Readings of another variant than the book's stand on no axis here.
    """
    counts: dict[str, int] = {}
    for reading in readings:
        counts[reading.scale] = counts.get(reading.scale, 0) + 1
    known = [scale for scale in scales.all_scales(book=book) if scale.key in counts]
    return sorted(known, key=lambda scale: (scale.key == OWN, -counts[scale.key]))


def on_axis(readings: Sequence[Reading], scale: Scale) -> list[Reading]:
    """The readings of one variant of one scale; variants never mix."""
    return [
        reading
        for reading in readings
        if (reading.scale, reading.variant) == (scale.key, scale.variant)
    ]


class TreatedZone(NamedTuple):
    """One zone that was treated: its setting or needle length, and the passes."""

    zone: str
    mm: Decimal | None
    passes: int | None


# One table and its values in place: joined, the database looks longer for an order
# than it takes to read one row.
LAST = """
SELECT session.id, session.plan_id, session.performed_on, session.device_kind, (
           SELECT name FROM clinic_device WHERE id = session.device_id), (
           SELECT calm_on_day FROM treatments_recovery WHERE session_id = session.id),
       ARRAY(
           SELECT lot.number || ' / ' || unit.serial
             FROM treatments_sessionunit used JOIN clinic_unit unit ON unit.id = unit_id
             JOIN clinic_lot lot ON lot.id = unit.lot_id
            WHERE used.session_id = session.id ORDER BY used.id)
  FROM treatments_treatmentsession session
 WHERE session.patient_id = %s AND session.signed_at IS NOT NULL
 ORDER BY session.performed_on DESC, session.id DESC LIMIT 1
"""
TREATED = """
SELECT zone, COALESCE(depth_setting_mm, needle_length_mm), passes
  FROM treatments_zonetreatment WHERE session_id = %s AND NOT is_left_out ORDER BY id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTreatment:
    """The last signed session of a patient, zone by zone.

    `device` is the handpiece's name, for a roller the kind in words.
    """

    session_id: int
    plan_id: int | None
    performed_on: date
    device: str
    calm_on_day: int | None
    lots: Sequence[str]
    zones: Sequence[TreatedZone]

    @property
    def reference(self) -> str:
        """The session for addresses."""
        return refs.number(TreatmentSession.PREFIX, self.session_id, width=4)

    @property
    def depths(self) -> dict[str, Decimal]:
        """Depth or needle length by zone code, of what was treated."""
        return {zone.zone: zone.mm for zone in self.zones if zone.mm is not None}

    @property
    def deepest(self) -> Decimal | None:
        """The deepest setting or the needle length."""
        return max(self.depths.values(), default=None)


def last_treatment(patient: Patient) -> LastTreatment | None:
    """The last signed session with its zones and lots; two queries."""
    rows = _rows(LAST, patient.pk)
    if not rows:
        return None
    key, plan_id, performed_on, kind, device, calm_on_day, lots = rows[0]
    return LastTreatment(
        session_id=key,
        plan_id=plan_id,
        performed_on=performed_on,
        device=device or str(KIND_WORDS[kind]),
        calm_on_day=calm_on_day,
        lots=lots,
        zones=[TreatedZone._make(zone) for zone in _rows(TREATED, key)],
    )


class Event(NamedTuple):
    """One adverse event, as the overview tells it."""

    kind: str
    onset_on: date
    grade: int
    closed_on: date | None


EVENTS = """
SELECT kind, onset_on, grade, closed_on FROM treatments_adverseevent
 WHERE patient_id = %s AND (onset_on >= %s OR closed_on IS NULL)
 ORDER BY onset_on DESC, id DESC
"""


def events_since(patient: Patient, day: date) -> list[Event]:
    """Adverse events that began on a day or later, or are still open."""
    return [Event._make(row) for row in _rows(EVENTS, patient.pk, day)]
