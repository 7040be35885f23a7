"""A session of the demo before it is a row."""

from dataclasses import dataclass

from sessions.demo.diary import Booking
from sessions.demo.histories import Told
from sessions.models import PlannedSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One session that was done: its story, time and number in the plan."""

    told: Told
    booking: Booking
    number: int

    @property
    def planned(self) -> PlannedSession:
        """The planned session it carries out."""
        return self.told.planned[self.number - 1]
