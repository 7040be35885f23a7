"""The audit log: all of it for owners, their own part for everybody.

Reading it is logged too.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.audit import actions as audit
from clinic.audit import queries, words
from clinic.audit.queries import Search
from clinic.staff import own_lines
from clinic.staff.again import weighty
from clinic.staff.audit_forms import DaysForm, OwnForm, SearchForm
from clinic.staff.http import PersonRequest
from clinic.staff.policy import Action, requires
from clinic.web import csv, refs


@requires(Action.AUDIT_READ)
@require_GET
def events(request: PersonRequest) -> HttpResponse:
    """A page of the log, the latest first."""
    form = SearchForm(request.GET)
    search = form.search(_zone())
    page = _page(request, search)
    _log_reading(request, form, action="audit.read")
    context = {**page, "form": form, "query": request.GET.urlencode()}
    status = 200 if form.is_valid() else 422
    return render(request, "audit/events.html", context, status=status)


@requires(Action.OWN_PROFILE)
@require_GET
def own_events(request: PersonRequest) -> HttpResponse:
    """A page of what the person did and opened, the latest first."""
    form = OwnForm(request.GET)
    search = form.search(_zone(), person_id=request.user.pk)
    page = _page(request, search, line=partial(own_lines.line, request.user))
    _log_reading(request, form, action="audit.own_read")
    context = {
        **page,
        "form": form,
        "lines": words.folded(page["lines"]),
        "has_days": bool(search.first_day or search.last_day),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "audit/own_events.html", context, status=status)


def _page(
    request: PersonRequest, search: Search, *, line: own_lines.LineOf = words.line
) -> dict[str, Any]:
    """The lines of the page asked for, and the ways to the other pages."""
    before = refs.row_number(request.GET.get("before", ""))
    found = queries.page(search, before_id=before)
    shown, older = found[: queries.PAGE], ""
    query = request.GET.copy()
    query.pop("before", None)
    latest = query.urlencode()
    if len(found) > queries.PAGE:
        query["before"] = str(shown[-1].pk)
        older = query.urlencode()
    return {
        "lines": [line(event) for event in shown],
        "latest": latest,
        "older": older,
        "is_later_page": before is not None,
    }


@requires(Action.AUDIT_READ)
@weighty
@require_GET
def events_csv(request: PersonRequest) -> HttpResponseBase:
    """The same events as a file; the file is logged as well."""
    form = SearchForm(request.GET)
    search = form.search(_zone())
    _log_reading(request, form, action="audit.exported")
    return csv.stream("audit-log", headings=HEADER, rows=_rows(search))


HEADER = (
    "id", "at_utc", "person", "action", "patient", "object", "details", "address",
    "request", "source",
)  # fmt: skip


def _rows(search: Search) -> Iterator[Sequence[csv.Cell]]:
    for event in queries.each(search):
        yield (
            event.pk,
            event.at.astimezone(UTC).isoformat(timespec="seconds"),
            event.actor.full_name if event.actor else "",
            event.action,
            words.patient_reference(event),
            words.object_name(event),
            words.details(event),
            event.address,
            event.request_id,
            event.source,
        )


def _zone() -> ZoneInfo:
    """The zone of the site the owner works at, as the page shows times."""
    return ZoneInfo(timezone.get_current_timezone_name())


def _log_reading(request: PersonRequest, form: DaysForm, *, action: str) -> None:
    asked = [name for name in form.fields if request.GET.get(name)]
    patient_id = form.cleaned_data.get("patient") if form.is_valid() else None
    audit.record(
        by=request.user,
        now=timezone.now(),
        action=action,
        patient_id=patient_id,
        filters=asked,
    )
