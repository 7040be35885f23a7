"""Today's visits: a full day, each in the state it would have at this minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.models import User
from patients.models import Patient
from sessions.charting.actions import starting
from sessions.demo import sheets
from sessions.demo.diary import (
    SESSIONS_AT,
    TALK_MINUTES,
    TALKS_AT,
    VISIT_MINUTES,
    Booking,
)
from sessions.demo.histories import Scene, Told
from sessions.demo.shapes import Sheet
from sessions.models import Visit

NUMBING_MINUTES = 30
MISSED_NUMBER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    booking: Booking
    told: Told


def who_treats(scene: Scene) -> list[User]:
    """One practitioner for each session that today has room for, in turn."""
    here = [person for person in scene.house.practitioners if _at(scene, person)]
    return here * len(SESSIONS_AT)


def _at(scene: Scene, person: User, minute: int = SESSIONS_AT[0]) -> Booking | None:
    minutes = TALK_MINUTES if minute in TALKS_AT else VISIT_MINUTES
    return scene.diary.at(person, scene.today, minute, minutes=minutes)


def write(scene: Scene, stories: Sequence[Told], newcomers: Sequence[Patient]) -> None:
    """Put today's sessions, a consultation each, and their states on the sheet."""
    left = list(newcomers)
    for number, person in enumerate(scene.house.practitioners):
        waiting = [t for t in stories if t.story.today and t.practitioner == person]
        places = [
            _Place(booking=booking, told=told)
            for minute, told in zip(SESSIONS_AT, waiting, strict=False)
            if (booking := _at(scene, person, minute)) is not None
        ]
        _write_sessions(scene, places, missed=None if number else MISSED_NUMBER)
        booking = _at(scene, person, TALKS_AT[0])
        if booking is not None:
            _consultation(scene, booking, left.pop())


def _write_sessions(
    scene: Scene, places: Sequence[_Place], *, missed: int | None
) -> None:
    done: list[Sheet] = []
    for number, place in enumerate(places):
        told = place.told
        sheet = Sheet(told=told, booking=place.booking, number=len(told.done) + 1)
        over = place.booking.ends_at <= scene.now
        if over and number != missed:
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
    return "unconfirmed" if number == len(SESSIONS_AT) - 1 else "confirmed"


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
    if state in {"numbing", "in_room"}:
        sheets.screen(scene, [sheet])
    if state == "in_room":
        starting.start(visit=visit, by=visit.practitioner, now=starts_at)


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
