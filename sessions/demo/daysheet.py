"""Today's visits: a full day, each in the state it would have at this minute."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.models import User
from patients.models import Patient
from sessions.demo import sheets
from sessions.demo.diary import Booking
from sessions.demo.histories import Scene, Told
from sessions.demo.shapes import Sheet
from sessions.models import Visit

MINUTES = 45
NUMBING_MINUTES = 30
# What each practitioner's day looks like, in minutes from midnight.
TIMES = (
    (515, 565, 615, 665, 780, 830, 880, 930, 980),
    (540, 600, 660, 810, 870, 930, 990),
    (600, 650, 700, 780, 840, 900, 960),
)
CONSULTATION_AT = (930, 990, 960)
MISSED_NUMBER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    booking: Booking
    told: Told | None


def write(scene: Scene, stories: Sequence[Told], newcomers: Sequence[Patient]) -> None:
    """Put today's sessions, a consultation each, and their states on the sheet."""
    waiting: dict[int, list[Told]] = {
        person.pk: [] for person in scene.house.practitioners
    }
    for told in stories:
        if told.story.today:
            waiting[told.practitioner.pk].append(told)
    left = list(newcomers)
    for person, times, last in zip(
        scene.house.practitioners, TIMES, CONSULTATION_AT, strict=True
    ):
        places = list(_places(scene, person, times, waiting[person.pk]))
        _write_sessions(scene, places)
        booking = scene.diary.at(person, scene.today, last, minutes=MINUTES)
        if booking is not None and left:
            _consultation(scene, booking, left.pop())


def spread(scene: Scene, stories: Sequence[Told]) -> None:
    """Give today's plans to the practitioners who work today, as many as fit."""
    people = [
        person
        for person in scene.house.practitioners
        if scene.diary.at(person, scene.today, 600, minutes=MINUTES) is not None
    ]
    for number, told in enumerate(one for one in stories if one.story.today):
        told.practitioner = people[number % len(people)]
        told.plan.practitioner = told.practitioner
        told.plan.save(update_fields=["practitioner"])


def _places(
    scene: Scene, person: User, times: Sequence[int], waiting: list[Told]
) -> Iterator[_Place]:
    for minute in times:
        booking = scene.diary.at(person, scene.today, minute, minutes=MINUTES)
        if booking is None or not waiting:
            return
        if minute not in CONSULTATION_AT:
            yield _Place(booking=booking, told=waiting.pop(0))


def _write_sessions(scene: Scene, places: Sequence[_Place]) -> None:
    done: list[Sheet] = []
    for number, place in enumerate(places):
        told = place.told
        if told is None:
            continue
        sheet = Sheet(told=told, booking=place.booking, number=len(told.done) + 1)
        over = place.booking.ends_at <= scene.now
        if over and number != MISSED_NUMBER:
            done.append(sheet)
        else:
            state = "missed" if over else _state(place.booking, scene.now, number)
            _save(scene, sheet, state)
    if done:
        sheets.record(scene, done, unsigned=1)


def _state(booking: Booking, now: datetime, number: int) -> str:
    if booking.starts_at <= now:
        return "in_room"
    if booking.starts_at - timedelta(minutes=NUMBING_MINUTES) <= now:
        return "numbing"
    if booking.starts_at - timedelta(minutes=60) <= now:
        return "arrived"
    return "unconfirmed" if number % 4 == 3 else "confirmed"


def _save(scene: Scene, sheet: Sheet, state: str) -> None:
    visit = sheets.visit_of(
        scene,
        sheet.told,
        sheet.booking,
        kind="session",
        status=state,
        planned=sheet.planned,
    )
    starts_at = sheet.booking.starts_at
    if state in {"arrived", "numbing", "in_room"}:
        visit.arrived_at = starts_at - timedelta(minutes=40)
    if state in {"numbing", "in_room"}:
        visit.numbing_since = starts_at - timedelta(minutes=NUMBING_MINUTES)
        visit.numbing_until = starts_at
    if state == "in_room":
        visit.in_room_at = starts_at
    visit.save()


def _consultation(scene: Scene, booking: Booking, patient: Patient) -> None:
    Visit.objects.create(
        kind="consultation",
        patient=patient,
        practitioner=booking.practitioner,
        site=booking.site,
        room=booking.room,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        day=booking.day,
        status="confirmed",
        booked_at=scene.now - timedelta(days=4),
        booked_by=scene.house.desk,
    )
