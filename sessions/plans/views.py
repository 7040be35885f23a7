"""Pages of protocols: what may be chosen here, and on whose word. Read only."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.places.http import StaffRequest
from clinic.staff.policy import Action, requires
from sessions.plans import reading


@requires(Action.PROTOCOL_READ)
@require_GET
def protocol_list(request: StaffRequest) -> HttpResponse:
    """Every protocol by condition, newest version first."""
    return render(
        request, "plans/protocols.html", {"groups": reading.protocols_by_condition()}
    )


@requires(Action.PROTOCOL_READ)
@require_GET
def protocol_page(request: StaffRequest, key: int) -> HttpResponse:
    """One version of a protocol: depth per zone, gaps, evidence, sources."""
    sheet = reading.sheet_of(key)
    if sheet is None:
        raise Http404
    return render(request, "plans/protocol.html", {"sheet": sheet})
