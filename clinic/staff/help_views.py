"""The help page: how a day goes for this person, whom to ask, keys and words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.staff import queries
from clinic.staff.policy import public
from clinic.web import navigation


@public
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """For strangers how to get in; for staff the work of their own roles."""
    if not request.user.is_authenticated:
        return render(request, "staff/help_sign_in.html")
    context = {
        "asked": queries.whom_to_ask(),
        "places": navigation.links_for(roles=request.user.roles, path=""),
    }
    return render(request, "staff/help.html", context)
