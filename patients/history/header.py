"""The flags of the history in a patient's header: clinical ones, or one neutral."""

from collections.abc import Iterator
from datetime import date

from clinic.staff.models import User
from clinic.staff.policy import Action, Grant, grant
from patients.history import queries
from patients.records.flags import Flag
from patients.records.models import Patient

TONES = {"bad": "bad", "warn": "warn", "info": ""}


def flags_for(patient: Patient, user: User, today: date) -> Iterator[Flag]:
    """What the chart says, for who may read it; else whether to ask first.

    The header shows the phototype by itself, so it is left out here.
    """
    if grant(user, Action.CHART_READ) is Grant.NO:
        if queries.needs_word(patient, today=today):
            neutral = queries.desk_flag()
            yield Flag(text=neutral.text, tone=neutral.kind)
        return
    for flag in queries.flags(patient, today=today, with_phototype=False):
        yield Flag(text=flag.text, tone=TONES[flag.kind])
