"""Whether a clock of numbing may start: nobody is numbed before being asked.

The same answers stop the cream on the sheet (DESIGN 6, "start, record, sign"); here
they stop the step that the desk takes, who reads none of them.
"""

from clinic.rules.findings import Finding, Scope
from clinic.rules.gates import Pass, Step
from clinic.rules.screening import Setting
from patients.history import queries as history
from sessions.booking.models import Visit


class NumbingStoppedError(Exception):
    """No anaesthetic for this patient now; without findings nobody has asked yet."""

    def __init__(self, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__("No anaesthetic now.")
        self.findings = findings


def refuse_unasked(visit: Visit) -> None:
    """Raise NumbingStoppedError unless the day's screening lets an anaesthetic be.

    What a person has to decide, and what was not asked, stops it too. About six
    queries.
    """
    found = history.gate_for(
        visit.patient,
        step=Step.RECORD,
        on=visit.day,
        today=visit.day,
        setting=Setting(anaesthetic=True),
        scope=Scope.ANAESTHETIC,
    )
    if found.screening is None:
        raise NumbingStoppedError
    stopping = [
        ruling.finding
        for ruling in found.gate.rulings
        if ruling.does in {Pass.REFUSED, Pass.SIGN_OFF}
    ]
    if stopping:
        raise NumbingStoppedError(tuple(stopping))
