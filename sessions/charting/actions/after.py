"""After the signature: additions, and adverse events of any session."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.rulebook.queries import effective_book
from clinic.rules import events
from clinic.staff.models import User
from clinic.web.templatetags.formats import day_year
from sessions.charting.actions.taps import lock
from sessions.charting.errors import SheetChangedError, SheetRefusedError
from sessions.charting.models import Addition, AdverseEvent, TreatmentSession


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEntry:
    """An adverse event as it is seen. `grade` is one of 1 to 5."""

    kind: str
    onset_on: date
    grade: int
    zones: tuple[str, ...] = ()
    description: str = ""
    action: str = ""
    outcome: str = ""
    closed_on: date | None = None


@transaction.atomic
def add(*, session: TreatmentSession, text: str, by: User, now: datetime) -> Addition:
    """A dated, signed addition to a signed record. Raises SheetRefusedError."""
    locked = lock(session)
    if not locked.is_signed:
        raise SheetRefusedError(
            _("This session is still open: change the sheet itself.")
        )
    if not text.strip():
        raise SheetRefusedError(_("Write the addition."), field="text")
    made = Addition.objects.create(session=locked, text=text.strip(), by=by, at=now)
    audit.record(
        by=by,
        now=now,
        action="session.addition",
        patient_id=locked.patient_id,
        object_kind="session",
        object_id=locked.pk,
    )
    return made


@transaction.atomic
def record_event(
    *, session: TreatmentSession, entry: EventEntry, by: User, now: datetime
) -> AdverseEvent:
    """Keep an event; whether it is expected is judged when it is read.

    Raises SheetRefusedError.
    """
    _refuse_event(session, entry, today=now.astimezone(session.site.zone).date())
    event = AdverseEvent.objects.create(
        patient_id=session.patient_id,
        session=session,
        kind=entry.kind,
        onset_on=entry.onset_on,
        grade=entry.grade,
        zones=list(entry.zones),
        description=entry.description.strip(),
        action=entry.action.strip(),
        outcome=entry.outcome.strip(),
        closed_on=entry.closed_on,
        recorded_at=now,
        recorded_by=by,
    )
    _audit(event, "event.recorded", by=by, now=now)
    return event


@transaction.atomic
def change_event(
    *, event: AdverseEvent, version: int, entry: EventEntry, by: User, now: datetime
) -> AdverseEvent:
    """Follow an event up. Raises SheetChangedError, SheetRefusedError."""
    locked = (
        AdverseEvent.objects.select_for_update(of=("self",), no_key=True)
        .select_related("session__site", "recorded_by")
        .get(pk=event.pk)
    )
    if locked.version != version:
        raise SheetChangedError(by=None, at=None, version=locked.version)
    today = now.astimezone(locked.session.site.zone).date()
    _refuse_event(locked.session, entry, today=today)
    locked.kind, locked.onset_on, locked.grade = entry.kind, entry.onset_on, entry.grade
    locked.zones = list(entry.zones)
    locked.description = entry.description.strip()
    locked.action, locked.outcome = entry.action.strip(), entry.outcome.strip()
    locked.closed_on = entry.closed_on
    locked.version += 1
    locked.save()
    _audit(locked, "event.changed", by=by, now=now)
    return locked


def _refuse_event(session: TreatmentSession, entry: EventEntry, *, today: date) -> None:
    book = effective_book().book
    if entry.kind not in book.events:
        raise SheetRefusedError(_("Choose what was seen."), field="kind")
    if entry.onset_on < session.performed_on:
        raise SheetRefusedError(
            _("It began before this session, on %(day)s.")
            % {"day": day_year(session.performed_on)},
            field="onset_on",
        )
    if entry.onset_on > today:
        raise SheetRefusedError(_("This day is still to come."), field="onset_on")
    if entry.closed_on is not None and entry.closed_on > today:
        raise SheetRefusedError(_("This day is still to come."), field="closed_on")
    if entry.closed_on is not None and entry.closed_on < entry.onset_on:
        raise SheetRefusedError(
            _("It cannot settle before it began."), field="closed_on"
        )
    if not events.is_grade_allowed(book, kind=entry.kind, grade=entry.grade):
        floor = book.events[entry.kind].grade_floor
        raise SheetRefusedError(
            _("%(kind)s is at least grade %(floor)d.")
            % {"kind": book.events[entry.kind].name, "floor": floor},
            field="grade",
        )
    if not set(entry.zones) <= set(book.areas):
        raise SheetRefusedError(_("Choose zones of the chart."), field="zones")


def _audit(event: AdverseEvent, action: str, *, by: User, now: datetime) -> None:
    audit.record(
        by=by,
        now=now,
        action=action,
        patient_id=event.patient_id,
        object_kind="event",
        object_id=event.pk,
    )
