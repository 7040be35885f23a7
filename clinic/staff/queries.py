"""Reading people: who works here and what they may do."""

from datetime import date
from decimal import Decimal

from django.db.models import Max

from clinic.staff.models import Qualification, User


def valid_depth_mm(user: User, on: date) -> Decimal | None:
    """The greatest depth any valid qualification allows, in mm.

    None means no qualification is valid on the day: the person records nothing.
    """
    valid = Qualification.objects.valid_on(on).filter(user=user)
    greatest: Decimal | None = valid.aggregate(most=Max("greatest_depth_mm"))["most"]
    return greatest
