"""What cannot stay when a patient has died: the slices that know of it end it.

A higher slice registers two functions when the app starts: what stands for the
patient, and the writing that ends it. Both run inside the action that enters the
death, while the patient's row is locked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from clinic.staff.models import User
from patients.records.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One thing that ends with the patient's death; `key` names it in the form."""

    key: str
    text: str


Standing = Callable[[Patient, datetime], Iterable[Ending]]
End = Callable[[Patient, User | None, datetime], None]
_sources: list[tuple[Standing, End]] = []


class StillStandsError(Exception):
    """Something stands for the patient that nobody was shown yet; carries all of it."""

    def __init__(self, endings: list[Ending]) -> None:
        super().__init__(len(endings))
        self.endings = endings


def add_source(standing: Standing, end: End) -> None:
    """Let a slice say what ends with a death, and end it."""
    if (standing, end) not in _sources:
        _sources.append((standing, end))


def end_all(
    *, patient: Patient, shown: frozenset[str], by: User, now: datetime
) -> None:
    """End what stands for a patient who has died; it must have been shown before.

    `shown` are the keys of what was. Call with the patient's row locked. Raises
    StillStandsError with everything, and nothing is ended.
    """
    found = [ending for standing, _end in _sources for ending in standing(patient, now)]
    if any(ending.key not in shown for ending in found):
        raise StillStandsError(found)
    if found:
        end_reported(patient=patient, by=by, now=now)


def end_reported(*, patient: Patient, by: User | None, now: datetime) -> None:
    """End what stands for a patient whose death somebody else reported: an import.

    Nobody is there to be shown it first. Call with the patient's row locked.
    """
    for _standing, end in _sources:
        end(patient, by, now)
