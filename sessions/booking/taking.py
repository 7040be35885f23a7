"""Taking time: locks in one order, then rows, then the database's own guard.

Exclusion constraints alone deadlock when many people book at once (DEPENDENCIES
P2), so every booking first locks what it occupies: practitioners, rooms,
devices, patients, each in the order of their ids. Then nobody else can take
the same time, and what is taken can be named. The constraints still guard; what
they refuse (23P01) and a deadlock (40P01) both read as "taken", and so does a
session of a plan that is booked a second time (23505 of one constraint).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Model
from django.db.transaction import TransactionManagementError

from clinic.devices.models import Device
from clinic.places.models import Room
from clinic.staff.models import User
from patients.records.models import Patient
from sessions.booking.models import OCCUPIES, Visit

TAKEN_STATES = ("23P01", "40P01")
SESSION_ONCE = "visit_one_for_a_planned_session"
RESOURCES = ("practitioner", "room", "patient", "device")
LOCK = "SELECT id FROM {} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"

# Plain SQL: whoever comes second asks this while others wait for the same locks.
# The names are looked up one by one, which is planned faster than four joins.
_CLASHES = """
SELECT claim.nth,
       ARRAY[visit.practitioner_id = claim.practitioner, visit.room_id = claim.room,
             visit.patient_id = claim.patient, visit.device_id = claim.device],
       ARRAY[(SELECT full_name FROM clinic_user WHERE id = visit.practitioner_id),
             (SELECT name FROM clinic_room WHERE id = visit.room_id), '',
             (SELECT name FROM clinic_device WHERE id = visit.device_id)],
       (SELECT full_name FROM clinic_user WHERE id = visit.booked_by_id),
       visit.booked_at
  FROM unnest(%(practitioner_id)s::bigint[], %(room_id)s::bigint[],
              %(patient_id)s::bigint[], %(device_id)s::bigint[],
              %(starts_at)s::timestamptz[], %(ends_at)s::timestamptz[])
       WITH ORDINALITY AS claim (practitioner, room, patient, device, starts_at,
                                 ends_at, nth)
  JOIN treatments_visit visit
    ON (visit.practitioner_id = claim.practitioner OR visit.room_id = claim.room
        OR visit.patient_id = claim.patient OR visit.device_id = claim.device)
   AND visit.starts_at >= claim.starts_at - interval '1 day'
   AND visit.starts_at < claim.ends_at AND visit.ends_at > claim.starts_at
   AND visit.status NOT IN ('missed', 'cancelled')
   AND visit.id <> ALL(%(moving)s::bigint[])
 ORDER BY claim.nth, visit.starts_at, visit.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A time that a visit wants: ids and instants."""

    patient_id: int
    practitioner_id: int
    room_id: int
    device_id: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Why a claim failed: what is taken, by whom, since when."""

    claim: Claim
    resource: str
    name: str
    booked_by: str
    booked_at: datetime | None


class TimeTakenError(Exception):
    """Somebody else has the time. Carries every clash that is known."""

    def __init__(self, clashes: Sequence[Clash] = ()) -> None:
        super().__init__("The time was taken.")
        self.clashes = tuple(clashes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """The visit for which a session of a plan is booked already, by whom and when."""

    number: int
    starts_at: datetime
    booked_by: str
    booked_at: datetime


class SessionTakenError(TimeTakenError):
    """A session of a plan is booked already. Carries each such visit that is known."""

    def __init__(self, booked: Sequence[Booked] = ()) -> None:
        super().__init__()
        self.booked = tuple(booked)


def lock(claims: Iterable[Claim]) -> None:
    """Lock everything the claims occupy, in the one order of the product.

    Raises TransactionManagementError outside a transaction: a lock that ends
    with its statement guards nothing.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("A lock needs a transaction.")
    wanted = list(claims)
    keys: list[tuple[type[Model], set[int]]] = [
        (User, {claim.practitioner_id for claim in wanted}),
        (Room, {claim.room_id for claim in wanted}),
        (Device, {c.device_id for c in wanted if c.device_id is not None}),
        (Patient, {claim.patient_id for claim in wanted}),
    ]
    some = [(model, list(ids)) for model, ids in keys if ids]
    if not some:
        return
    # One round trip: under many clients the statements' own cost is the wait.
    with connection.cursor() as cursor:
        cursor.execute(
            ";".join(LOCK.format(model._meta.db_table) for model, _ids in some),
            [ids for _model, ids in some],
        )


def refuse_taken(claims: Sequence[Claim], *, moving: Sequence[int] = ()) -> None:
    """Raise TimeTakenError with every clash of the claims with booked visits.

    `moving` are ids of visits that give their own time up. Call after `lock`.
    """
    clashes = list(find_clashes(claims, moving=moving))
    if clashes:
        raise TimeTakenError(clashes)


def refuse_booked_sessions(planned: Iterable[int | None]) -> None:
    """Raise SessionTakenError when one of the planned sessions is booked already.

    `planned` are keys of planned sessions, None where a visit is for none. Call
    after `lock`.
    """
    booked = booked_sessions(planned)
    if booked:
        raise SessionTakenError(list(booked.values()))


def booked_sessions(planned: Iterable[int | None]) -> dict[int, Booked]:
    """By key of the planned session for which visit it is booked; one query."""
    keys = [key for key in planned if key is not None]
    if not keys:
        return {}
    rows = (
        Visit.objects.filter(OCCUPIES, planned_session__in=keys)
        .select_related("planned_session", "booked_by")
        .order_by("starts_at", "id")
    )
    return {
        row.planned_session.pk: Booked(
            number=row.planned_session.number,
            starts_at=row.starts_at,
            booked_by=row.booked_by.full_name,
            booked_at=row.booked_at,
        )
        for row in rows
        if row.planned_session is not None
    }


def find_clashes(
    claims: Sequence[Claim], *, moving: Sequence[int] = ()
) -> Iterator[Clash]:
    """Every clash of the claims with booked visits, one query for all."""
    if not claims:
        return
    columns = {
        name: [getattr(claim, name) for claim in claims]
        for name in Claim.__dataclass_fields__
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLASHES, {**columns, "moving": list(moving)})
        rows = cursor.fetchall()
    for nth, same, names, booked_by, booked_at in rows:
        resource = RESOURCES[same.index(True)]
        yield Clash(
            claim=claims[nth - 1],
            resource=resource,
            name=dict(zip(RESOURCES, names, strict=True))[resource],
            booked_by=booked_by,
            booked_at=booked_at,
        )


@contextmanager
def guarded() -> Iterator[None]:
    """Run the writing statements; read the database's refusal as "taken".

    A savepoint of its own, so that the caller's transaction can still be read
    from. Every other database error passes through unchanged.
    """
    try:
        with transaction.atomic():
            yield
    except (IntegrityError, OperationalError) as error:
        if _state(error) in TAKEN_STATES:
            raise TimeTakenError from error
        if _constraint(error) == SESSION_ONCE:
            raise SessionTakenError from error
        raise


def _state(error: Exception) -> str:
    return str(getattr(error.__cause__, "pgcode", ""))


def _constraint(error: Exception) -> str:
    """The constraint that the database names, empty where it names none."""
    told = getattr(error.__cause__, "diag", None)
    return str(getattr(told, "constraint_name", None) or "")
