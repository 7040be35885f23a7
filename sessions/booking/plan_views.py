"""Pages of plans: the list, one plan, a patient's plans, a change of state."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from clinic.audit import actions as audit
from clinic.places.http import StaffRequest
from clinic.staff.policy import Action, may, requires
from clinic.web import once
from sessions.booking import courses, plan_actions, reading
from sessions.booking.opening import is_clinical, opened
from sessions.booking.plan_forms import PlanStatusForm, StopForm
from sessions.booking.taking import TimeTakenError
from sessions.plans import access, queries
from sessions.plans.actions import (
    PlanChangedError,
    PlanOfTheDeadError,
    PlanWayClosedError,
    SecondOpenPlanError,
)
from sessions.plans.statuses import WAYS, PlanStatus

PAGE_SIZE = 40
SHOWN = [
    ("open", gettext_lazy("Open")),
    ("to_book", gettext_lazy("To book")),
    ("running", gettext_lazy("Running")),
    ("paused", gettext_lazy("Paused")),
    ("review_due", gettext_lazy("Review due")),
    ("finished", gettext_lazy("Finished")),
    ("stopped", gettext_lazy("Stopped")),
    ("draft", gettext_lazy("Drafts")),
]
STEPS = {
    PlanStatus.PAUSED: gettext_lazy("Pause"),
    PlanStatus.RUNNING: gettext_lazy("Resume"),
    PlanStatus.REVIEW_DUE: gettext_lazy("Review is due"),
    PlanStatus.FINISHED: gettext_lazy("Finish"),
}
TAKES_IT_UP = {
    PlanStatus.DRAFT: frozenset({PlanStatus.RUNNING}),
    PlanStatus.TO_BOOK: frozenset({PlanStatus.RUNNING}),
}


@requires(Action.PLAN_LIST)
@require_GET
def plan_list(request: StaffRequest) -> HttpResponse:
    """All plans by state; an owner who does not treat sees references only."""
    shown = request.GET.get("show", "open")
    shown = shown if shown in dict(SHOWN) else "open"
    clinical = may(request.user, Action.CHART_READ)
    pages = Paginator(courses.listed(status=shown), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    rows = [courses.course_of(plan, clinical=clinical) for plan in page]
    audit.record(
        by=request.user,
        now=timezone.now(),
        action="plans.listed",
        filter=shown,
        shown=[plan.patient.reference for plan in page],
    )
    address = reverse("booking:plans")
    context = {
        "page": page,
        "rows": rows,
        "ways": [
            {"label": label, "url": f"{address}?show={key}", "is_current": key == shown}
            for key, label in SHOWN
        ],
        "is_empty": shown == "open" and pages.count == 0,
        "sees_names": may(request.user, Action.PATIENT_IDENTITY),
        "may_write": may(request.user, Action.PLAN_WRITE),
    }
    return render(request, "plans/list.html", context)


@requires(Action.PLAN_READ)
@require_GET
def plan_page(request: StaffRequest, ref: str) -> HttpResponse:
    """One plan: its timeline, its visits, what may happen to it next."""
    return _plan_page(request, ref)


def _plan_page(
    request: StaffRequest, ref: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    plan = access.plan_for(request.user, ref)
    patient = opened(request.user, plan.patient.reference, timezone.now())
    clinical = is_clinical(request.user)
    plan = courses.with_sessions(queries.by_key(plan.pk)).get()
    course = courses.course_of(plan, clinical=clinical)
    shown = {
        "patient": patient,
        "plan": plan,
        "course": course,
        "picture": courses.picture_of(course, today=timezone.localdate()),
        "clinical": clinical,
        "goal": reading.goal_words(plan),
        "may_write": may(request.user, Action.PLAN_WRITE),
        "is_editable": reading.is_editable(plan),
        "steps": [] if patient.is_deceased else _steps(PlanStatus(plan.status)),
        "may_stop": PlanStatus.STOPPED in WAYS[PlanStatus(plan.status)],
        "form": StopForm(initial={"version": plan.version}),
        **context,
    }
    return render(request, "plans/plan.html", shown, status=status)


def _steps(now: PlanStatus) -> list[tuple[str, str]]:
    """The states a plan may take from here, apart from stopping and booking."""
    without = TAKES_IT_UP.get(now, frozenset())
    return [
        (status.value, str(label))
        for status, label in STEPS.items()
        if status in WAYS[now] - without
    ]


@requires(Action.PLAN_WRITE)
@require_POST
def plan_status(request: StaffRequest, ref: str) -> HttpResponse:
    """Pause, resume, finish or stop a plan; stopping frees the visits ahead."""
    plan = access.plan_for(request.user, ref)
    form = PlanStatusForm(request.POST)
    if not form.is_valid() or form.cleaned_data["status"] not in set(PlanStatus):
        return _plan_page(request, ref, status=422, said=_("Open the page again."))
    status, now = PlanStatus(form.cleaned_data["status"]), timezone.now()
    if status is PlanStatus.STOPPED and not form.cleaned_data["reason"].strip():
        said = _("Write down why the plan stops.")
        return _plan_page(request, ref, status=422, said=said)

    def write() -> str:
        plan_actions.set_plan_status(
            plan=plan,
            version=form.cleaned_data["version"],
            status=status,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=now,
            today=timezone.localdate(),
        )
        messages.success(request, _("Saved."))
        return reverse("booking:plan", args=[plan.reference])

    try:
        return once.answer(request=request, form=form, now=now, write=write)
    except SecondOpenPlanError:
        said = _("This condition has another open plan. Finish or stop that one first.")
    except PlanOfTheDeadError:
        said = _("This patient has died.")
    except PlanWayClosedError:
        said = _("The plan cannot go from where it stands to there.")
    except (PlanChangedError, TimeTakenError):
        said = _("Somebody changed this plan meanwhile. Here it is as it is now.")
    return _plan_page(request, ref, status=409, said=said)


@requires(Action.PLAN_READ)
@require_GET
def patient_plans(request: StaffRequest, ref: str) -> HttpResponse:
    """The plans of one patient, open ones first: a tab of the patient's page."""
    patient = opened(request.user, ref, timezone.now())
    clinical = is_clinical(request.user)
    found = [
        courses.course_of(plan, clinical=clinical)
        for plan in courses.of_patient(patient_id=patient.pk)
    ]
    today = timezone.localdate()
    context = {
        "patient": patient,
        "tab": "plan",
        "courses": [(one, courses.picture_of(one, today=today)) for one in found],
        "may_write": may(request.user, Action.PLAN_WRITE),
        "clinical": clinical,
    }
    return render(request, "plans/patient.html", context)


@requires(Action.HOME)
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """Where a person's work begins: the day, or for an owner the reports."""
    if may(request.user, Action.TODAY):
        return redirect("booking:today")
    for name in ("reports:progress", "booking:plans"):
        found = reading.url_of(name)
        if found:
            return redirect(found)
    raise Http404
