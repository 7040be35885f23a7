"""The scores of the told stories: what was read before, between and at the end."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from clinic.rules import scales
from patients.models import PatientCondition
from sessions.demo import courses
from sessions.demo.courses import COURSES
from sessions.demo.histories import Scene, Told, moment
from sessions.models import Plan, Score
from sessions.plans.statuses import PlanStatus


def write(scene: Scene, stories: Iterable[Told]) -> None:
    """Every reading of the stories, the baselines and the goals."""
    rows: list[Score] = []
    told = list(stories)
    for one in told:
        own = _of(scene, one)
        rows += own
        condition, baseline = one.plan.condition, own[0]
        condition.baseline_scale = baseline.scale
        condition.baseline_value = baseline.value
        _set_goal(one, baseline.scale, baseline.value)
    Score.objects.bulk_create(rows)
    PatientCondition.objects.bulk_update(
        [one.plan.condition for one in told], ["baseline_scale", "baseline_value"]
    )
    Plan.objects.bulk_update([t.plan for t in told], ["goal_scale", "goal_value"])


def _of(scene: Scene, told: Told) -> list[Score]:
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
    return list(_readings(scene, told, told.plan.condition, readings, severities))


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
