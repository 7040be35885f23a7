"""Sixteen clients for the same times: attempts per second against bare SQL."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, connections, transaction

from benchmarks.clock import Cost
from benchmarks.measure import Row
from clinic.models import Room, User
from sessions.booking import actions, taking
from sessions.booking.actions import VisitEntry
from sessions.models import Visit
from tests import factories
from tests.factories import NOW

CLIENTS = 16
ROUNDS = 16
TURNS = 9
LIMIT = 1 / 0.6  # at least 60 % of the bare attempts a second
Attempt = Callable[[int, datetime], None]


def run() -> list[Row]:
    """Every round all clients want one slot; one gets it. Milliseconds an attempt."""
    site = factories.make_site()
    practitioner = factories.make_practitioner(site=site)
    room = factories.make_room(site=site)
    desk = factories.make_desk(site=site)
    patients = [factories.make_patient().pk for _ in range(CLIENTS)]

    def ours(client: int, starts_at: datetime) -> None:
        entry = VisitEntry(
            kind="consultation",
            patient_id=patients[client],
            practitioner_id=practitioner.pk,
            site_id=site.pk,
            room_id=room.pk,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=45),
            day=starts_at.date(),
        )
        try:
            actions.book(entries=[entry], by=desk, now=NOW)
        except taking.TimeTakenError:
            return

    bare = _bare(patients, practitioner, room, desk)
    own, floor = [], []
    for turn in range(TURNS):
        own.append(_raced(ours, first_day=2 * turn))
        floor.append(_raced(bare, first_day=2 * turn + 1))
    doubles = Visit.objects.filter(room=room).count() - 2 * TURNS * ROUNDS
    row = Row(
        name=f"{CLIENTS} clients race for one slot, an attempt",
        ours=[Cost(wall_ms=ms, cpu_ms=ms) for ms in own],
        floor=[Cost(wall_ms=ms, cpu_ms=ms) for ms in floor],
        limit=LIMIT,
        by_wall=True,
    )
    said = f"{1000 / row.ours_ms:.0f}/s, bare {1000 / (row.floor_ms or 1):.0f}/s"
    return [replace(row, note=f"{said}, doubles or lost: {doubles}")]


def _raced(attempt: Attempt, *, first_day: int) -> float:
    """Milliseconds an attempt takes with all clients at once."""
    start = threading.Barrier(CLIENTS + 1)

    def client(number: int) -> None:
        connection.ensure_connection()
        start.wait()
        for turn in range(ROUNDS):
            day, hour = divmod(turn, 8)
            attempt(number, NOW + timedelta(days=first_day * 7 + day, hours=hour))
        connections.close_all()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - began) * 1000 / (CLIENTS * ROUNDS)


def _bare(patients: list[int], practitioner: User, room: Room, desk: User) -> Attempt:
    """Row locks in one order, then the insert under the constraints; no more."""

    def attempt(client: int, starts_at: datetime) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for table, key in (
                    ("clinic_user", practitioner.pk),
                    ("clinic_room", room.pk),
                    ("patients_patient", patients[client]),
                ):
                    cursor.execute(
                        f"SELECT id FROM {table} WHERE id = %s FOR NO KEY UPDATE",  # noqa: S608
                        [key],
                    )
                cursor.execute(
                    "INSERT INTO treatments_visit (kind, patient_id, practitioner_id, "
                    "site_id, room_id, starts_at, ends_at, day, status, why, "
                    "booked_at, booked_by_id, cancel_reason, confirmed_rules, version) "
                    "VALUES ('consultation', %s, %s, %s, %s, %s, %s, %s, "
                    "'unconfirmed', '', %s, %s, '', '[]', 1)",
                    [
                        patients[client],
                        practitioner.pk,
                        room.site_id,
                        room.pk,
                        starts_at,
                        starts_at + timedelta(minutes=45),
                        starts_at.date(),
                        NOW,
                        desk.pk,
                    ],
                )
        except DatabaseError:
            return

    return attempt
