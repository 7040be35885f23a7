"""What the overview shows, read once and put into plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from clinic.rules import aftercare, scales
from clinic.rules.aftercare import Phase
from clinic.rules.book import RuleBook
from clinic.rules.scales import Scale
from clinic.web.templatetags.formats import mm, moment, moment_year
from patients.models import Patient, PatientCondition
from sessions.booking.models import KIND_WORDS, STATUS_WORDS, Visit
from sessions.booking.today import TREATED
from sessions.progress import course, queries
from sessions.progress.course import Shown
from sessions.progress.models import Score
from sessions.progress.queries import (
    Condition,
    Course,
    CoursePlan,
    Event,
    LastTreatment,
    Planned,
    Turn,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One visit of the plan card: its number, state and what is behind it.

    `number` is empty for a consultation or a review.
    """

    number: int | str
    state: str
    turn: Turn
    scores: str

    @property
    def day_words(self) -> str:
        """Its day and clock time; with the year when something is behind it."""
        starts_at = timezone.localtime(self.turn.starts_at)
        is_past = self.state in {"done", "missed"} or self.turn.depth_mm
        return moment_year(starts_at) if is_past else moment(starts_at)

    @property
    def words(self) -> str:
        """The deepest setting and who treated; else how it stands, or its kind."""
        if self.turn.kind != "session":
            return str(KIND_WORDS[self.turn.kind])
        if not self.turn.depth_mm:
            return str(STATUS_WORDS[self.turn.status])
        return f"{mm(self.turn.depth_mm)}, {self.turn.practitioner}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The whole page of one patient, for who may read the chart."""

    plans: Sequence[CoursePlan]
    plan: CoursePlan | None
    condition: Condition | None
    condition_name: str
    course: Course | None
    scales: Sequence[Scale]
    offered: Sequence[Scale]
    shown: Shown | None
    steps: Sequence[Step]
    last: LastTreatment | None
    last_condition: str
    healing: Sequence[Phase]
    events: Sequence[Event]
    event_names: dict[str, str]
    without_calm: Sequence[Turn]

    @property
    def choices(self) -> Sequence[tuple[CoursePlan, bool]]:
        """The plans to choose from, and whether each is the one shown."""
        return [(one, one is self.plan) for one in self.plans]

    @property
    def milestones(self) -> list[tuple[int | str, str, str, str, str]]:
        """The steps in words: number, state, day, what was done, what came out."""
        return [
            (one.number, one.state, one.day_words, one.words, one.scores)
            for one in self.steps
        ]

    @property
    def unbooked(self) -> Sequence[Planned]:
        """What the plan still means to do and no visit stands for yet."""
        if self.course is None or self.course.plan.status in course.ENDED:
            return ()
        booked = {step.number for step in self.steps if step.state != "missed"}
        return [one for one in self.course.planned if one.number not in booked]

    @property
    def to_treat(self) -> Step | None:
        """The session to go on with: one not signed yet, else the one of today."""
        unsigned = [
            one for one in self.steps if one.turn.session_id and not one.turn.is_signed
        ]
        here = [
            one
            for one in self.steps
            if one.state == "now"
            and one.turn.kind == "session"
            and one.turn.status in TREATED
        ]
        return next(iter((*unsigned, *here)), None)


def read(
    patient: Patient, *, plan: str, scale: str, book: RuleBook, today: date
) -> Overview:
    """The overview of a patient: the plan and scale of the address, or the first."""
    plans = queries.plans_of(patient)
    chosen = queries.chosen(plans, plan)
    found = queries.course_of(chosen) if chosen else None
    condition = chosen.condition if chosen else queries.first_condition(patient)
    offered = scales.for_condition(condition.kind, book=book) if condition else ()
    read_scales = queries.scales_read(found.readings, book=book) if found else []
    shown = None
    if found is not None and (picked := _scale(found, read_scales, offered, scale)):
        shown = course.show(found, scale=picked, book=book, today=today)
    last = queries.last_treatment(patient)
    since = last.performed_on if last else today - timedelta(days=90)
    return Overview(
        plans=plans,
        plan=chosen,
        condition=condition,
        condition_name=book.conditions[condition.kind].name if condition else "",
        course=found,
        scales=read_scales,
        offered=offered,
        shown=shown,
        steps=_steps(found, shown, today=today) if found else (),
        last=last,
        last_condition=_condition_of(last, plans, book=book) if last else "",
        healing=aftercare.healing(book, on=last.performed_on, today=today)
        if last
        else (),
        events=queries.events_since(patient, since),
        event_names={key: event.name for key, event in book.events.items()},
        without_calm=course.without_calm(found, today=today) if found else (),
    )


