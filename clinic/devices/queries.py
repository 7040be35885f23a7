"""Reading the stock: what is there, what is next, what is about to expire."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Q, QuerySet

from clinic.devices.models import Device, Lot, Unit
from clinic.places.models import Site
from clinic.staff.models import User
from clinic.web.counting import as_counted

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Opened(TypedDict):
    """What `lots_with_opened` adds to a lot."""

    opened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotState:
    """A lot as it stands on one day. `left` is None for what is not counted."""

    lot: Lot
    left: int | None
    days_left: int
    is_expired: bool
    is_withdrawn: bool

    @property
    def is_empty(self) -> bool:
        """Whether every counted unit has been opened."""
        return self.left is not None and self.left <= 0

    @property
    def is_usable(self) -> bool:
        """Whether something may be taken out of it on that day."""
        return not (self.is_expired or self.is_withdrawn or self.is_empty)


def lot_state(*, lot: Lot, opened: int, today: date) -> LotState:
    """How a lot stands. Its use-by day is the last on which it may be used."""
    return LotState(
        lot=lot,
        left=lot.quantity - opened if lot.is_single_use else None,
        days_left=(lot.expires_on - today).days,
        is_expired=lot.expires_on < today,
        is_withdrawn=lot.withdrawn_on is not None,
    )


def lots_with_opened() -> "QuerySet[WithAnnotations[Lot, Opened]]":
    """Lots with their site and how many units were opened, as `opened`."""
    return Lot.objects.select_related("site").annotate(opened=Count("units"))


def state_of(*, lot: Lot, today: date) -> LotState:
    """How one lot stands on the day."""
    return lot_state(lot=lot, opened=lot.units.count(), today=today)


def lots_in_stock(
    *, site: Site, today: date, kind: str = "", model_key: str = ""
) -> list[LotState]:
    """What may be used at the site on the day, first to expire first."""
    lots = Lot.objects.annotate(opened=Count("units")).filter(
        site=site, withdrawn_on__isnull=True, expires_on__gte=today
    )
    if kind:
        lots = lots.filter(kind=kind)
    if model_key:
        lots = lots.filter(model_key=model_key)
    ordered = lots.order_by("expires_on", "received_on", "id")
    states = (lot_state(lot=lot, opened=lot.opened, today=today) for lot in ordered)
    return [state for state in states if state.is_usable]


def register(
    *, site: Site, today: date, kind: str = "", show_gone: bool = False
) -> list[LotState]:
    """The lots of a site, nearest expiry first; used up and withdrawn ones on demand.

    Expired lots stay in the list until somebody withdraws them: they are on a shelf.
    """
    lots = lots_with_opened().filter(site=site)
    if kind:
        lots = lots.filter(kind=kind)
    ordered = lots.order_by("expires_on", "id")
    states = [lot_state(lot=lot, opened=lot.opened, today=today) for lot in ordered]
    if show_gone:
        return states
    return [state for state in states if not (state.is_withdrawn or state.is_empty)]


def devices_of(*, site: Site) -> list[Device]:
    """The handpieces of a site: those in use first, then by name."""
    found = Device.objects.filter(site=site).select_related("site")
    return sorted(
        found, key=lambda device: (not device.is_active, as_counted(device.name))
    )


def devices_for_treatment(*, site: Site) -> list[Device]:
    """The handpieces in use at a site, by name."""
    found = Device.objects.filter(site=site, is_active=True)
    return sorted(found, key=lambda device: as_counted(device.name))


def units_of(*, lot: Lot) -> list[Unit]:
    """The opened units of a lot, the latest first, each with who opened it."""
    units = Unit.objects.filter(lot=lot).select_related("opened_by")
    return list(units.order_by("-opened_at", "-id"))


def lots_numbered(*, user: User, text: str, limit: int) -> list[Lot]:
    """Lots whose number or product holds the text, of the person's sites."""
    found = Lot.objects.select_related("site").filter(
        Q(number__icontains=text) | Q(product__icontains=text)
    )
    if not user.is_owner:
        found = found.filter(site__memberships__user=user)
    return list(found.order_by("-expires_on", "id")[:limit])
