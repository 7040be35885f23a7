"""Today: the visits of a site's day, and their steps from arrived to done."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.backends.utils import csrf_input
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.audit import actions as audit
from clinic.places.http import StaffRequest, wants_fragment
from clinic.staff.policy import Action, may, requires
from clinic.staff.timeouts import background
from clinic.web import once
from clinic.web.addresses import addresses
from sessions.booking import (
    access,
    day_rows,
    reading,
    stepping,
    today,
    visit_views,
    words,
)
from sessions.booking.actions import VisitChangedError
from sessions.booking.checks import RefusedError
from sessions.booking.day_strip import day_strip
from sessions.booking.numbing import NumbingStoppedError
from sessions.booking.opening import is_clinical
from sessions.booking.statuses import Status
from sessions.booking.stepping import TreatedError, WayClosedError
from sessions.booking.taking import TimeTakenError
from sessions.booking.visit_forms import StepForm

ME, ALL = "me", "all"


@requires(Action.TODAY)
@require_GET
def day(request: StaffRequest) -> HttpResponse:
    """The day in order, with every step one tap away."""
    return _day_page(request, request.GET.get("d", ""), request.GET.get("scope", ""))


@background
@requires(Action.TODAY)
@require_GET
def version(request: StaffRequest) -> HttpResponse:
    """Nothing when the open page is still true, else the day as it is now."""
    shown, scope = _day(request, request.GET.get("d", "")), request.GET.get("scope", "")
    now = timezone.now()
    is_same = request.GET.get("v") == today.version_of(
        site=_site(request), day=shown, now=now
    )
    if is_same:
        return HttpResponse(status=204)
    context = _context(request, shown, _scope(request, scope))
    return _changed(render(request, "booking/_day.html", context))


def _day_page(
    request: StaffRequest,
    wanted: str,
    scope: str,
    *,
    status: int = 200,
    **more: str,
) -> HttpResponse:
    shown = _day(request, wanted)
    context = {**_context(request, shown, _scope(request, scope)), **more}
    if wants_fragment(request):
        return _changed(render(request, "booking/_day.html", context, status=status))
    return render(request, "booking/today.html", context, status=status)


def _changed(answer: HttpResponse) -> HttpResponse:
    """Tell what stands beside the day that it is another one now."""
    answer["HX-Trigger"] = "day-changed"
    return answer


def _context(request: StaffRequest, shown: date, scope: str) -> dict[str, Any]:
    now, site = timezone.now(), _site(request)
    clinical = is_clinical(request.user)
    found = today.day_of(
        site=site,
        day=shown,
        now=now,
        practitioner_id=request.user.pk if scope == ME else None,
        clinical=clinical,
    )
    _log_the_look(request, found, now)
    page = _page(request, shown, scope, now)
    is_today = shown == timezone.localdate()
    address = reverse("booking:today")

    def to(day: date, scope: str = scope) -> str:
        return f"{address}?d={day.isoformat()}&scope={scope}"

    return {
        "found": found,
        "in_room": [(row, day_rows.steps(row, page)) for row in found.in_room],
        "ahead": day_rows.drawn(found.ahead, page),
        "over": day_rows.drawn(found.over, page),
        "strip": day_strip(found.rows, now=now if is_today else None, zone=site.zone),
        "is_today": is_today,
        "scope": scope,
        "now": now,
        "clinical": clinical,
        "may_write": page.may_write,
        "needs_url": _needs_url(scope) if is_today else "",
        "before_url": to(shown - timedelta(days=1)),
        "after_url": to(shown + timedelta(days=1)),
        "today_url": to(timezone.localdate()),
        "me_url": to(shown, ME),
        "all_url": to(shown, ALL),
        "next_url": to(found.next_day) if found.next_day else "",
    }


def _page(
    request: StaffRequest, shown: date, scope: str, now: datetime
) -> day_rows.Page:
    """What the rows of all visits share, drawn once: a full day has a hundred."""
    carried = {"csrf_token": get_token(request), "day": shown, "scope": scope}
    may_treat = may(request.user, Action.SESSION_WRITE)
    return day_rows.Page(
        now=now,
        whole_clinic=scope == ALL,
        may_write=may(request.user, Action.VISIT_WRITE),
        visit_url=addresses("booking:visit"),
        step_url=addresses("booking:step"),
        start_url=addresses("charting:start") if may_treat else None,
        fields=render_to_string("booking/_day_fields.html", carried),
        csrf=csrf_input(request),
        words=day_rows.words(),
    )


@requires(Action.VISIT_WRITE)
@require_POST
def step(request: StaffRequest, ref: str) -> HttpResponse:
    """One step of a visit: arrived, numbing, in room, done, missed, or back."""
    visit = access.visit_for(request.user, ref)
    form, now = StepForm(request.POST), timezone.now()
    if not form.is_valid():
        return _refused(request, form.refusal, status=422)
    wanted = Status(form.cleaned_data["status"])
    back = _came_from(request)

    def write() -> str:
        stepping.set_status(
            visit=visit,
            version=form.cleaned_data["version"],
            status=wanted,
            by=request.user,
            now=now,
            numbing_minutes=today.numbing_minutes(visit),
            reason=form.cleaned_data["reason"],
            confirmed=frozenset(request.POST.getlist("confirm")),
            past_reason=form.cleaned_data["past_reason"],
        )
        return back

    try:
        answer = once.answer(request=request, form=form, now=now, write=write)
    except (VisitChangedError, WayClosedError, TimeTakenError) as error:
        return _refused(request, _why_not(error))
    except NumbingStoppedError as error:
        said = words.not_numbed_words(error, clinical=is_clinical(request.user))
        return _refused(request, said)
    except RefusedError as error:
        return _against_a_rule(request, visit.reference, error)
    if not wants_fragment(request) or answer.status_code == 409:
        return answer
    spoken = _("%(reference)s: %(status)s") % {
        "reference": visit.reference,
        "status": dict(form.fields["status"].choices)[wanted.value],  # type: ignore[attr-defined]
    }
    d, scope = request.POST.get("d", ""), request.POST.get("scope", "")
    return _day_page(request, d, scope, spoken=spoken)


def _why_not(error: VisitChangedError | WayClosedError | TimeTakenError) -> str:
    if isinstance(error, VisitChangedError):
        return _("Somebody changed this visit a moment ago. Here is how it stands now.")
    if isinstance(error, TreatedError):
        return _("What was done at this visit is on record: it is not cancelled.")
    if isinstance(error, WayClosedError):
        return _("The visit cannot go from where it stands to there.")
    return words.not_again_words(error)


def _against_a_rule(
    request: StaffRequest, ref: str, error: RefusedError
) -> HttpResponse:
    """What a rule says; what it only asks is confirmed on the visit's own page."""
    if "visit" in request.POST:
        return visit_views.refused_page(request, ref, error)
    lines = words.lines_of(error.judged, clinical=is_clinical(request.user))
    said = " ".join(line.text for line in lines)
    return _refused(request, said, about=ref)


