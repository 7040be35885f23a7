"""What can be opened from the report beside the figures of the top row."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clinic.rules.book import RuleBook
from clinic.web.templatetags.formats import percent
from sessions.reports.pictures import name_of, named_uses
from sessions.reports.report import Insight, Report


def insight_words(insight: Insight, book: RuleBook) -> dict[str, Any]:
    """The insight as a headline, a sentence and what it opens."""
    name = name_of(book, insight.condition)
    values = {
        "name": name,
        "here": percent(insight.here.median),
        "there": percent(insight.there.median),
        "plans": insight.here.plans,
        "others": insight.there.plans,
    }
    if insight.kind == "deeper":
        return {
            "head": _("%(name)s: plans past the protocol improve less.") % values,
            "text": _(
                "%(plans)d plans went deeper than their protocol in some zone and "
                "improved %(here)s; the other %(others)d improved %(there)s."
            )
            % values,
            "of": f"deeper:{insight.condition}",
            "count": insight.here.plans,
        }
    return {
        "head": _("%(name)s improves less than before: %(here)s, was %(there)s.")
        % values,
        "text": _("%(plans)d plans in this period, %(others)d in the one before.")
        % values,
        "of": f"outcome:{insight.condition}",
        "count": insight.here.plans,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A figure that opens its list."""

    words: str
    count: int | None
    of: str


def groups(report: Report, book: RuleBook) -> tuple[Opened, ...]:
    """The outcome groups that may be opened: those of ten plans and more."""
    return tuple(
        Opened(
            words=name_of(book, group.condition),
            count=group.plans,
            of=f"outcome:{group.condition}",
        )
        for group in report.now.conditions.values()
        if group.is_shown
    )


def steps(report: Report) -> tuple[Opened, ...]:
    """Every step of who stays: the plans that could come to that session."""
    return tuple(
        Opened(words=str(number), count=None, of=f"stay:{number}")
        for number, _share in enumerate(report.staying, 1)
    )


def uses(report: Report) -> tuple[Opened, ...]:
    """Every person and room whose time was used or lost."""
    return tuple(
        Opened(words=name, count=None, of=one.of)
        for name, one in named_uses(report)
        if one.used_minutes or one.lost_minutes
    )
