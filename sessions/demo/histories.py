"""Turns stories into rows: conditions, plans, visits, sessions, scores, events.

Everything is written in the order in which it would have happened, signed last,
so that the locks of the database hold for the demo as for anybody.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from clinic.models import User
from clinic.rules.book import RuleBook
from patients.models import Consent, ConsentText, Patient, PatientCondition
from sessions.demo.diary import Booking, Diary
from sessions.demo.house import House
from sessions.demo.stories import Kind, Story
from sessions.models import Plan, PlannedSession, Protocol, ProtocolZone
from sessions.plans.statuses import PlanStatus

AREA_OF_SCAR = ["CH"]
GOING_ON = (PlanStatus.RUNNING, PlanStatus.TO_BOOK, PlanStatus.PAUSED)
DRIFT_DAYS = 35  # visits slip where days are full
REVIEW_AFTER_DAYS = 84
LONGEST_AGO_DAYS = 365
USUAL_DAYS = 28  # sessions of one skin lie at least so far apart
LOOK_DAYS, LOOK_AFTER_EVERY = 10, 2


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
    talks: list[tuple[str, Booking]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A story with its days before anybody is chosen for it.

    `skin` are the areas it treats; from `first` to `last` they are its own.
    """

    story: Story
    protocol: Protocol
    zones: list[ProtocolZone]
    practitioner: User
    done: int
    first: date
    last: date

    @property
    def skin(self) -> frozenset[str]:
        """The areas that are needled."""
        return frozenset(zone.zone for zone in self.zones)

    def as_told(self, told: Told) -> "Outline":
        """The same with its last day as it came to be."""
        days = [booking.day for booking in (*told.done, *told.ahead)]
        return replace(self, last=max(days, default=self.last))

    def leaves(self, other: "Outline") -> bool:
        """Whether both can be told of one person: other skin, or another time."""
        apart = timedelta(days=USUAL_DAYS)
        return (
            not self.skin & other.skin
            or self.first > other.last + apart
            or other.first > self.last + apart
        )


def moment(day: date, hour: int = 9) -> datetime:
    """An instant on a day, for what has no visit of its own."""
    return datetime.combine(day, time(hour), tzinfo=UTC)


def outline(scene: Scene, story: Story, *, practitioner: User | None) -> Outline:
    """The days of a story; `practitioner` is who has it on today's sheet."""
    protocol = scene.protocols[story.kind.protocol]
    count = _sessions_done(scene, story)
    who = practitioner or _practitioner(scene, story)
    first = _first_day(scene, story, protocol, count)
    if practitioner is None:
        first = _working_day(scene, who, first)
    still = story.sessions if story.status in GOING_ON else count
    span = timedelta(days=protocol.gap_days * max(still, 1) + DRIFT_DAYS)
    return Outline(
        story=story,
        protocol=protocol,
        zones=_zones(protocol),
        practitioner=who,
        done=count,
        first=first,
        last=first + span,
    )


def tell(scene: Scene, plot: Outline, patient: Patient) -> Told:
    """Condition, consent, plan and times of one story."""
    story, first, practitioner = plot.story, plot.first, plot.practitioner
    consent = _consent(scene, patient, practitioner)
    condition = _condition(scene, story, patient, plot.zones, first)
    plan = _plan(
        scene, story, condition, plot.protocol, practitioner=practitioner, first=first
    )
    told = Told(
        story=story,
        plan=plan,
        planned=_planned(scene, story, plan, plot.zones),
        zones=plot.zones,
        practitioner=practitioner,
        consent=consent,
    )
    _take_times(scene, told, plot)
    _take_talks(scene, told)
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
    return scene.random.choices((mira, sana, tom), weights=(6, 3, 3))[0]


def _working_day(scene: Scene, who: User, day: date) -> date:
    """One of the practitioner's weekdays in the week before, each as likely."""
    posts = scene.house.posts[who.pk]
    weekday = scene.random.choice([day for post in posts for day in post.weekdays])
    return day - timedelta(days=(day.weekday() - weekday) % 7)


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


def _consent(scene: Scene, patient: Patient, by: User) -> Consent:
    """What the patient agreed to on joining the clinic, before any story."""
    known = Consent.objects.filter(patient=patient).first()
    if known is not None:
        return known
    return Consent.objects.create(
        patient=patient,
        text=scene.consent_text,
        kind=scene.consent_text.kind,
        way="paper",
        given_at=patient.created_at,
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


def _take_times(scene: Scene, told: Told, plot: Outline) -> None:
    """The sessions that were, none sooner than usual, and those ahead."""
    story, protocol = told.story, plot.protocol
    patient_id, gap = told.plan.patient_id, timedelta(days=protocol.gap_days)
    least = timedelta(days=min(protocol.gap_days, USUAL_DAYS))
    end = scene.today - (least if story.today else timedelta(days=1))
    day = first = plot.first
    for left in range(plot.done - 1, -1, -1):
        booking = scene.diary.book(
            told.practitioner,
            day,
            patient_id=patient_id,
            first=first,
            last=end - left * least,
        )
        told.done.append(booking)
        day, first = booking.day + gap, booking.day + least
    if story.status is not PlanStatus.RUNNING:
        return
    day = scene.today + gap if story.today else max(day, scene.today)
    for _ in range(story.sessions - plot.done - int(story.today)):
        booking = scene.diary.book(
            told.practitioner, day, patient_id=patient_id, first=day
        )
        told.ahead.append(booking)
        day = booking.day + gap


def _take_talks(scene: Scene, told: Told) -> None:
    """The consultation before the plan, a look after some sessions, the review."""
    days = [("consultation", told.plan.created_at.date())]
    looks = (b.day + timedelta(days=LOOK_DAYS) for b in told.done[::LOOK_AFTER_EVERY])
    days += [("review", day) for day in looks]
    for kind, day in days:
        told.talks.append((kind, _talk(scene, told, day)))
    if told.story.status in {PlanStatus.FINISHED, PlanStatus.REVIEW_DUE}:
        last = told.done[-1].day
        told.review = _talk(scene, told, last + timedelta(days=REVIEW_AFTER_DAYS))
        told.talks.append(("review", told.review))


def _talk(scene: Scene, told: Told, day: date) -> Booking:
    patient_id = told.plan.patient_id
    return scene.diary.talk(told.practitioner, day, patient_id=patient_id)


def is_roller(kind: Kind, book: RuleBook) -> bool:
    """Whether the kind of plan is treated with a roller."""
    return book.devices[kind.model].kind == "roller"
