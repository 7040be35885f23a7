"""Reading places."""

from clinic.places.models import Clinic, Site
from clinic.staff.models import User


def clinic() -> Clinic | None:
    """The one clinic, None before it was set up."""
    return Clinic.objects.first()


def sites_of(*, user: User) -> list[Site]:
    """The sites in use at which the person works, by name."""
    return list(user.sites.filter(is_active=True).order_by("name", "id"))


def site_of(*, user: User, wanted_id: int | None) -> Site | None:
    """The wanted site when the person works there, otherwise the first of theirs."""
    sites = sites_of(user=user)
    wanted = (site for site in sites if site.pk == wanted_id)
    return next(wanted, sites[0] if sites else None)
