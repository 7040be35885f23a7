"""Moving a visit: first free times, a preview of everything that moves, undo."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from clinic.places.http import StaffRequest, wants_fragment
from clinic.rules.series import Code, MovePreview
from clinic.staff.policy import Action, requires
from clinic.web import once
from clinic.web.forms import KeyedForm
from sessions.booking import (
    access,
    actions,
    move_lines,
    moving,
    past,
    today_views,
    undoing,
    words,
)
from sessions.booking.actions import VisitChangedError
from sessions.booking.checks import RefusedError
from sessions.booking.move_lines import Line
from sessions.booking.moving import Moving
from sessions.booking.opening import is_clinical, opened
from sessions.booking.slots import Pin, parse_pin
from sessions.booking.statuses import MOVABLE, Status
from sessions.booking.taking import TimeTakenError

ALONG, STAY = "along", "stay"
MOST_LETTERS = 500


@requires(Action.VISIT_WRITE)
@require_http_methods(["GET", "POST"])
def move(request: StaffRequest, ref: str) -> HttpResponse:
    """Choose a new time, see every old and new date, then move all or nothing."""
    visit = access.visit_for(request.user, ref)
    opened(request.user, visit.patient.reference, timezone.now())
    if Status(visit.status) not in MOVABLE:
        messages.error(request, _("This visit can no longer be moved."))
        return redirect("booking:visit", visit.reference)
    along = _given(request).get("rest") != STAY
    found = _read(request, visit, along=along)
    if request.method == "POST":
        return _write(request, found)
    return _page(request, found, parse_pin(request.GET.get("at", "")))


def _read(request: StaffRequest, visit: Any, *, along: bool) -> Moving:
    anyhow = past.may(request.user)
    return moving.read(visit, along=along, now=timezone.now(), anyhow=anyhow)


def _given(request: StaffRequest) -> QueryDict:
    """What was asked for, by whatever way."""
    return request.POST if request.method == "POST" else request.GET


def _is_as_shown(request: StaffRequest) -> bool:
    """Whether the choice is the one that the preview was made for."""
    sent = request.POST
    shown, rest = sent.get("shown", ""), sent.get("shown_rest", ALONG)
    return sent.get("at", shown) == shown and sent.get("rest", rest) == rest


def _write(request: StaffRequest, found: Moving) -> HttpResponse:
    wished = parse_pin(request.POST.get("at", request.POST.get("shown", "")))
    if request.POST.get("then") == "preview":
        return _page(request, found, wished)
    if not _is_as_shown(request):
        said = _("You chose another time: look at what moves, then move it.")
        return _page(request, found, wished, said=[said], status=422)
    return _move(request, found, wished)


def _move(request: StaffRequest, found: Moving, chosen: Pin | None) -> HttpResponse:
    form, now = KeyedForm(request.POST), timezone.now()
    confirmed = frozenset(request.POST.getlist("confirm"))
    moves = move_lines.moves_of(
        found, request.POST.getlist("move"), confirmed=confirmed
    )
    if not form.is_valid() or moves is None:
        return _page(request, found, chosen, said=[_("Choose a time.")], status=422)
    going = {one.visit_id for one in moves}
    before = [visit for visit in found.visits.values() if visit.pk in going]
    past_reason = request.POST.get("past_reason", "")[:MOST_LETTERS]

    def write() -> str:
        after = actions.move(
            moves=moves, by=request.user, now=now, past_reason=past_reason
        )
        undoing.remember(request.session, before=before, after=after, now=now)
        count = len(after)
        said = ngettext(
            "%(count)d visit is moved.", "%(count)d visits are moved.", count
        )
        messages.success(request, said % {"count": count})
        return reverse("booking:visit", args=[found.visit.reference])

    try:
        return once.answer(request=request, form=form, now=now, write=write)
    except TimeTakenError as error:
        said = words.taken_words(error) or [_("The time is no longer free.")]
        fresh = _read(request, found.visit, along=found.along)
        return _page(request, fresh, None, said=said, status=409)
    except VisitChangedError:
        return _changed(request, found, chosen)
    except RefusedError as error:
        lines = words.lines_of(error.judged, clinical=is_clinical(request.user))
        said = [line.text for line in lines]
        return _page(request, found, chosen, said=said, status=422)


def _changed(request: StaffRequest, found: Moving, chosen: Pin | None) -> HttpResponse:
    """Somebody was at one of the visits: the page with how they stand now."""
    said = _("Somebody changed one of these visits a moment ago. Look again.")
    visit = access.visit_for(request.user, found.visit.reference)
    if Status(visit.status) not in MOVABLE:
        messages.error(request, said)
        return redirect("booking:visit", visit.reference)
    fresh = _read(request, visit, along=found.along)
    return _page(request, fresh, chosen, said=[said], status=409)


def _page(
    request: StaffRequest,
    found: Moving,
    chosen: Pin | None,
    *,
    said: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    offered = moving.options(found, chosen)
    if chosen is None and offered:
        chosen = offered[0].pin
        offered = moving.options(found, chosen)
    day = today_views.parse_date_or_none(_given(request).get("day", ""))
    if day is None and chosen is not None and not any(o.is_chosen for o in offered):
        day = chosen.day
    shown = moving.preview(found, chosen) if chosen else None
    lines = move_lines.lines(found, shown) if shown else []
    context = {
        "visit": found.visit,
        "patient": found.visit.patient,
        "found": found,
        "options": offered,
        **_times(found, day, chosen),
        "chosen": chosen,
        "lines": lines,
        "refused": [words.sentence([one]) for one in shown.refused] if shown else [],
        "count": sum(line.changed for line in lines),
        **_told(request, shown, lines),
        "form": KeyedForm(),
        "said": list(dict.fromkeys(said)),
        "address": request.path,
    }
    name = "_move.html" if wants_fragment(request) else "move.html"
    return render(request, f"booking/{name}", context, status=status)


def _told(
    request: StaffRequest, shown: MovePreview | None, lines: Sequence[Line]
) -> dict[str, Any]:
    """What the rules say of the new days, and whether this person may move so."""
    judged = [line.judgement for line in lines if line.judgement is not None]
    told = words.lines_of(judged, clinical=is_clinical(request.user))
    refusals = [line for line in told if line.refuses]
    others = [] if shown is None else [one.code for one in shown.refused]
    may_pass = (
        past.may(request.user)
        and past.is_all_that_refuses(judged)
        and set(others) <= {Code.GAP_REFUSED}
    )
    return {
        "refusals": refusals,
        "asks": [line for line in told if not line.refuses],
        "may_pass": may_pass,
        "typed": request.POST.get("past_reason", ""),
        "may_move": may_pass or bool(shown and shown.allowed and not refusals),
    }


def _times(found: Moving, day: date | None, chosen: Pin | None) -> dict[str, Any]:
    """The free times of a wished day, or why there are none."""
    if day is None:
        return {"day": None, "times": [], "why_nothing": ""}
    return {
        "day": day,
        "times": moving.times_of(found, day, chosen),
        "why_nothing": moving.why_nothing(found, day),
    }


@requires(Action.VISIT_WRITE)
@require_POST
def undo(request: StaffRequest, ref: str) -> HttpResponse:
    """Put the visits back where they were, within three minutes."""
    visit, now = access.visit_for(request.user, ref), timezone.now()
    moves = undoing.back(request.session, now=now)
    if not any(one.visit_id == visit.pk for one in moves):
        messages.error(request, _("It is too late to undo this. Move the visit again."))
        return redirect("booking:visit", visit.reference)
    try:
        undoing.put_back(moves=moves, by=request.user, now=now)
    except (VisitChangedError, TimeTakenError, RefusedError) as error:
        why = _why_not_undone(error, clinical=is_clinical(request.user))
        messages.error(request, _("Not undone. %(why)s") % {"why": why})
    else:
        del request.session[undoing.UNDO_KEY]
        messages.success(request, _("Undone. Everything is where it was."))
    return redirect("booking:visit", visit.reference)


def _why_not_undone(
    error: VisitChangedError | TimeTakenError | RefusedError, *, clinical: bool
) -> str:
    """What is in the way of the old times, in the words of the role."""
    if isinstance(error, VisitChangedError):
        return _("Somebody changed one of these visits since.")
    if isinstance(error, TimeTakenError):
        said = words.taken_words(error) or [_("Somebody has used the time since.")]
        return " ".join(said)
    lines = words.lines_of(error.judged, clinical=clinical)
    return " ".join(dict.fromkeys(line.text for line in lines))
