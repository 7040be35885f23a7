"""Turns stories into rows: conditions, plans, visits, sessions, scores, events.

Everything is written in the order in which it would have happened, signed last,
so that the locks of the database hold for the demo as for anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from clinic.models import User
from clinic.rules import scales
from clinic.rules.book import RuleBook
from patients.models import Consent, ConsentText, Patient, PatientCondition
from sessions.demo import courses
from sessions.demo.courses import COURSES
from sessions.demo.diary import Booking, Diary
from sessions.demo.house import House
from sessions.demo.stories import Kind, Story
from sessions.models import Plan, PlannedSession, Protocol, ProtocolZone, Score
from sessions.plans.statuses import PlanStatus

AREA_OF_SCAR = ["CH"]
REVIEW_AFTER_DAYS = 84
LONGEST_AGO_DAYS = 500


@dataclass(slots=True, kw_only=True)
class Scene:
    """What every story needs at hand."""

    book: RuleBook
    house: House
    diary: Diary
    random: Random
    today: date
    now: datetime
    consent_text: ConsentText
    protocols: dict[str, Protocol]


@dataclass(slots=True, kw_only=True)
class Told:
    """A story as it stands in the database, before its visits."""

    story: Story
    plan: Plan
    planned: list[PlannedSession]
    zones: list[ProtocolZone]
    practitioner: User
    consent: Consent
    done: list[Booking] = field(default_factory=list)
    ahead: list[Booking] = field(default_factory=list)
    review: Booking | None = None


def moment(day: date, hour: int = 9) -> datetime:
    """An instant on a day, for what has no visit of its own."""
    return datetime.combine(day, time(hour), tzinfo=UTC)


def tell(scene: Scene, story: Story, patient: Patient) -> Told:
    """Condition, consent, plan and times of one story."""
    protocol = scene.protocols[story.kind.protocol]
    zones = _zones(protocol)
    practitioner = _practitioner(scene, story)
    count = _sessions_done(scene, story)
    first = _first_day(scene, story, protocol, count)
    consent = _consent(scene, patient, practitioner, first)
    condition = _condition(scene, story, patient, zones, first)
    plan = _plan(
        scene, story, condition, protocol, practitioner=practitioner, first=first
    )
    planned = _planned(scene, story, plan, zones)
    told = Told(
        story=story,
        plan=plan,
        planned=planned,
        zones=zones,
        practitioner=practitioner,
        consent=consent,
    )
    _take_times(scene, told, protocol, first, count)
    _scores(scene, told, condition)
    return told


def _zones(protocol: Protocol) -> list[ProtocolZone]:
    zones = list(protocol.zones.all())
    if zones:
        return zones
    return [
        ProtocolZone(
            zone=zone, low_mm=Decimal("1.00"), high_mm=Decimal("1.50"), passes=3
        )
        for zone in AREA_OF_SCAR
    ]


def _practitioner(scene: Scene, story: Story) -> User:
    mira, sana, tom = scene.house.practitioners
    if story.deep:
        return tom
    return scene.random.choices((mira, sana, tom), weights=(5, 4, 3))[0]


def _sessions_done(scene: Scene, story: Story) -> int:
    if story.status in {PlanStatus.DRAFT, PlanStatus.TO_BOOK}:
        return 0
    if story.status in {PlanStatus.FINISHED, PlanStatus.REVIEW_DUE}:
        return story.sessions
    return scene.random.randint(1, story.sessions - 1)


def _first_day(scene: Scene, story: Story, protocol: Protocol, count: int) -> date:
    gap = protocol.gap_days
    span = gap * max(count - 1, 0)
    ago = {
        PlanStatus.FINISHED: REVIEW_AFTER_DAYS
        + scene.random.randint(10, LONGEST_AGO_DAYS - span),
        PlanStatus.REVIEW_DUE: REVIEW_AFTER_DAYS + scene.random.randint(-20, 12),
        PlanStatus.STOPPED: scene.random.randint(60, 400),
        PlanStatus.PAUSED: scene.random.randint(40, 70),
    }.get(story.status, scene.random.randint(3, gap - 2))
    if story.today:
        ago = gap
    return scene.today - timedelta(days=ago + span)


def _consent(scene: Scene, patient: Patient, by: User, first: date) -> Consent:
    known = Consent.objects.filter(patient=patient).first()
    if known is not None:
        return known
    return Consent.objects.create(
        patient=patient,
        text=scene.consent_text,
        kind=scene.consent_text.kind,
        way="paper",
        given_at=moment(min(first, scene.today) - timedelta(days=7)),
        taken_by=by,
    )


def _condition(
    scene: Scene,
    story: Story,
    patient: Patient,
    zones: list[ProtocolZone],
    first: date,
) -> PatientCondition:
    done = story.status in {PlanStatus.FINISHED, PlanStatus.STOPPED}
    years = scene.random.randint(1, 12)
    return PatientCondition.objects.create(
        patient=patient,
        kind=story.kind.condition,
        subtype=story.kind.subtype,
        zones=[zone.zone for zone in zones],
        onset_on=date(first.year - years, 1, 1),
        onset_precision="year",
        status="active" if done else "in_treatment",
        recorded_at=moment(first - timedelta(days=14)),
        recorded_by=scene.house.practitioners[0],
    )


def _plan(
    scene: Scene,
    story: Story,
    condition: PatientCondition,
    protocol: Protocol,
    *,
    practitioner: User,
    first: date,
) -> Plan:
    ended = None
    if story.status is PlanStatus.FINISHED:
        span = protocol.gap_days * (story.sessions - 1)
        ended = first + timedelta(days=span + REVIEW_AFTER_DAYS)
    elif story.status is PlanStatus.STOPPED:
        ended = scene.today - timedelta(days=scene.random.randint(5, 50))
    return Plan.objects.create(
        patient=condition.patient,
        condition=condition,
        protocol=protocol,
        site=scene.house.posts[practitioner.pk][0].site,
        practitioner=practitioner,
        status=story.status,
        gap_days=protocol.gap_days,
        created_at=moment(first - timedelta(days=14)),
        created_by=scene.house.desk,
        ended_on=ended,
        stop_reason="Moved away" if story.status is PlanStatus.STOPPED else "",
        book_revision=scene.book.revision,
    )


def _planned(
    scene: Scene, story: Story, plan: Plan, zones: list[ProtocolZone]
) -> list[PlannedSession]:
    return PlannedSession.objects.bulk_create(
        PlannedSession(
            plan=plan,
            number=number,
            planned_mm=max(
                (
                    mm
                    for zone in zones
                    if (mm := depth(scene, story, zone, number)) is not None
                ),
                default=None,
            ),
        )
        for number in range(1, story.sessions + 1)
    )


def depth(
    scene: Scene, story: Story, zone: ProtocolZone, number: int
) -> Decimal | None:
    """The setting of a zone in the n-th session: lower third first, then deeper.

    On the device's own grid and never below its shallowest step. A roller has
    one needle length for all zones, the zone's range permitting.
    """
    if zone.low_mm is None or zone.high_mm is None:
        return None
    model = scene.book.devices[story.kind.model]
    if story.deep:
        return Decimal("1.00")
    if model.kind == "roller":
        return Decimal("1.50") if zone.high_mm >= Decimal("1.50") else Decimal("1.00")
    share = Decimal(min(number, 4) + 0) / 4
    wanted = zone.low_mm + (zone.high_mm - zone.low_mm) * share
    step = model.step.value if model.step else Decimal("0.25")
    return max(wanted // step * step, step if step >= Decimal("0.2") else step * 2)


def _take_times(
    scene: Scene, told: Told, protocol: Protocol, first: date, count: int
) -> None:
    day, patient_id = first, told.plan.patient_id
    for _ in range(count):
        booking = scene.diary.book(told.practitioner, day, patient_id=patient_id)
        told.done.append(booking)
        day = booking.day + timedelta(days=protocol.gap_days)
    last = told.done[-1].day if told.done else first
    if told.story.status in {PlanStatus.FINISHED, PlanStatus.REVIEW_DUE}:
        told.review = scene.diary.book(
            told.practitioner,
            last + timedelta(days=REVIEW_AFTER_DAYS),
            patient_id=patient_id,
        )
    if told.story.status is PlanStatus.RUNNING:
        start = scene.today if told.story.today else max(last, scene.today)
        day = start + timedelta(days=protocol.gap_days)
        if not told.story.today:
            day = max(last + timedelta(days=protocol.gap_days), scene.today)
            day += timedelta(days=int(day == scene.today))
        missing = told.story.sessions - count - int(told.story.today)
        for _ in range(missing):
            booking = scene.diary.book(told.practitioner, day, patient_id=patient_id)
            told.ahead.append(booking)
            day = booking.day + timedelta(days=protocol.gap_days)


def _scores(scene: Scene, told: Told, condition: PatientCondition) -> None:
    course = COURSES[told.story.kind.condition]
    if told.story.deep:
        course = _slower(course)
    days = [booking.day for booking in told.done]
    opening = told.plan.created_at.date()
    readings = [opening, *days[1:]]
    if told.review is not None and told.review.day <= scene.today:
        readings.append(told.review.day)
    if told.story.status in {PlanStatus.DRAFT, PlanStatus.TO_BOOK}:
        readings = [opening]
    severities = courses.severities(course, readings=len(readings), random=scene.random)
    rows = list(_readings(scene, told, condition, readings, severities))
    Score.objects.bulk_create(rows)
    baseline = rows[0]
    condition.baseline_scale, condition.baseline_value = baseline.scale, baseline.value
    condition.save(update_fields=["baseline_scale", "baseline_value"])
    _set_goal(told, course.scale, baseline.value)


def _slower(course: courses.Course) -> courses.Course:
    return courses.Course(
        scale=course.scale,
        start=course.start,
        start_sd=course.start_sd,
        kept=0.955,
        kept_sd=0.02,
        noise_sd=course.noise_sd,
    )


def _readings(
    scene: Scene,
    told: Told,
    condition: PatientCondition,
    days: list[date],
    severities: list[float],
) -> Iterator[Score]:
    scale = scales.get(COURSES[told.story.kind.condition].scale)
    own = scales.get("nrs-own")
    worst = max(severities[0], 0.1)
    for day, severity in zip(days, severities, strict=True):
        items = courses.items_for(scale, severity)
        yield _score(scene, told, condition, scale=scale, items=items, day=day)
        if scale.key != own.key:
            felt = 2 + 6.5 * (1 - severity / worst) + scene.random.gauss(0, 0.6)
            rating = {"rating": min(max(round(felt), 0), 10)}
            yield _score(scene, told, condition, scale=own, items=rating, day=day)


def _score(
    scene: Scene,
    told: Told,
    condition: PatientCondition,
    *,
    scale: scales.Scale,
    items: dict[str, int],
    day: date,
) -> Score:
    is_own = scale.key == "nrs-own"
    return Score(
        patient=told.plan.patient,
        condition=condition,
        plan=told.plan,
        scale=scale.key,
        variant=scale.variant,
        value=courses.value_of(scale, items),
        items=items,
        rater="patient" if is_own else "clinician",
        rated_on=day,
        rated_by=told.practitioner,
        recorded_at=moment(day),
    )


def _set_goal(told: Told, scale: str, start: Decimal) -> None:
    """A goal that a course can reach: 55 % of the start, or 8 of 10 by own rating."""
    goal = (
        Decimal(8)
        if scale == "nrs-own"
        else (start * Decimal("0.55")).quantize(Decimal("0.1"))
    )
    told.plan.goal_scale = scale
    told.plan.goal_value = goal.quantize(Decimal(1)) if scale == "gbq" else goal
    told.plan.save(update_fields=["goal_scale", "goal_value"])


def is_roller(kind: Kind, book: RuleBook) -> bool:
    """Whether the kind of plan is treated with a roller."""
    return book.devices[kind.model].kind == "roller"
