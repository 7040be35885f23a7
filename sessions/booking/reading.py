"""What the pages of plans read before they are drawn."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from clinic.places import queries as places
from clinic.places.models import Site
from clinic.rulebook.queries import effective_book
from clinic.rules import series
from clinic.staff.models import User
from clinic.staff.policy import Action, may
from clinic.staff.queries import permits_of
from clinic.web.templatetags.formats import DAYS_OF_WEEK, days_words, weeks_words
from patients.history.models import PatientCondition
from patients.records.models import Patient
from sessions.booking import past
from sessions.booking.house import House, house_of
from sessions.booking.models import FREE_STATUSES, Visit
from sessions.booking.wishes import Options, WishesForm
from sessions.plans import queries as plans
from sessions.plans import ramp
from sessions.plans.actions import EDITABLE
from sessions.plans.models import Plan, Protocol, ProtocolZone
from sessions.plans.reading import scale_name
from sessions.plans.statuses import PlanStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One protocol to choose: its name and a line about it."""

    key: str
    name: str
    line: str
    is_chosen: bool


def options_for(
    patient: Patient, *, user: User, site: Site, today: date, plan: Plan | None = None
) -> Options:
    """What may be chosen for a patient at a site; about eight queries."""
    book = effective_book().book
    conditions = list(
        PatientCondition.objects.filter(patient=patient).order_by("status", "id")
    )
    house = house_of(site, book=book)
    works_here = house.person(user.pk) is not None
    protocols = list(plans.approved_protocols())
    return Options(
        patient=patient,
        book=book,
        house=house,
        conditions=[c for c in conditions if c.kind in book.conditions],
        protocols=protocols,
        ranges=plans.ranges_of(protocols),
        permits=permits_of(person.pk for person in house.practitioners),
        today=today,
        clinical=may(user, Action.CHART_READ),
        may_pass=past.may(user),
        open_weekdays=places.open_weekdays(site=site),
        own_id=user.pk if works_here else None,
        plan=plan,
        kept=kept_sessions(plan) if plan else 0,
        aways=tuple(
            series.Away(
                first_day=away.first_day,
                last_day=away.last_day,
                label=away.label or _("Away"),
            )
            for away in plans.aways_of(patient_id=patient.pk)
            if away.last_day >= today
        ),
    )


def is_editable(plan: Plan) -> bool:
    """Whether what is left of it may be planned anew."""
    return PlanStatus(plan.status) in EDITABLE


def kept_sessions(plan: Plan) -> int:
    """How many of its first sessions are booked or done, and stay."""
    numbers = (
        plan.visits.filter(planned_session__isnull=False)
        .exclude(status__in=FREE_STATUSES)
        .values_list("planned_session__number", flat=True)
    )
    return max(numbers, default=0)


def zones_and_house(form: WishesForm) -> tuple[list[ProtocolZone], House]:
    """The zones of the chosen protocol, and the handpieces it needs."""
    assert form.chosen is not None  # noqa: S101  a valid form has one
    options = form.options
    house = house_of(
        options.house.site, book=options.book, device_kind=form.chosen.device_kind
    )
    return plans.zones_of(form.chosen), house


def protocol_cards(form: WishesForm, *, clinical: bool) -> list[Card]:
    """The protocols that fit the condition; depths only for those who treat."""
    condition = str(form.data.get("condition", ""))
    offered = form.options.protocols_for(condition)
    ranges = form.options.ranges if clinical else {}
    chosen = form.data.get("protocol", "")
    return [
        Card(
            key=str(protocol.pk),
            name=protocol.name,
            line=protocol_line(protocol, ranges.get(protocol.pk)),
            is_chosen=str(protocol.pk) == chosen,
        )
        for protocol in offered
    ]


def protocol_line(protocol: Protocol, span: ramp.Range | None) -> str:
    """`Pen, 45 min, 2 to 8 weeks apart, 1.00 to 1.50 mm`."""
    parts = [
        protocol.get_device_kind_display(),
        _("%(minutes)d min") % {"minutes": protocol.session_minutes},
        gap_words(protocol),
    ]
    if span is not None:
        parts.append(_("%(low)s to %(high)s mm") % {"low": span[0], "high": span[1]})
    return ", ".join(parts)


def gap_words(protocol: Protocol) -> str:
    """How far apart its sessions may lie: in weeks where both limits are whole ones."""
    low, high = protocol.gap_min_days, protocol.gap_max_days
    weeks = not (low % DAYS_OF_WEEK or high % DAYS_OF_WEEK)
    words = weeks_words if weeks else days_words
    if low == high:
        return _("%(gap)s apart") % {"gap": words(low)}
    unit = DAYS_OF_WEEK if weeks else 1
    return _("%(low)d to %(gap)s apart") % {"low": low // unit, "gap": words(high)}


def url_of(name: str, *args: str) -> str:
    """The address of a page of another slice, empty while it does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def goal_words(plan: Plan) -> str:
    """`7 on GBQ`; empty without a goal."""
    if not plan.goal_scale or plan.goal_value is None:
        return ""
    words = {
        "value": f"{plan.goal_value.normalize():f}",
        "scale": scale_name(plan.goal_scale),
    }
    return _("%(value)s on %(scale)s") % words


def may_open(visit: Visit, *, today: date) -> bool:
    """Whether there is a sheet to open: begun already, or to begin on this day."""
    may_begin = visit.day in {today, first_day(today)} and not visit.patient.is_deceased
    has_sheet = hasattr(visit, "session")
    return bool(url_of("charting:start", visit.reference)) and (may_begin or has_sheet)


def first_day(today: date) -> date:
    """The day the pages open with: today; the demo's own day when that is later."""
    if not settings.DEMO:
        return today
    found = places.clinic()
    shown = found.demo_day if found is not None else None
    return max(shown or today, today)
