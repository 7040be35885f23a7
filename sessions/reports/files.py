"""The report's tables as rows for a file; what the page hides is hidden here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.places.models import WEEKDAYS
from clinic.rules.book import RuleBook
from clinic.web.csv import Cell
from sessions.reports.pictures import name_of
from sessions.reports.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: its headings and its rows."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def table(name: str, report: Report, book: RuleBook) -> Table | None:
    """The table of a name, None when there is none."""
    makers: dict[str, Callable[[Report, RuleBook], Table]] = {
        "outcomes": _outcomes,
        "depths": _depths,
        "staying": _staying,
        "missed": _missed,
        "use": _use,
        "events": _events,
    }
    maker = makers.get(name)
    return maker(report, book) if maker else None


def _outcomes(report: Report, book: RuleBook) -> Table:
    return Table(
        headings=(
            _("Condition"),
            _("Plans"),
            _("Median improvement, %"),
            _("Quarter below"),
            _("Quarter above"),
            _("Own rating, 0 to 10"),
        ),
        rows=[
            (
                name_of(book, one.condition),
                one.plans,
                one.median,
                one.low,
                one.high,
                one.own,
            )
            for one in report.now.conditions.values()
        ],
    )


def _depths(report: Report, book: RuleBook) -> Table:
    return Table(
        headings=(
            _("Condition"),
            _("Device"),
            _("Deepest setting up to, mm"),
            _("Plans"),
            _("Median improvement, %"),
        ),
        rows=[
            (
                name_of(book, one.condition),
                one.device_kind,
                one.depth_mm,
                one.plans,
                one.median,
            )
            for one in report.now.depths
        ],
    )


def _staying(report: Report, _book: RuleBook) -> Table:
    return Table(
        headings=(_("Session"), _("Percent that reach it")),
        rows=[(n, round(share, 1)) for n, share in enumerate(report.staying, 1)],
    )


def _missed(report: Report, _book: RuleBook) -> Table:
    return Table(
        headings=(_("Weekday"), _("From hour"), _("Visits"), _("Missed")),
        rows=[
            (str(WEEKDAYS[(one.weekday or 1) - 1][1]), one.hour, one.visits, one.missed)
            for one in report.missed_slots
        ],
    )


def _use(report: Report, _book: RuleBook) -> Table:
    return Table(
        headings=(
            _("Who or where"),
            _("Minutes used"),
            _("Minutes lost"),
            _("Minutes open"),
        ),
        rows=[
            (
                one.name,
                round(one.used_minutes),
                round(one.lost_minutes),
                round(one.open_minutes),
            )
            for one in (*report.people, *report.rooms)
        ],
    )


def _events(report: Report, book: RuleBook) -> Table:
    return Table(
        headings=(_("Event"), _("How many"), _("Sessions"), _("Median days to settle")),
        rows=[
            (
                book.events[one.kind].name if one.kind in book.events else one.kind,
                one.events,
                report.harm.sessions,
                one.median_days,
            )
            for one in report.harm_kinds
        ],
    )