def _refused(
    request: StaffRequest, said: str, *, status: int = 409, about: str = ""
) -> HttpResponse:
    """The day as it is now, with what could not be done, and with which visit."""
    if wants_fragment(request):
        d, scope = request.POST.get("d", ""), request.POST.get("scope", "")
        return _day_page(request, d, scope, status=status, said=said, about=about)
    messages.error(request, said)
    return redirect(_came_from(request))


def _came_from(request: HttpRequest) -> str:
    """The day, or the visit's own page, that the step was taken on."""
    if "visit" in request.POST:
        return reverse("booking:visit", args=[request.POST["visit"][:20]])
    shown = parse_date_or_none(request.POST.get("d", ""))
    scope = request.POST.get("scope", "")
    address = reverse("booking:today")
    if shown is None:
        return address
    return f"{address}?d={shown.isoformat()}&scope={scope if scope == ME else ALL}"


def parse_date_or_none(text: str) -> date | None:
    """The day of a text in ISO form, None for anything else.

    The first and the last year of the calendar have no day before or after.
    """
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and date.min.year < day.year < date.max.year else None


def _log_the_look(request: StaffRequest, found: today.Day, now: datetime) -> None:
    audit.record(
        by=request.user,
        now=now,
        action="visits.listed",
        day=found.day.isoformat(),
        shown=[row.visit.patient.reference for row in found.rows],
    )


def _day(request: StaffRequest, wanted: str) -> date:
    return parse_date_or_none(wanted) or reading.first_day(timezone.localdate())


def _needs_url(scope: str) -> str:
    """The panel of a higher slice that says what waits for the person."""
    url = reading.url_of("charting:needs")
    return f"{url}?scope={scope}" if url else ""


def _scope(request: StaffRequest, wanted: str) -> str:
    """The whole clinic for the desk; a practitioner begins with her own day."""
    if not request.user.is_practitioner:
        return ALL
    if wanted in {ME, ALL}:
        return wanted
    return ALL if request.user.is_front_desk else ME


def _site(request: StaffRequest) -> Any:
    if request.site is None:
        raise Http404
    return request.site
