"""Whether a session may still be booked: its plan goes on and the session is in it."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from clinic.rules import gates
from clinic.rules.findings import Finding, Verdict
from clinic.rules.gates import Step
from sessions.booking import earlier
from sessions.booking.checks import Judgement, RefusedError, Wanted
from sessions.plans.models import Plan, PlannedSession
from sessions.plans.statuses import OPEN, PlanStatus

PLAN_CLOSED = "plan-closed"


def why_not(planned: PlannedSession | None, plan: Plan | None) -> str:
    """Why this session of this plan is booked no more, empty when it may be."""
    if planned is None or plan is None:
        return ""
    if PlanStatus(plan.status) not in OPEN:
        return _("The plan is %(status)s: nothing more of it is booked.") % {
            "status": plan.get_status_display().lower()
        }
    if planned.is_dropped:
        return _("Session %(number)d is no longer part of the plan.") % {
            "number": planned.number
        }
    return ""


def locked(keys: Iterable[int | None]) -> list[PlannedSession]:
    """The planned sessions of these keys; their plans stay locked.

    Whoever stops such a plan comes before or after. Call after the other locks.
    """
    wanted = [key for key in keys if key is not None]
    if not wanted:
        return []
    rows = earlier.planned_sessions().filter(pk__in=wanted)
    rows = rows.select_for_update(of=("plan",), no_key=True)
    return list(rows.order_by("plan_id", "number"))


def refuse_closed(
    planned: Iterable[PlannedSession],
    wanted: Mapping[int | None, Wanted],
    *,
    step: Step,
) -> None:
    """Raise RefusedError when a plan is over or has dropped the session.

    `planned` are `locked`, `wanted` the visits by key of their planned session.
    """
    closed = [(wanted[row.pk], why_not(row, row.plan)) for row in planned]
    judged = [_refused(one, sentence, step) for one, sentence in closed if sentence]
    if judged:
        raise RefusedError(judged)


def _refused(wanted: Wanted, sentence: str, step: Step) -> Judgement:
    finding = Finding(
        code=PLAN_CLOSED,
        verdict=Verdict.BLOCK,
        title=_("The plan is over"),
        sentence=sentence,
        absolute=True,
    )
    return Judgement(wanted=wanted, gate=gates.gate(findings=[finding], step=step))
