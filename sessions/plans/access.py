"""Plans by reference: the object, or 404."""

from django.http import Http404

from clinic.staff.models import User
from clinic.web import refs
from sessions.plans.models import Plan


def plan_for(user: User, reference: str) -> Plan:
    """The plan behind `T0310`. Every member of staff sees the clinic's plans.

    What of a plan a role may see is the view's action. Raises Http404.
    """
    key = refs.parse_number(Plan.PREFIX, reference)
    plan = (
        Plan.objects.filter(pk=key or 0)
        .select_related("patient", "condition", "protocol", "site", "practitioner")
        .first()
    )
    if plan is None or not user.is_active:
        raise Http404
    return plan
