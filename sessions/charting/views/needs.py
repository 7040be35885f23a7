"""The panel "Needs you" of Today; booking asks for it by address (DESIGN 4)."""

from collections.abc import Iterator
from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from clinic.audit import actions as audit
from clinic.devices import queries as stock
from clinic.places.http import StaffRequest, wants_fragment
from clinic.staff.policy import Action, may, requires
from clinic.staff.timeouts import background
from sessions.booking import needs
from sessions.booking.needs import Need, Whose
from sessions.booking.reading import first_day
from sessions.charting.queries import lists

ENDS_SOON = timedelta(days=14)


@background
@requires(Action.TODAY)
@require_GET
def needs_you(request: StaffRequest) -> HttpResponse:
    """What waits for the person: each thing with its step, the gravest first."""
    if request.site is None:
        raise Http404
    clinical = may(request.user, Action.CHART_READ)
    mine = request.GET.get("scope") == "me" and request.user.is_practitioner
    whose = Whose(
        site=request.site,
        day=first_day(timezone.localdate()),
        practitioner_id=request.user.pk if mine else None,
        clinical=clinical,
    )
    open_events, plans = reverse("charting:events"), reverse("booking:plans")
    groups = [needs.group(needs.before_treatment(whose))]
    if clinical:
        groups += [
            needs.group(_to_sign(request)),
            needs.group(_events(request), all_url=open_events),
        ]
    groups += [
        needs.group(needs.missed(whose)),
        needs.group(needs.plans(whose), all_url=plans),
        needs.group(_lots(whose), all_url=reverse("clinic:lots")),
    ]
    groups = [one for one in groups if one.shown]
    count = sum(len(one.shown) + one.more for one in groups)
    name = "_needs.html" if wants_fragment(request) else "needs.html"
    shown = [need.patient for one in groups for need in one.shown if need.patient]
    audit.record(
        by=request.user,
        now=timezone.now(),
        action="needs.listed",
        shown=list(dict.fromkeys(shown)),
    )
    context = {"groups": groups, "count": count}
    return render(request, f"charting/{name}", context)


def _to_sign(request: StaffRequest) -> Iterator[Need]:
    """The person's own open sheets that are no longer at work."""
    for session in lists.to_sign(request.user).filter(visit__status="done"):
        at = localtime(session.started_at, session.site.zone)
        yield Need(
            patient=session.patient.reference,
            tone="warn",
            icon="pen-line",
            title=_("Sign the session of %(name)s") % {"name": session.patient.name},
            line=format_date(at, "D j M, H:i"),
            action=_("Sign"),
            url=reverse("charting:sign", args=[session.reference]),
        )


def _events(request: StaffRequest) -> Iterator[Need]:
    """Open events of the person's own sessions, then what is expected so far."""
    today = timezone.localdate()
    mine = lists.events().filter(session__practitioner=request.user)
    until = {event: lists.expected_until(event, today=today) for event in mine}
    for event in sorted(until, key=lambda event: until[event] is not None):
        line = _("Since %(day)s, grade %(grade)d.") % {
            "day": format_date(event.onset_on, "D j M"),
            "grade": event.grade,
        }
        last = until[event]
        title = _("Open event: %(name)s")
        if last is not None:
            title = _("Reaction to watch: %(name)s")
            day = format_date(last, "D j M")
            line = f"{line} {_('Expected until %(day)s.') % {'day': day}}"
        yield Need(
            patient=event.patient.reference,
            tone="bad" if last is None else "warn",
            icon="heart-pulse",
            title=title % {"name": event.patient.name},
            line=line,
            action=_("Review"),
            url=reverse("charting:event", args=[event.reference]),
        )


def _lots(whose: Whose) -> Iterator[Need]:
    """Lots in stock here that end soon."""
    for state in stock.lots_in_stock(site=whose.site, today=whose.day):
        if state.lot.expires_on > whose.day + ENDS_SOON:
            return
        ends = ngettext(
            "Lot %(number)s ends in %(days)d day",
            "Lot %(number)s ends in %(days)d days",
            state.days_left,
        )
        yield Need(
            patient="",
            icon="boxes",
            title=ends % {"number": state.lot.number, "days": state.days_left},
            line=state.lot.product,
            action=_("Open"),
            url=reverse("clinic:lot", args=[state.lot.pk]),
        )
