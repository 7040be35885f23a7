"""Writing the stock: devices, lots, and the opening of a single-use unit."""

from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.devices.models import Lot, Unit
from clinic.staff.models import User

SERIAL_LENGTH = 40


class Refusal(StrEnum):
    """Why a unit is not opened."""

    NOT_SINGLE_USE = "not_single_use"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    EMPTY = "empty"
    OPENED_BEFORE = "opened_before"
    BAD_SERIAL = "bad_serial"


class UnitRefused(Exception):  # noqa: N818  a refusal, said to a person
    """A unit may not be opened, and nobody overrides it. `sentence` says why."""

    def __init__(self, *, code: Refusal, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@transaction.atomic
def open_unit(*, lot: Lot, by: User, now: datetime, serial: str | None = None) -> Unit:
    """Take one cartridge or roller out of its lot, for one patient and one session.

    Without a printed serial it gets the lot's next running number. The lot's row is
    locked, so two people never get the same unit. Raises UnitRefused.
    """
    locked = (
        Lot.objects.select_for_update(of=("self",))
        .select_related("site")
        .get(pk=lot.pk)
    )
    taken = set(Unit.objects.filter(lot=locked).values_list("serial", flat=True))
    refuse_unusable(
        lot=locked, opened=len(taken), today=now.astimezone(locked.site.zone).date()
    )
    unit = Unit.objects.create(
        lot=locked,
        serial=_next_number(taken) if serial is None else _checked(serial, taken),
        opened_at=now,
        opened_by=by,
    )
    audit.record(
        by=by,
        now=now,
        action="unit.opened",
        object_kind="unit",
        object_id=unit.pk,
        lot=locked.pk,
    )
    return unit


def refuse_unusable(*, lot: Lot, opened: int, today: date) -> None:
    """Raise UnitRefused when nothing may be taken out of the lot on the day."""
    if not lot.is_single_use:
        raise UnitRefused(
            code=Refusal.NOT_SINGLE_USE,
            sentence=_("Only cartridges and rollers are opened one by one."),
        )
    if lot.withdrawn_on is not None:
        raise UnitRefused(
            code=Refusal.WITHDRAWN,
            sentence=_("Lot %(number)s was withdrawn. Use another lot.")
            % {"number": lot.number},
        )
    if lot.expires_on < today:
        raise UnitRefused(
            code=Refusal.EXPIRED,
            sentence=_("Lot %(number)s expired on %(day)s. Use another lot.")
            % {"number": lot.number, "day": lot.expires_on.isoformat()},
        )
    if opened >= lot.quantity:
        raise UnitRefused(
            code=Refusal.EMPTY,
            sentence=_("Every unit of lot %(number)s was opened. Use another lot.")
            % {"number": lot.number},
        )


def _next_number(taken: set[str]) -> str:
    number = len(taken) + 1
    while (serial := f"{number:0{Unit.SERIAL_DIGITS}d}") in taken:
        number += 1
    return serial


def _checked(serial: str, taken: set[str]) -> str:
    """The serial as it is kept: no spaces around, one case."""
    kept = serial.strip().upper()
    if not kept or len(kept) > SERIAL_LENGTH:
        raise UnitRefused(
            code=Refusal.BAD_SERIAL,
            sentence=_("Enter the serial as printed, at most %(length)d characters.")
            % {"length": SERIAL_LENGTH},
        )
    if kept in taken:
        raise UnitRefused(
            code=Refusal.OPENED_BEFORE,
            sentence=_("Unit %(serial)s was already opened. Take a new one.")
            % {"serial": kept},
        )
    return kept
