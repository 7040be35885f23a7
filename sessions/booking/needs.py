"""What waits for a person on Today: each thing with the one step that settles it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from clinic.places.models import Site
from patients.consent.queries import without_treatment_consent
from patients.history.models import Screening
from sessions.booking import queries
from sessions.booking.models import FREE_STATUSES, Visit
from sessions.booking.statuses import Status
from sessions.booking.today import OVER, SESSION, TREATED
from sessions.plans.models import Plan
from sessions.plans.statuses import PlanStatus

MOST_OF_A_KIND = 3
LOOKING_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing: what, about whom, and the step with its address.

    `patient` is the reference of whom it is about, empty for a thing; `tone` is that
    of the tag `need`.
    """

    patient: str
    tone: str = ""
    icon: str
    title: str
    line: str
    action: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose day is looked at: a site's, of one practitioner or of everybody."""

    site: Site
    day: date
    practitioner_id: int | None
    clinical: bool

    def own(self, rows: QuerySet[Visit]) -> QuerySet[Visit]:
        """Visits of the site, of that practitioner."""
        rows = rows.filter(site=self.site)
        if self.practitioner_id is not None:
            rows = rows.filter(practitioner_id=self.practitioner_id)
        return rows


def before_treatment(whose: Whose) -> Iterator[Need]:
    """Consents that are missing today, and who waits without being screened."""
    visits = [
        visit
        for visit in whose.own(queries.visits_of_day(site=whose.site, day=whose.day))
        if visit.kind == SESSION
        and Status(visit.status) not in OVER
        and not visit.patient.is_deceased
    ]
    patients = {visit.patient_id: visit.patient for visit in visits}
    unsigned = without_treatment_consent(patients.values(), today=whose.day)
    yield from (
        _consent(visit, whose) for visit in visits if visit.patient_id in unsigned
    )
    waiting = [visit for visit in visits if Status(visit.status) in TREATED]
    screened = _screened(waiting, whose.day)
    yield from (
        _screening(visit, whose)
        for visit in waiting
        if visit.patient_id not in screened
    )


def _screened(visits: Sequence[Visit], day: date) -> set[int]:
    people = [visit.patient_id for visit in visits]
    done = Screening.objects.filter(
        patient_id__in=people,
        purpose=SESSION,
        for_date=day,
        completed_at__isnull=False,
    )
    return set(done.values_list("patient_id", flat=True))


def _consent(visit: Visit, whose: Whose) -> Need:
    url = reverse("booking:visit", args=[visit.reference])
    if whose.clinical:
        url = reverse("consent:list", args=[visit.patient.reference])
    return Need(
        patient=visit.patient.reference,
        tone="bad",
        icon="file-x",
        title=_("Consent missing, %(clock)s") % {"clock": _clock(visit, whose)},
        line=_("%(name)s has not agreed to the treatment.")
        % {"name": visit.patient.name},
        action=_("Take it") if whose.clinical else _("Open"),
        url=url,
    )


def _screening(visit: Visit, whose: Whose) -> Need:
    url = reverse("booking:visit", args=[visit.reference])
    if whose.clinical:
        url = reverse("history:health", args=[visit.patient.reference])
    return Need(
        patient=visit.patient.reference,
        tone="warn",
        icon="clipboard-list",
        title=_("Screening due, %(clock)s") % {"clock": _clock(visit, whose)},
        line=_("%(name)s is here: ask before the session.")
        % {"name": visit.patient.name},
        action=_("Ask") if whose.clinical else _("Open"),
        url=url,
    )


def _clock(visit: Visit, whose: Whose) -> str:
    return format_date(localtime(visit.starts_at, whose.site.zone), "H:i")


def missed(whose: Whose) -> Iterator[Need]:
    """Sessions missed lately that nobody has booked again."""
    again = Visit.objects.filter(planned_session=OuterRef("planned_session"))
    rows = (
        whose.own(Visit.objects.filter(status=Status.MISSED, kind=SESSION))
        .filter(day__range=(whose.day - LOOKING_BACK, whose.day))
        .filter(plan__status=PlanStatus.RUNNING, planned_session__is_dropped=False)
        .exclude(patient__is_deceased=True)
        .exclude(Exists(again.exclude(status__in=FREE_STATUSES)))
        .select_related("patient")
        .order_by("-starts_at")
    )
    for visit in rows:
        yield Need(
            patient=visit.patient.reference,
            tone="warn",
            icon="user-x",
            title=_("%(name)s did not come") % {"name": visit.patient.name},
            line=_("Missed on %(day)s, not booked again.")
            % {"day": format_date(visit.day, "D j M")},
            action=_("Book again"),
            url=_new_visit(visit.patient.reference, SESSION),
        )


def plans(whose: Whose) -> Iterator[Need]:
    """Plans that wait to be booked, and reviews that are due without a visit."""
    review = Visit.objects.filter(plan=OuterRef("pk"), kind="review")
    ahead = review.filter(day__gte=whose.day).exclude(status__in=FREE_STATUSES)
    rows = Plan.objects.filter(site=whose.site, patient__is_deceased=False)
    rows = rows.select_related("patient", "protocol")
    if whose.practitioner_id is not None:
        rows = rows.filter(practitioner_id=whose.practitioner_id)
    yield from map(_to_book, rows.filter(status=PlanStatus.TO_BOOK).order_by("id"))
    due = rows.filter(status=PlanStatus.REVIEW_DUE).exclude(Exists(ahead))
    yield from map(_review, due.order_by("id"))


def _to_book(plan: Plan) -> Need:
    return Need(
        patient=plan.patient.reference,
        tone="primary",
        icon="calendar-plus",
        title=_("Book the plan of %(name)s") % {"name": plan.patient.name},
        line=plan.protocol.name,
        action=_("Book"),
        url=reverse("booking:edit-plan", args=[plan.reference]),
    )


def _review(plan: Plan) -> Need:
    return Need(
        patient=plan.patient.reference,
        tone="primary",
        icon="target",
        title=_("Review due: %(name)s") % {"name": plan.patient.name},
        line=_("%(protocol)s, every session is done.")
        % {"protocol": plan.protocol.name},
        action=_("Book"),
        url=_new_visit(plan.patient.reference, "review"),
    )


def _new_visit(patient_ref: str, kind: str) -> str:
    return f"{reverse('booking:new-visit')}?patient={patient_ref}&kind={kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Things of one kind: the first few, how many more, and where all of them are."""

    shown: tuple[Need, ...]
    more: int = 0
    all_url: str = ""


def group(needs: Iterable[Need], *, all_url: str = "") -> Group:
    """The first few of a kind."""
    found = tuple(needs)
    return Group(
        shown=found[:MOST_OF_A_KIND],
        more=max(len(found) - MOST_OF_A_KIND, 0),
        all_url=all_url,
    )
