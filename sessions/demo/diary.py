"""Who has which time free in the demo, so that no simulated visits overlap."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from clinic.models import Room, Site, User
from clinic.rules import freetime
from sessions.demo.house import House

GRID = tuple(range(8 * 60 + 30, 12 * 60, 50)) + tuple(range(13 * 60, 17 * 60, 50))
VISIT_MINUTES = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A time that is taken now."""

    practitioner: User
    site: Site
    room: Room
    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(slots=True, kw_only=True)
class Diary:
    """Every practitioner's time, by day; `today` is left to the fixed day sheet."""

    house: House
    random: Random
    today: date
    taken: set[tuple[int, date, int]] = field(default_factory=set)
    visiting: set[tuple[int, date]] = field(default_factory=set)

    def book(self, practitioner: User, wanted: date, *, patient_id: int) -> Booking:
        """The first free time on or after a day, never today, never closed.

        A patient comes once a day at most.
        """
        day = wanted
        while True:
            here = (patient_id, day)
            if day != self.today and not _is_closed(day) and here not in self.visiting:
                booking = self._on(practitioner, day)
                if booking is not None:
                    self.visiting.add(here)
                    return booking
            day += timedelta(days=1)

    def at(
        self, practitioner: User, day: date, minute: int, *, minutes: int
    ) -> Booking | None:
        """A fixed time, None where the practitioner does not work on that day."""
        for post in self.house.posts[practitioner.pk]:
            if day.weekday() in post.weekdays:
                starts_at = freetime.wall_to_instant(day, minute, post.site.zone)
                return Booking(
                    practitioner=practitioner,
                    site=post.site,
                    room=post.room,
                    day=day,
                    starts_at=starts_at.astimezone(UTC),
                    ends_at=starts_at.astimezone(UTC) + timedelta(minutes=minutes),
                )
        return None

    def _on(self, practitioner: User, day: date) -> Booking | None:
        minutes = list(GRID)
        self.random.shuffle(minutes)
        for minute in minutes:
            key = (practitioner.pk, day, minute)
            if key not in self.taken:
                self.taken.add(key)
                return self.at(practitioner, day, minute, minutes=VISIT_MINUTES)
        return None


def _is_closed(day: date) -> bool:
    return (day.month, day.day) in {(12, 25), (12, 26), (1, 1)}
