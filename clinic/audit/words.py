"""The audit log in words: what an action is called, and one event as one line."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.audit.models import AuditEvent
from clinic.web import refs

FEW = 5
_WORDS: Mapping[str, Promise | str] = {
    "audit.exported": gettext_lazy("Exported the audit log"),
    "audit.own_read": gettext_lazy("Looked at own activity"),
    "audit.read": gettext_lazy("Read the audit log"),
    "chart.opened": gettext_lazy("Opened a chart"),
    "patient.opened": gettext_lazy("Looked at who a patient is"),
    "plans.listed": gettext_lazy("Looked at the list of plans"),
    "visits.listed": gettext_lazy("Looked at the visits of a day"),
    "needs.listed": gettext_lazy("Looked at what waits today"),
    "patients.listed": gettext_lazy("Looked at the list of patients"),
    "patients.searched": gettext_lazy("Searched for patients"),
    "patient.added": gettext_lazy("Added the patient"),
    "patient.changed": gettext_lazy("Changed the patient's details"),
    "patient.reported_dead": gettext_lazy("Entered a death that a list reported"),
    "patient.imported": gettext_lazy("Imported the patient"),
    "facts.imported": gettext_lazy("Imported history facts"),
    "break_glass.opened": gettext_lazy("Opened a patient with a reason"),
    "import.prepared": gettext_lazy("Prepared an import"),
    "import.started": gettext_lazy("Started an import"),
    "import.finished": gettext_lazy("Finished an import"),
    "import.cancelled": gettext_lazy("Stopped an import"),
    "import.rest_downloaded": gettext_lazy("Downloaded what an import left out"),
    "refused": gettext_lazy("Was refused"),
    "sign_in.done": gettext_lazy("Signed in"),
    "sign_in.failed": gettext_lazy("Sign-in failed"),
    "sign_in.timed_out": gettext_lazy("Was signed out by the clock"),
    "sign_out": gettext_lazy("Signed out"),
    "password.changed": gettext_lazy("Changed the password"),
    "password.set_by_link": gettext_lazy("Set a password by sign-in link"),
    "second_factor.added": gettext_lazy("Added a second step"),
    "second_factor.removed": gettext_lazy("Removed a second step"),
    "second_factor.codes_renewed": gettext_lazy("Made new recovery codes"),
    "second_factor.failed": gettext_lazy("Second step failed"),
    "second_factor.taken_away": gettext_lazy("Took somebody's second step away"),
    "person.added": gettext_lazy("Added a person"),
    "person.changed": gettext_lazy("Changed a person"),
    "person.roles_changed": gettext_lazy("Changed roles"),
    "person.closed": gettext_lazy("Closed a sign-in"),
    "person.opened": gettext_lazy("Opened a sign-in"),
    "person.link_made": gettext_lazy("Made a sign-in link"),
    "person.sessions_ended": gettext_lazy("Signed a person out"),
    "qualification.added": gettext_lazy("Added a qualification"),
    "qualification.withdrawn": gettext_lazy("Withdrew a qualification"),
    "depth_scope.set": gettext_lazy("Set the depth limits by law"),
    "device.added": gettext_lazy("Added a device"),
    "device.changed": gettext_lazy("Changed a device"),
    "lot.received": gettext_lazy("Received a lot"),
    "lot.changed": gettext_lazy("Changed a lot"),
    "lot.withdrawn": gettext_lazy("Withdrew a lot"),
    "lot.put_back": gettext_lazy("Put a lot back"),
    "absence.added": gettext_lazy("Added an absence"),
    "absence.removed": gettext_lazy("Removed an absence"),
    "clinic.named": gettext_lazy("Named the clinic"),
    "clinic.set_up": gettext_lazy("Set up the clinic"),
    "closure.added": gettext_lazy("Added a closure"),
    "closure.removed": gettext_lazy("Removed a closure"),
    "demo.built": gettext_lazy("Built the demo clinic"),
    "events.listed": gettext_lazy("Looked at adverse events"),
    "lot.traced": gettext_lazy("Looked up who received a lot"),
    "person.hours_set": gettext_lazy("Set working hours"),
    "person.sites_set": gettext_lazy("Set where a person works"),
    "report.list_opened": gettext_lazy("Opened the list behind a figure"),
    "room.added": gettext_lazy("Added a room"),
    "room.changed": gettext_lazy("Changed a room"),
    "session.addition": gettext_lazy("Added to a signed session"),
    "session.signed": gettext_lazy("Signed a session"),
    "session.started": gettext_lazy("Started a session"),
    "session.taken_over": gettext_lazy("Took over a session"),
    "site.added": gettext_lazy("Added a site"),
    "site.changed": gettext_lazy("Changed a site"),
    "site.hours_set": gettext_lazy("Set opening hours"),
    "visit.booked": gettext_lazy("Booked a visit"),
    "visit.moved": gettext_lazy("Moved a visit"),
    "visit.planned_past": gettext_lazy("Planned a visit past a rule"),
    "visit.status": gettext_lazy("Changed the state of a visit"),
    "unit.opened": gettext_lazy("Opened a unit"),
    "condition added": gettext_lazy("Added a condition"),
    "condition changed": gettext_lazy("Changed a condition"),
    "consent.seen": gettext_lazy("Read the consents"),
    "consent taken": gettext_lazy("Took a consent"),
    "consent text published": gettext_lazy("Published a consent text"),
    "consent texts shipped": gettext_lazy("Put the shipped consent texts in place"),
    "consent withdrawn": gettext_lazy("Withdrew a consent"),
    "history fact added": gettext_lazy("Added to the history"),
    "history fact ended": gettext_lazy("Ended a fact of the history"),
    "history fact withdrawn": gettext_lazy("Marked a fact as entered in error"),
    "rule mode changed": gettext_lazy("Changed how a safety rule runs"),
    "screening answered": gettext_lazy("Answered screening questions"),
    "screening completed": gettext_lazy("Completed a screening"),
    "screening discarded": gettext_lazy("Discarded a screening"),
    "screening started": gettext_lazy("Started a screening"),
    "tablet handed over": gettext_lazy("Handed the tablet to the patient"),
    "tablet password wrong": gettext_lazy("Typed a wrong password at the tablet"),
    "tablet taken back": gettext_lazy("Took the tablet back"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event as people read it; folded ones say how often and since when."""

    at: datetime
    person: str
    action: str
    patient: str
    about: str
    details: str
    address: str
    times: int = 1
    since: datetime | None = None


