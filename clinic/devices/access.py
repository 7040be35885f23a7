"""Who may see which device and lot: those of one's own sites, an owner all."""

from django.db.models import Q
from django.http import Http404

from clinic.devices.models import LOT_KINDS, Device, Lot
from clinic.staff.models import User

__all__ = ["LOT_KINDS", "Device", "Lot", "device_for", "lot_for"]


def _of_sites(user: User) -> Q:
    return Q() if user.is_owner else Q(site__memberships__user=user)


def device_for(user: User, pk: int) -> Device:
    """The device, or 404 when it is absent or stands at another site."""
    found = Device.objects.select_related("site").filter(_of_sites(user), pk=pk)
    device = found.first()
    if device is None:
        raise Http404
    return device


def lot_for(user: User, pk: int) -> Lot:
    """The lot, or 404 when it is absent or lies at another site."""
    lot = Lot.objects.select_related("site").filter(_of_sites(user), pk=pk).first()
    if lot is None:
        raise Http404
    return lot
