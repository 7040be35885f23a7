"""Who has which time free in the demo, so that no simulated visits overlap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from clinic.models import Room, Site, User
from clinic.rules import freetime
from sessions.demo.house import House

SESSIONS_AT = (540, 585, 630, 675, 780)  # minutes from midnight
TALKS_AT = (825,)
VISIT_MINUTES, TALK_MINUTES = 45, 30
FURTHEST = timedelta(days=400)


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

    def book(
        self,
        practitioner: User,
        wanted: date,
        *,
        patient_id: int,
        first: date = date.min,
        last: date = date.max,
    ) -> Booking:
        """A free time for a session on the day nearest after a wished one, else before.

        Never today, never closed, within `first` and `last`; with somebody else
        where the practitioner has none. A patient comes once a day at most.
        """
        others = [p for p in self.house.practitioners if p.pk != practitioner.pk]
        for person in (practitioner, *others):
            for day in _nearest(wanted, first=first, last=last):
                booking = self._on(person, day, patient_id, SESSIONS_AT, VISIT_MINUTES)
                if booking is not None:
                    return booking
        raise LookupError(f"The demo has no time for patient {patient_id}.")

    def talk(self, practitioner: User, wanted: date, *, patient_id: int) -> Booking:
        """A free half hour on or after a day, at the end of the day if there is one."""
        for day in _nearest(wanted, first=wanted, last=date.max):
            minutes = (*TALKS_AT, *SESSIONS_AT)
            booking = self._on(practitioner, day, patient_id, minutes, TALK_MINUTES)
            if booking is not None:
                return booking
        raise LookupError(f"The demo has no half hour for patient {patient_id}.")

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

    def _on(
        self,
        practitioner: User,
        day: date,
        patient_id: int,
        minutes: Sequence[int],
        length: int,
    ) -> Booking | None:
        if day == self.today or _is_closed(day) or (patient_id, day) in self.visiting:
            return None
        if self.at(practitioner, day, minutes[0], minutes=length) is None:
            return None
        free = [m for m in minutes if (practitioner.pk, day, m) not in self.taken]
        if not free:
            return None
        minute = free[0] if minutes[0] in TALKS_AT else self.random.choice(free)
        self.taken.add((practitioner.pk, day, minute))
        self.visiting.add((patient_id, day))
        return self.at(practitioner, day, minute, minutes=length)


def _nearest(wanted: date, *, first: date, last: date) -> Iterator[date]:
    """The wished day and those after it, then those before it."""
    for offset in range(FURTHEST.days):
        if wanted + timedelta(days=offset) > last:
            break
        yield max(wanted + timedelta(days=offset), first)
    for offset in range(1, FURTHEST.days):
        if wanted - timedelta(days=offset) < first:
            return
        yield min(wanted - timedelta(days=offset), last)


def _is_closed(day: date) -> bool:
    return (day.month, day.day) in {(12, 25), (12, 26), (1, 1)}