def in_words(action: str) -> str:
    """What an action is called; a new one shows its own name, readable enough."""
    known = _WORDS.get(action)
    return (
        str(known)
        if known
        else action.replace(".", ": ").replace("_", " ").capitalize()
    )


def line(event: AuditEvent) -> Line:
    """One event, whose actor was fetched with it."""
    return Line(
        at=event.at,
        person=event.actor.full_name if event.actor else _("Nobody signed in"),
        action=in_words(event.action),
        patient=patient_reference(event),
        about=object_name(event),
        details=in_brief(event),
        address=event.address or event.source,
    )


def folded(lines: Iterable[Line]) -> list[Line]:
    """Lines that follow each other and differ in their time only, as one.

    The latest comes first: `at` is the last time, `since` the first, `times` how
    often. Nothing is folded over midnight.
    """
    found: list[Line] = []
    for one in lines:
        last = found[-1] if found else None
        if last and _alike(last) == _alike(one):
            found[-1] = replace(last, times=last.times + 1, since=one.at)
        else:
            found.append(one)
    return found


def _alike(line: Line) -> tuple[object, ...]:
    day = timezone.localtime(line.at).date()
    what = (line.person, line.action, line.patient, line.about, line.details)
    return (day, *what, line.address)


def patient_reference(event: AuditEvent) -> str:
    """`P00412`, nothing without a patient."""
    return refs.number("P", event.patient_id, width=5) if event.patient_id else ""


def object_name(event: AuditEvent) -> str:
    """`lot 7`, nothing without an object."""
    if not event.object_kind:
        return ""
    return f"{event.object_kind} {event.object_id or ''}".strip()


def details(event: AuditEvent) -> str:
    """`fields: name, serial; site: 2`, every item of a list."""
    return "; ".join(_named(event, value_words=_every))


def in_brief(event: AuditEvent) -> str:
    """The same for a page: of a long list the first items and how many more."""
    return "; ".join(_named(event, value_words=_the_first))


def _named(event: AuditEvent, *, value_words: Callable[[Any], str]) -> Iterator[str]:
    for name, value in event.details.items():
        if value not in (None, "", []):
            yield f"{name.replace('_', ' ')}: {value_words(value)}"


def _every(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _the_first(value: Any) -> str:
    if not isinstance(value, list) or len(value) <= FEW + 1:
        return _every(value)
    return _("%(few)s and %(number)d more") % {
        "few": _every(value[:FEW]),
        "number": len(value) - FEW,
    }
