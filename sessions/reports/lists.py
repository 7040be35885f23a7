"""The lists behind the figures, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.rules import scales
from clinic.rules.book import RuleBook
from clinic.web.templatetags.formats import day_year, mm, moment_year, percent
from patients.records.models import Patient
from sessions.reports.behind import Behind, Line
from sessions.reports.pictures import event_name, name_of
from sessions.reports.queries.outcomes import PlanOutcome


def title_of(found: Behind, book: RuleBook) -> str:
    """What a list is of, in words."""
    about = found.of_what
    if found.what == "event":
        return _("Adverse events") if about == "all" else event_name(book, about)
    name = name_of(book, about)
    titles = {
        "outcome": name or _("All plans with a review"),
        "deeper": _("%(name)s, past the protocol") % {"name": name},
        "depth": _("%(name)s at this depth") % {"name": name},
        "ended": _("Plans that ended"),
        "stopped": _("Stopped plans"),
        "stay": _("Who could come to session %(number)s") % {"number": about},
        "missed": _("Missed visits"),
        "spent": _("Time in use: %(name)s") % {"name": about or _("all rooms")},
    }
    return titles[found.what]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value of a row; numbers stand at the right."""

    words: str
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a list: whose it is, and what follows the patient."""

    patient: Patient
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTable:
    """A list as it stands on the page, without the patient's column."""

    headings: tuple[Cell, ...]
    rows: tuple[Row, ...]


def table_of(found: Behind, book: RuleBook, *, names: bool) -> ListTable:
    """The list in words; `names` tells whether the reader may see names."""
    return ListTable(
        headings=_headings(found),
        rows=tuple(
            Row(
                patient=line.patient,
                cells=(*_whose(line, book, names=names), *_cells(line, book)),
            )
            for line in found.lines
        ),
    )


def _headings(found: Behind) -> tuple[Cell, ...]:
    if found.what == "spent":
        return (
            _number(_("Visits")),
            _number(_("Minutes in use")),
            _number(_("Minutes lost")),
        )
    whose = (_text(_("Condition")), _text(_("Practitioner")))
    ended = (_text(_("Ended")), _text(_("How")), _text(_("Why")))
    more = {
        "event": (
            _text(_("Event")),
            _number(_("Grade")),
            _text(_("Began")),
            _text(_("Settled")),
        ),
        "missed": (_text(_("Visit")), _text(_("When")), _text(_("Site"))),
        "ended": ended,
        "stopped": ended,
        "stay": (
            _number(_("Sessions signed")),
            _text(_("Session %(number)s") % {"number": found.of_what}),
            _text(_("Plan")),
        ),
    }
    outcome = (
        _number(_("Deepest")),
        _text(_("Score")),
        _number(_("Improvement")),
        _text(_("Review")),
    )
    return whose + more.get(found.what, outcome)


def _whose(line: Line, book: RuleBook, *, names: bool) -> tuple[Cell, ...]:
    """Condition and practitioner; the time of a room is not of one plan."""
    if line.spent is not None:
        return ()
    condition = name_of(book, line.plan.condition.kind) if line.plan else ""
    who = line.visit or line.plan
    practitioner = who.practitioner.full_name if who and who.practitioner else ""
    if not names and not line.is_practitioner_shown:
        practitioner = _("under 10 patients")
    return (_text(condition), _text(practitioner))


def _cells(line: Line, book: RuleBook) -> tuple[Cell, ...]:
    if line.event is not None:
        return (
            _text(event_name(book, line.event.kind)),
            _number(str(line.event.grade)),
            _text(day_year(line.event.onset_on)),
            _text(day_year(line.event.closed_on) or _("open")),
        )
    if line.visit is not None:
        return (
            _text(line.visit.get_kind_display()),
            _text(moment_year(line.visit.starts_at)),
            _text(line.visit.site.name),
        )
    if line.spent is not None:
        return (
            _number(str(line.spent.visits)),
            _number(f"{line.spent.used_minutes:.0f}"),
            _number(f"{line.spent.lost_minutes:.0f}"),
        )
    if line.outcome is not None:
        return _outcome(line.outcome)
    return _plan(line)


def _plan(line: Line) -> tuple[Cell, ...]:
    status = line.plan.get_status_display() if line.plan else ""
    if line.stay is not None:
        came = _("Came") if line.stay.has_come else _("Did not come")
        return (_number(str(line.stay.sessions)), _text(came), _text(status))
    ended_on = line.plan.ended_on if line.plan else None
    reason = line.plan.stop_reason if line.plan else ""
    return (_text(day_year(ended_on)), _text(status), _text(reason))


def _outcome(outcome: PlanOutcome) -> tuple[Cell, ...]:
    scale = scales.get(outcome.scale)
    score = _("%(scale)s, %(start)s to %(end)s") % {
        "scale": scale.short,
        "start": scale.show(outcome.before_value),
        "end": scale.show(outcome.after_value),
    }
    return (
        _number(mm(outcome.deepest_mm)),
        _text(score),
        _number(percent(outcome.improvement)),
        _text(day_year(outcome.reviewed_on)),
    )


def _text(words: str) -> Cell:
    return Cell(words=words)


def _number(words: str) -> Cell:
    return Cell(words=words, is_number=True)
