"""A person's own activity, line by line: no more than their roles show elsewhere."""

from collections.abc import Callable
from dataclasses import replace

from clinic.audit import words
from clinic.audit.models import AuditEvent
from clinic.staff.models import User
from clinic.staff.policy import Action, Grant, grant

LineOf = Callable[[AuditEvent], words.Line]
# What is logged of one patient without a clinical word: names of fields of the form
# that everybody fills in, and states of a visit.
PLAIN = frozenset({"patient.changed", "visit.status"})


def line(person: User, event: AuditEvent) -> words.Line:
    """The person's own event; to who reads no charts, without details of a patient.

    The desk's own events hold few; who treated before and sits at the desk now did
    more, and an import counts what it brought for each patient.
    """
    found = words.line(event)
    is_plain = event.patient_id is None or event.action in PLAIN
    if is_plain or grant(person, Action.CHART_READ) is not Grant.NO:
        return found
    return replace(found, details="")
