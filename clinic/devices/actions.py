"""Writing the stock: devices, lots, and the opening of a single-use unit."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.audit.changes import save_changes
from clinic.devices.models import Device, Lot, Unit
from clinic.places.models import Site
from clinic.staff.models import User
from clinic.web.templatetags.formats import day_year

SERIAL_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEntry:
    """A handpiece as somebody typed it."""

    name: str
    model_key: str
    serial: str
    serviced_on: date | None
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LotEntry:
    """A lot as somebody read it off the box; None is "not stated"."""

    kind: str
    product: str
    model_key: str
    number: str
    expires_on: date
    received_on: date
    quantity: int
    needle_count: int | None
    needle_length_mm: Decimal | None
    strength_percent: Decimal | None
    is_sterile: bool | None
    for_needled_skin: bool | None


@transaction.atomic
def add_device(*, site: Site, entry: DeviceEntry, by: User, now: datetime) -> Device:
    """A new handpiece at the site."""
    device = Device.objects.create(site=site, **asdict(entry))
    audit.record(
        by=by,
        now=now,
        action="device.added",
        object_kind="device",
        object_id=device.pk,
    )
    return device


@transaction.atomic
def change_device(
    *, device: Device, entry: DeviceEntry, by: User, now: datetime
) -> Device:
    """Change a handpiece; what was treated with it keeps pointing to it."""
    save_changes(
        device,
        values=asdict(entry),
        by=by,
        now=now,
        action="device.changed",
        kind="device",
    )
    return device


@transaction.atomic
def receive_lot(*, site: Site, entry: LotEntry, by: User, now: datetime) -> Lot:
    """Put a lot into the register of the site."""
    lot = Lot.objects.create(site=site, **asdict(entry))
    audit.record(
        by=by, now=now, action="lot.received", object_kind="lot", object_id=lot.pk
    )
    return lot


class LotTooSmallError(Exception):
    """A lot is said to hold fewer units than were opened; `opened` says how many."""

    def __init__(self, *, opened: int) -> None:
        self.opened = opened
        self.sentence = _(
            "%(count)d units of this lot were opened, so it held at least as many."
        ) % {"count": opened}
        super().__init__(self.sentence)


@transaction.atomic
def change_lot(*, lot: Lot, entry: LotEntry, by: User, now: datetime) -> Lot:
    """Correct a lot; raises LotTooSmallError below the units already opened."""
    locked = Lot.objects.select_for_update().get(pk=lot.pk)
    opened = locked.units.count()
    if entry.quantity < opened:
        raise LotTooSmallError(opened=opened)
    save_changes(
        locked, values=asdict(entry), by=by, now=now, action="lot.changed", kind="lot"
    )
    return locked


@transaction.atomic
def withdraw_lot(*, lot: Lot, reason: str, by: User, now: datetime) -> Lot:
    """Nothing more is taken out of the lot; what was, stays recorded."""
    locked = _locked(lot)
    if locked.withdrawn_on is None:
        locked.withdrawn_on = now.astimezone(locked.site.zone).date()
        locked.withdrawn_because = reason
        locked.save(update_fields=["withdrawn_on", "withdrawn_because"])
        audit.record(
            by=by, now=now, action="lot.withdrawn", object_kind="lot", object_id=lot.pk
        )
    return locked


@transaction.atomic
def put_lot_back(*, lot: Lot, by: User, now: datetime) -> Lot:
    """Undo a withdrawal that was a mistake."""
    locked = _locked(lot)
    if locked.withdrawn_on is not None:
        locked.withdrawn_on = None
        locked.withdrawn_because = ""
        locked.save(update_fields=["withdrawn_on", "withdrawn_because"])
        audit.record(
            by=by, now=now, action="lot.put_back", object_kind="lot", object_id=lot.pk
        )
    return locked


def _locked(lot: Lot) -> Lot:
    rows = Lot.objects.select_for_update(of=("self",)).select_related("site")
    return rows.get(pk=lot.pk)


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
    locked = _locked(lot)
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
            % {"number": lot.number, "day": day_year(lot.expires_on)},
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
