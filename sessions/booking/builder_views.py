"""The plan builder: wishes by GET give a proposal, POST books it whole."""

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from clinic.places.http import StaffRequest, wants_fragment
from clinic.staff.policy import Action, may, requires
from sessions.booking import building, picking, reading, repairing, words, writing
from sessions.booking import ground as grounds
from sessions.booking.building import Built
from sessions.booking.checks import RefusedError
from sessions.booking.defaults import with_defaults
from sessions.booking.ground import Choice, Ground
from sessions.booking.opening import opened
from sessions.booking.plan_actions import SecondPlanError
from sessions.booking.plan_forms import BookForm
from sessions.booking.shown_depths import DepthsChangedError, changed_words
from sessions.booking.slots import EARLIER, LATER
from sessions.booking.taking import TimeTakenError
from sessions.booking.wishes import NEW, Options, WishesForm
from sessions.plans import access
from sessions.plans.actions import PlanChangedError, PlanWayClosedError

GONE = (SecondPlanError, PlanChangedError, PlanWayClosedError, DepthsChangedError)


@requires(Action.PLAN_WRITE)
@require_http_methods(["GET", "POST"])
def new_plan(request: StaffRequest) -> HttpResponse:
    """Propose a plan for a patient, and book all of it."""
    given = request.POST if request.method == "POST" else request.GET
    ref = given.get("patient", "")
    if not ref:
        onward = reverse("booking:new-plan")
        heading = _("New plan")
        return picking.page(request, onward=onward, context={"heading": heading})
    patient = opened(request.user, ref, timezone.now())
    options = reading.options_for(
        patient, user=request.user, site=_site(request), today=timezone.localdate()
    )
    return _answer(request, given, options)


@requires(Action.PLAN_WRITE)
@require_http_methods(["GET", "POST"])
def edit_plan(request: StaffRequest, ref: str) -> HttpResponse:
    """Propose anew what is still to be booked of a draft or a plan to be booked."""
    plan = access.plan_for(request.user, ref)
    given = request.POST if request.method == "POST" else request.GET
    opened(request.user, plan.patient.reference, timezone.now())
    if not reading.is_editable(plan):
        raise Http404
    options = reading.options_for(
        plan.patient,
        user=request.user,
        site=plan.site,
        today=timezone.localdate(),
        plan=plan,
    )
    return _answer(request, given, options)


def _answer(request: StaffRequest, given: QueryDict, options: Options) -> HttpResponse:
    form = WishesForm(data=with_defaults(given, options), options=options)
    if options.patient.is_deceased or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        if request.method == "GET" and "protocol" not in given:
            form.errors.clear()  # the page was only opened: nothing is wrong yet
        return _page(request, form, built=None, status=status)
    zones, house = reading.zones_and_house(form)
    choice = form.choice(zones=zones, house=house)
    step = _step(request)
    if request.method == "GET" and step is None:
        choice = grounds.with_pins(choice, ())
    ground = grounds.ground_of(choice, now=timezone.now())
    if request.method == "GET":
        return _page(request, form, built=building.build(ground, step=step))
    return _write(request, form, ground)


def _write(request: StaffRequest, form: WishesForm, ground: Ground) -> HttpResponse:
    """Book or keep the plan; on a refusal the same page with what was typed."""
    sent = BookForm(request.POST)
    if not sent.is_valid():
        return _again(request, form, ground, [_("Open the page again.")], status=422)
    try:
        return writing.answer(request=request, sent=sent, ground=ground)
    except writing.NotComplete as error:
        return _again(request, form, ground, [error.sentence], status=422)
    except TimeTakenError as error:
        return _taken(request, form, ground.choice, error)
    except RefusedError as error:
        lines = words.lines_of(error.judged, clinical=_is_clinical(request))
        return _again(request, form, ground, [line.text for line in lines], status=422)
    except GONE as error:
        said = _gone(error, clinical=_is_clinical(request))
        return _again(request, form, ground, said, status=409)


def _gone(error: Exception, *, clinical: bool) -> list[str]:
    if isinstance(error, DepthsChangedError):
        return changed_words(error, clinical=clinical)
    if isinstance(error, SecondPlanError):
        words = _("This condition already has an open plan, %(reference)s.")
        return [words % {"reference": error.plan.reference}]
    return [_("Somebody changed this plan meanwhile. Open it again.")]


def _taken(
    request: StaffRequest, form: WishesForm, choice: Choice, error: TimeTakenError
) -> HttpResponse:
    """Who was faster, and the nearest free times already chosen."""
    ground = grounds.ground_of(choice, now=timezone.now())
    posted = writing.slots_of(request.POST, choice)
    repaired = repairing.repair(ground, posted)
    choice = grounds.with_pins(choice, repaired.pins)
    ground = grounds.on_ground(ground, choice)
    said = words.taken_words(error) or [_("One of the times is no longer free.")]
    count = len(repaired.moved)
    if count:
        said.append(
            ngettext(
                "%(count)d visit has the nearest free time now. Nothing was booked.",
                "%(count)d visits have the nearest free time now. Nothing was booked.",
                count,
            )
            % {"count": count}
        )
    return _again(request, form, ground, said, status=409, moved=repaired.moved)


def _again(  # noqa: PLR0917  the page as it was, and what to say
    request: StaffRequest,
    form: WishesForm,
    ground: Ground,
    said: list[str],
    status: int,
    moved: tuple[int, ...] = (),
) -> HttpResponse:
    if not ground.choice.pins:
        posted = writing.slots_of(request.POST, ground.choice)
        pins = building.pins_of(posted)
        ground = grounds.on_ground(ground, grounds.with_pins(ground.choice, pins))
    built = building.build(ground)
    return _page(request, form, built=built, said=said, status=status, moved=moved)


def _page(
    request: StaffRequest,
    form: WishesForm,
    *,
    built: Built | None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    printing = built is not None and "print" in request.GET
    if printing and wants_fragment(request):
        return HttpResponseClientRedirect(request.get_full_path())
    clinical = _is_clinical(request) and not printing
    options = form.options
    sent = BookForm(initial={"version": options.plan.version if options.plan else 0})
    shown = {
        "form": form,
        "sent": sent,
        "built": built,
        "patient": options.patient,
        "plan": options.plan,
        "clinical": clinical,
        "cards": reading.protocol_cards(form, clinical=clinical),
        "is_new_condition": str(form.data.get("condition", "")).startswith(NEW),
        "hidden": writing.hidden_fields(form),
        "address": request.path,
        "typed": request.POST.get("past_reason", ""),
        **writing.said_of(built, clinical=clinical),
        **context,
    }
    name = "_builder.html" if wants_fragment(request) else "builder.html"
    if printing:
        name = "print.html"
    return render(request, f"booking/{name}", shown, status=status)


def _step(request: StaffRequest) -> tuple[int, str] | None:
    """`2:later` as a visit's number and a way."""
    number, _colon, way = request.GET.get("step", "").partition(":")
    if not number.isdigit() or way not in {EARLIER, LATER}:
        return None
    return int(number), way


def _is_clinical(request: StaffRequest) -> bool:
    return may(request.user, Action.CHART_READ)


def _site(request: StaffRequest) -> Any:
    """The site people work at; without one there is nothing to book."""
    if request.site is None:
        raise Http404
    return request.site
