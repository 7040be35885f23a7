"""Reading the audit log: by person, patient, action and day; for a chart; of people."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, QuerySet
from django.utils import timezone

from clinic.audit.models import AuditEvent

PAGE = 100
RECENT = 20_000
ABOUT_PEOPLE = ("person.", "qualification.", "second_factor.taken_away")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; nothing means everything. Days are those of `zone`."""

    person_id: int | None = None
    patient_id: int | None = None
    action: str = ""
    first_day: date | None = None
    last_day: date | None = None
    zone: ZoneInfo


def events(search: Search) -> QuerySet[AuditEvent]:
    """The events that fit, the latest first, each with who did it."""
    found = AuditEvent.objects.select_related("actor").order_by("-id")
    if search.person_id is not None:
        found = found.filter(actor_id=search.person_id)
    if search.patient_id is not None:
        found = found.filter(patient_id=search.patient_id)
    if search.action:
        found = found.filter(action=search.action)
    if search.first_day is not None:
        found = found.filter(at__gte=_midnight(search.first_day, search.zone))
    if search.last_day is not None and search.last_day < date.max:
        after = search.last_day + timedelta(days=1)
        found = found.filter(at__lt=_midnight(after, search.zone))
    return found


def page(search: Search, *, before_id: int | None = None) -> list[AuditEvent]:
    """One page and one event more, which tells whether there is another page."""
    found = events(search)
    if before_id is not None:
        found = found.filter(id__lt=before_id)
    return list(found[: PAGE + 1])


def each(search: Search) -> Iterator[AuditEvent]:
    """All events that fit, streamed."""
    return events(search).iterator(chunk_size=2000)


def actions() -> list[str]:
    """The actions among the latest events, by name, to choose from."""
    newest = AuditEvent.objects.aggregate(id=Max("id"))["id"] or 0
    recent = AuditEvent.objects.filter(id__gt=newest - RECENT)
    return sorted(set(recent.values_list("action", flat=True)))


def events_of_patient(patient_id: int, *, limit: int = 200) -> list[AuditEvent]:
    """Who read and changed a chart, the latest first, for its log tab."""
    found = AuditEvent.objects.filter(patient_id=patient_id).select_related("actor")
    return list(found.order_by("-id")[:limit])


def detail(*, patient_id: int, action: str, object_id: int, name: str) -> str | None:
    """What the log said of the first such event of a patient, None without one."""
    found = AuditEvent.objects.filter(
        patient_id=patient_id, action=action, object_id=object_id
    )
    details = found.order_by("id").values_list("details", flat=True).first()
    return details.get(name) if details else None


def details_of(
    *, patient_ids: Collection[int], action: str, name: str
) -> dict[int, str]:
    """The same of every object of some patients, by its key."""
    found = AuditEvent.objects.filter(patient_id__in=patient_ids, action=action)
    rows = found.order_by("-id").values_list("object_id", "details")
    return {key: said[name] for key, said in rows if key and name in said}


def of_whom_was_changed(*, patient_ids: Collection[int], field: str) -> frozenset[int]:
    """Those of the patients of whom somebody here changed the field by hand."""
    found = AuditEvent.objects.filter(
        patient_id__in=patient_ids,
        action="patient.changed",
        details__fields__contains=field,
    )
    return frozenset(key for key in found.values_list("patient_id", flat=True) if key)


def about_people(*, limit: int) -> list[AuditEvent]:
    """The latest changes of people, roles and qualifications, for every owner."""
    found = AuditEvent.objects.select_related("actor").filter(object_kind="user")
    ours = found.filter(action__regex=rf"^({'|'.join(ABOUT_PEOPLE)})")
    return list(ours.order_by("-id")[:limit])


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), zone)
