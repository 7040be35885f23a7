"""Plans as pages show them: a row per session, the ruler, the drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from clinic.web.charts.planning import Closure, Occasion, PlannedMark, PlanPicture
from clinic.web.drawing.needles import Needle, NeedleState
from sessions.booking.models import Visit
from sessions.booking.statuses import MOVABLE, Status
from sessions.plans.models import Plan, PlannedSession
from sessions.plans.statuses import OPEN, PlanStatus

CLOSED = tuple(status.value for status in PlanStatus if status not in OPEN)
HERE = frozenset({Status.ARRIVED, Status.NUMBING, Status.IN_ROOM})
HEALING_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One session of a plan with its visit, if it has one; depth in mm or None."""

    number: int
    state: NeedleState
    visit: Visit | None
    depth_mm: Decimal | None
    gap_days: int | None

    @property
    def is_to_book(self) -> bool:
        """Whether nobody has booked it, or it was missed and not booked again."""
        return self.visit is None or self.visit.status == Status.MISSED

    @property
    def is_movable(self) -> bool:
        """Whether its visit may still be put elsewhere."""
        return self.visit is not None and Status(self.visit.status) in MOVABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A plan with its sessions."""

    plan: Plan
    rows: tuple[SessionRow, ...]
    others: tuple[Visit, ...]

    @property
    def needles(self) -> tuple[Needle, ...]:
        """The ruler; needles of one length where no depth may be seen."""
        return tuple(
            Needle(state=row.state, depth_mm=row.depth_mm) for row in self.rows
        )

    @property
    def done(self) -> int:
        """How many sessions are done."""
        return sum(row.state is NeedleState.DONE for row in self.rows)

    @property
    def words(self) -> str:
        """`Session 4 of 6` while one is ahead, else how many were done."""
        ahead = [r.number for r in self.rows if r.state is not NeedleState.DONE]
        if not ahead or PlanStatus(self.plan.status) not in OPEN:
            return _("%(done)d of %(all)d done") % {
                "done": self.done,
                "all": len(self.rows),
            }
        return _("Session %(number)d of %(all)d") % {
            "number": ahead[0],
            "all": len(self.rows),
        }

    @property
    def next_visit(self) -> Visit | None:
        """The next session that is booked."""
        ahead = (row.visit for row in self.rows if row.is_movable)
        return next(ahead, None)

    @property
    def unbooked(self) -> int:
        """Sessions that nobody has booked yet."""
        return sum(row.visit is None for row in self.rows)


def with_sessions(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Plans with all that a course reads: two more queries for any number."""
    visits = (
        Visit.objects.exclude(status="cancelled")
        .select_related("practitioner", "room", "session")
        .order_by("starts_at", "id")
    )
    planned = PlannedSession.objects.filter(is_dropped=False).order_by("number")
    return plans.select_related(
        "patient", "protocol", "condition", "practitioner", "site"
    ).prefetch_related(
        Prefetch("visits", queryset=visits),
        Prefetch("planned_sessions", queryset=planned),
    )


def listed(*, status: str) -> QuerySet[Plan]:
    """Plans of a state, the newest first; "open" are those not ended."""
    plans = Plan.objects.all()
    if status == "open":
        plans = plans.exclude(status__in=CLOSED)
    elif status:
        plans = plans.filter(status=status)
    return with_sessions(plans).order_by("-created_at", "-id")


def of_patient(*, patient_id: int) -> list[Plan]:
    """A patient's plans, open ones first."""
    plans = list(
        with_sessions(Plan.objects.filter(patient_id=patient_id)).order_by(
            "-created_at", "-id"
        )
    )
    return sorted(plans, key=lambda plan: PlanStatus(plan.status) not in OPEN)


def course_of(plan: Plan, *, clinical: bool) -> Course:
    """The sessions of a plan that came from `with_sessions`; reads nothing."""
    visits = list(plan.visits.all())
    by_session: dict[int, Visit] = {}
    for visit in visits:
        if visit.planned_session_id is not None:
            kept = by_session.get(visit.planned_session_id)
            if kept is None or kept.status == Status.MISSED:
                by_session[visit.planned_session_id] = visit
    rows: list[SessionRow] = []
    before: date | None = None
    for planned in plan.planned_sessions.all():
        found = by_session.get(planned.pk)
        rows.append(_row(planned, found, before, clinical=clinical))
        if found is not None and found.status != Status.MISSED:
            before = found.day
    others = [visit for visit in visits if visit.planned_session_id is None]
    return Course(plan=plan, rows=tuple(rows), others=tuple(others))


def _row(
    planned: PlannedSession, visit: Visit | None, before: date | None, *, clinical: bool
) -> SessionRow:
    return SessionRow(
        number=planned.number,
        state=state_of(visit),
        visit=visit,
        depth_mm=planned.planned_mm if clinical else None,
        gap_days=(visit.day - before).days if visit and before else None,
    )


def state_of(visit: Visit | None) -> NeedleState:
    """What the ruler shows of a session."""
    return NeedleState.PLANNED if visit is None else state_at(Status(visit.status))


def state_at(status: Status) -> NeedleState:
    """What the ruler shows of a session whose visit stands so."""
    if status is Status.DONE:
        return NeedleState.DONE
    if status is Status.MISSED:
        return NeedleState.MISSED
    return NeedleState.NOW if status in HERE else NeedleState.PLANNED


def picture_of(
    course: Course, *, today: date, closures: Sequence[Closure] = ()
) -> PlanPicture | None:
    """The drawing of a plan, None when nothing has a day yet."""
    marks = [
        PlannedMark(
            number=row.number,
            on=row.visit.day,
            depth_mm=row.depth_mm,
            is_selected=row.state is NeedleState.NOW,
        )
        for row in course.rows
        if row.visit is not None and row.visit.status != Status.MISSED
    ]
    if not marks:
        return None
    plan = course.plan
    ready = plan.ready_before
    return PlanPicture(
        sessions=tuple(sorted(marks, key=lambda mark: mark.on)),
        healing_days=HEALING_DAYS,
        today=today,
        closures=tuple(closures),
        occasion=Occasion(on=ready, words=plan.ready_label or _("Ready before"))
        if ready
        else None,
    )
