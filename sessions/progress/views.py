"""A patient's overview, and the readings behind its course."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.places.http import StaffRequest, wants_fragment
from clinic.rulebook.queries import effective_book
from clinic.rules import scales
from clinic.rules.scales import Scale
from clinic.staff import policy
from clinic.staff.policy import Action, Grant, requires
from clinic.staff.timeouts import background
from clinic.web import once
from patients.consent import queries as consents
from patients.records.access import chart_for, patient_for
from sessions.booking.reading import first_day
from sessions.progress import access, actions, glance, overview, queries
from sessions.progress.access import Condition
from sessions.progress.actions import ReadingRefusedError
from sessions.progress.forms import CalmForm, ScoreForm, WithdrawForm


@requires(Action.PATIENT_IDENTITY)
@require_GET
def patient(request: StaffRequest, ref: str) -> HttpResponse:
    """The overview: the whole chart for clinicians, dates and states for the desk."""
    now, today = timezone.now(), timezone.localdate()
    if policy.grant(request.user, Action.CHART_READ) is Grant.NO:
        person = patient_for(request.user, ref, now)
        context = {
            "patient": person,
            "tab": "overview",
            "plans": overview.for_desk(person),
            "consent": consents.treatment_consent(person, today=today),
        }
        return render(request, "progress/desk.html", context)
    person = chart_for(request.user, ref, now)
    page = overview.read(
        person,
        plan=request.GET.get("plan", ""),
        scale=request.GET.get("scale", ""),
        book=effective_book().book,
        today=today,
    )
    context = {
        "patient": person,
        "tab": "overview",
        "page": page,
        "today": today,
        "may_treat": policy.may(request.user, Action.SESSION_WRITE),
    }
    return render(request, "progress/overview.html", context)


@background
@requires(Action.CHART_READ)
@require_GET
def at_a_glance(request: StaffRequest, ref: str) -> HttpResponse:
    """The chart of who is in the room, for the card of Today; else the overview."""
    person = chart_for(request.user, ref, timezone.now())
    if not wants_fragment(request):
        return redirect("progress:patient", person.reference)
    found = glance.read(
        person,
        plan=request.GET.get("plan", ""),
        book=effective_book().book,
        today=first_day(timezone.localdate()),
    )
    return render(request, "progress/_glance.html", {"glance": found})


@requires(Action.CHART_READ)
@require_GET
def scores(request: StaffRequest, ref: str) -> HttpResponse:
    """Every reading of a patient, by condition, with what was entered."""
    person = chart_for(request.user, ref, timezone.now())
    context = {
        "patient": person,
        "tab": "overview",
        "conditions": overview.readings(person, book=effective_book().book),
    }
    return render(request, "progress/scores.html", context)


@requires(Action.SCORE_WRITE)
@require_http_methods(["GET", "POST"])
def score_add(request: StaffRequest, ref: str, key: int) -> HttpResponse:
    """Read a scale. Which one stands in the address."""
    now, book = timezone.now(), effective_book().book
    condition = access.condition_for(request.user, ref, key, now)
    offered = scales.for_condition(condition.kind, book=book)
    scale = _offered(offered, request.GET.get("scale", ""))
    form = ScoreForm(
        request.POST or None,
        scale=scale,
        today=timezone.localdate(),
        born_on=condition.patient.born_on,
    )
    if form.is_bound and form.is_valid():
        write = _saving(request, condition, form, now)
        return once.answer(request=request, form=form, now=now, write=write)
    context = {
        "patient": condition.patient,
        "tab": "overview",
        "condition": book.conditions[condition.kind],
        "scale": scale,
        "offered": offered,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "progress/score_form.html", context, status=status)


def _offered(offered: Sequence[Scale], wanted: str) -> Scale:
    """The wanted scale of those offered, the first without a wish, else 404."""
    for scale in offered:
        if wanted in {"", scale.key}:
            return scale
    raise Http404


def _saving(
    request: StaffRequest, condition: Condition, form: ScoreForm, now: datetime
) -> Callable[[], str]:
    """What saves the reading and says where to go."""

    def write() -> str:
        score = actions.record_score(
            condition=condition,
            plan=queries.open_plan_of(condition),
            entry=form.entry(),
            by=request.user,
            now=now,
        )
        words = {"scale": form.scale.short, "value": form.scale.show(score.value)}
        messages.success(request, _("%(scale)s %(value)s saved.") % words)
        overview_url = reverse("progress:patient", args=[condition.patient.reference])
        return f"{overview_url}?scale={form.scale.key}"

    return write


@requires(Action.SCORE_WRITE)
@require_http_methods(["GET", "POST"])
def score_withdraw(request: StaffRequest, ref: str, key: int) -> HttpResponse:
    """Take a wrong reading out of the course, with a reason."""
    now = timezone.now()
    score = access.score_for(request.user, ref, key, now)
    form = WithdrawForm(request.POST or None)
    context: dict[str, Any] = {
        "patient": score.patient,
        "tab": "overview",
        "score": score,
        "scale": scales.get(score.scale, book=effective_book().book),
        "form": form,
    }
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "progress/withdraw.html", context, status=status)

    def write() -> str:
        actions.withdraw_score(
            score=score, reason=form.cleaned_data["reason"], by=request.user, now=now
        )
        messages.success(request, _("The reading was withdrawn."))
        return reverse("progress:scores", args=[ref])

    try:
        return once.answer(request=request, form=form, now=now, write=write)
    except ReadingRefusedError as error:
        form.add_error(error.field or None, error.sentence)
        return render(request, "progress/withdraw.html", context, status=409)


@requires(Action.SCORE_WRITE)
@require_http_methods(["GET", "POST"])
def calm(request: StaffRequest, ref: str, session_ref: str) -> HttpResponse:
    """Keep on which day after a session the skin was calm."""
    now = timezone.now()
    session = access.session_of(request.user, ref, session_ref, now)
    form = CalmForm(request.POST or None)
    context = {
        "patient": session.patient,
        "tab": "overview",
        "session": session,
        "form": form,
    }
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "progress/calm.html", context, status=status)

    def write() -> str:
        actions.record_calm(
            session=session,
            day=form.cleaned_data["calm_on_day"],
            by=request.user,
            now=now,
            today=timezone.localdate(),
        )
        messages.success(request, _("Saved."))
        return reverse("progress:patient", args=[ref])

    try:
        return once.answer(request=request, form=form, now=now, write=write)
    except ReadingRefusedError as error:
        form.add_error(error.field or None, error.sentence)
        return render(request, "progress/calm.html", context, status=422)