def _condition_of(
    last: LastTreatment, plans: Sequence[CoursePlan], *, book: RuleBook
) -> str:
    """What the last treatment was for: not always the plan that is shown."""
    kinds = {one.pk: one.condition_kind for one in plans}
    kind = kinds.get(last.plan_id or 0, "")
    return book.conditions[kind].name if kind in book.conditions else kind


def _scale(
    found: Course, read_scales: Sequence[Scale], offered: Sequence[Scale], wanted: str
) -> Scale | None:
    """The wanted scale, else the goal's, else the most read, else the first offered."""
    known = {scale.key: scale for scale in (*read_scales, *offered)}
    return (
        known.get(wanted)
        or known.get(found.plan.goal_scale)
        or next(iter((*read_scales, *offered)), None)
    )


def _steps(found: Course, shown: Shown | None, *, today: date) -> tuple[Step, ...]:
    scores = _scores_by_day(found, shown) if shown else {}
    return tuple(
        Step(
            number="" if turn.number is None else turn.number,
            state=_state(turn, today),
            turn=turn,
            scores=scores.get(turn.day, ""),
        )
        for turn in found.turns
    )


def _state(turn: Turn, today: date) -> str:
    if turn.status in {"done", "missed"}:
        return turn.status
    return "now" if turn.day == today else "next"


def _scores_by_day(found: Course, shown: Shown) -> dict[date, str]:
    """The last reading of each day with a visit, on the scale shown, in words."""
    scale, days = shown.scale, {turn.day for turn in found.turns}
    last = {one.rated_on: one.value for one in queries.on_axis(found.readings, scale)}
    return {
        day: f"{scale.short} {scale.show(value)}"
        for day, value in last.items()
        if day in days
    }


def for_desk(patient: Patient) -> list[tuple[CoursePlan, list[Visit]]]:
    """Plans with their dates and states: no depth, score, band or note."""
    return [(plan, list(queries.visits_of(plan))) for plan in queries.plans_of(patient)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One reading in words."""

    score: Score
    scale: str
    value: str
    items: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """All readings of one condition."""

    condition: PatientCondition
    name: str
    standing: Sequence[Read]
    withdrawn: Sequence[Read]
    offered: Sequence[Scale]


def readings(patient: Patient, *, book: RuleBook) -> list[Readings]:
    """Every reading of a patient by condition, the latest first."""
    conditions = PatientCondition.objects.filter(patient=patient).order_by("id")
    return [
        Readings(
            condition=condition,
            name=book.conditions[condition.kind].name,
            standing=[
                _read(one, book)
                for one in queries.readings_of(condition)
                .select_related("rated_by")
                .reverse()
            ],
            withdrawn=[_read(one, book) for one in queries.withdrawn_of(condition)],
            offered=scales.for_condition(condition.kind, book=book),
        )
        for condition in conditions
    ]


def _read(score: Score, book: RuleBook) -> Read:
    scale = scales.get(score.scale, book=book)
    labels = {item.key: item for item in scale.items}
    parts = [
        f"{labels[key].label} {value}"
        for key, value in score.items.items()
        if key in labels and len(score.items) > 1
    ]
    return Read(
        score=score,
        scale=f"{scale.short}, {scale.variant}",
        value=scale.show(score.value),
        items="; ".join(parts),
    )
