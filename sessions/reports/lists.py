"""The lists behind the figures, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.rules import scales
from clinic.rules.book import RuleBook
from sessions.reports.behind import Behind, Line
from sessions.reports.pictures import event_name, name_of


def title_of(found: Behind, book: RuleBook) -> str:
    """What a list is of, in words."""
    name = name_of(book, found.condition)
    if found.what == "event":
        if found.condition == "all":
            return _("Adverse events")
        return event_name(book, found.condition)
    titles = {
        "outcome": name or _("All plans with a review"),
        "deeper": _("%(name)s, past the protocol") % {"name": name},
        "depth": _("%(name)s at this depth") % {"name": name},
        "stopped": _("Stopped plans"),
        "missed": _("Missed visits"),
    }
    return titles[found.what]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """One row of a list, in words."""

    line: Line
    condition: str
    scale: str
    score: str
    event: str


def lines_of(found: Behind, book: RuleBook) -> tuple[ListLine, ...]:
    """The rows of a list, with names of conditions, scales and events."""
    return tuple(_list_line(line, book) for line in found.lines)


def _list_line(line: Line, book: RuleBook) -> ListLine:
    condition = name_of(book, line.plan.condition.kind) if line.plan else ""
    scale = score = event = ""
    if line.outcome is not None:
        known = scales.get(line.outcome.scale)
        scale = known.short
        score = _("%(start)s to %(end)s") % {
            "start": known.show(line.outcome.before_value),
            "end": known.show(line.outcome.after_value),
        }
    if line.event is not None:
        event = event_name(book, line.event.kind)
    return ListLine(
        line=line, condition=condition, scale=scale, score=score, event=event
    )
