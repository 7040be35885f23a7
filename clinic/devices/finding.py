"""What the find box knows of the stock: a lot by its number, straight to who had it."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.devices import queries
from clinic.staff.models import User
from clinic.staff.policy import Action, may
from clinic.web.find import Group, Hit
from clinic.web.templatetags.formats import day_year

LEAST_LETTERS = 2


def find_lots(user: AbstractBaseUser, text: str, _now: datetime, limit: int) -> Group:
    """Lots whose number or product holds the text, at the person's sites."""
    heading = gettext_lazy("Lots")
    if not isinstance(user, User) or not may(user, Action.STOCK_READ):
        return Group(heading=heading, hits=())
    if len(text) < LEAST_LETTERS:
        return Group(heading=heading, hits=())
    return Group(
        heading=heading,
        hits=[
            Hit(
                title=lot.number,
                detail=_("%(product)s, %(site)s, use by %(day)s")
                % {
                    "product": lot.product,
                    "site": lot.site.name,
                    "day": day_year(lot.expires_on),
                },
                url=reverse("clinic:lot", args=[lot.pk]),
                icon="package",
            )
            for lot in queries.lots_numbered(user=user, text=text, limit=limit)
        ],
    )
