"""Aggregates and the plans behind each of them, for owners and practitioners.

An owner reads about the whole clinic, a practitioner about their own patients.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clinic.places.http import StaffRequest
from clinic.rulebook.queries import effective_book
from clinic.staff import policy
from clinic.staff.policy import Action, requires
from clinic.web import csv
from sessions.reports import (
    access,
    actions,
    choices,
    files,
    lists,
    openings,
    pictures,
    report,
)
from sessions.reports.behind import TooFewError, UnknownListError, behind
from sessions.reports.filters import Filters


def _filters(request: StaffRequest) -> Filters:
    values, today = request.GET.dict(), timezone.localdate()
    return access.filters_for(request.user, values, today=today)


def _heading(*, is_own: bool) -> str:
    return _("Progress of your patients") if is_own else _("Progress report")


@requires(Action.REPORT_READ)
@require_GET
def progress(request: StaffRequest) -> HttpResponse:
    """The progress report of a period, counted now."""
    filters = _filters(request)
    counted = report.progress(filters, now=timezone.now())
    book, is_own = effective_book().book, access.is_held_to_own(request.user)
    kind = "roller" if request.GET.get("device") == "roller" else "pen"
    insight = counted.insight
    opens = f"{reverse('reports:behind')}?{filters.query()}&of="
    context = {
        "heading": _heading(is_own=is_own),
        "is_own": is_own,
        "may_export": policy.may(request.user, Action.REPORT_EXPORT),
        "report": counted,
        "filters": filters,
        "choices": choices.choices(book=book, is_own=is_own),
        "kind": kind,
        "query": filters.query(),
        "figures": pictures.figures(counted, is_own=is_own),
        "outcomes": pictures.outcome_chart(counted, book),
        "groups": openings.groups(counted, book),
        "depths": pictures.depth_chart(counted, book, device_kind=kind, opens=opens),
        "staying": pictures.staying_chart(counted),
        "steps": openings.steps(counted),
        "missed": pictures.missed_chart(counted, opens=opens),
        "use": pictures.use_chart(counted),
        "uses": openings.uses(counted),
        "harm": pictures.harm_lines(counted, book),
        "insight": openings.insight_words(insight, book) if insight else None,
    }
    return render(request, "reports/progress.html", context)


@requires(Action.REPORT_READ)
@require_GET
def behind_figure(request: StaffRequest) -> HttpResponse:
    """The plans, visits or events a figure consists of.

    Owners see references and figures; who treats patients sees names.
    """
    filters, book = _filters(request), effective_book().book
    try:
        found = behind(request.GET.get("of", ""), filters)
    except TooFewError:
        return render(request, "reports/too_few.html", {"query": filters.query()})
    except UnknownListError as error:
        raise Http404 from error
    actions.note_reading(
        found=found, by=request.user, now=timezone.now(), filters=filters
    )
    names = policy.may(request.user, Action.PATIENT_IDENTITY)
    context = {
        "heading": _heading(is_own=access.is_held_to_own(request.user)),
        "found": found,
        "title": lists.title_of(found, book),
        "table": lists.table_of(found, book, names=names),
        "filters": filters,
        "query": filters.query(),
        "names": names,
    }
    return render(request, "reports/behind.html", context)


@requires(Action.REPORT_EXPORT)
@require_GET
def table(request: StaffRequest, table: str) -> HttpResponse:
    """One of the report's tables as a file; small groups stay hidden there too."""
    counted = report.progress(_filters(request), now=timezone.now())
    made = files.table(table, counted, effective_book().book)
    if made is None:
        raise Http404(_("There is no such table."))
    return csv.answer(f"needlepoint-{table}", headings=made.headings, rows=made.rows)
