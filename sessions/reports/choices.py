"""What the filters of a report can be set to."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.places.models import Site
from clinic.rules.book import RuleBook
from clinic.staff.models import User
from clinic.staff.roles import Role
from patients.history.models import PatientCondition
from sessions.reports.filters import Span

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Value and words for each filter; the first of each means everything.

    `practitioners` is empty for who reads about their own patients only.
    """

    spans: Options
    sites: Options
    practitioners: Options
    conditions: Options


def choices(*, book: RuleBook, is_own: bool) -> Choices:
    """Everything the clinic has; two or three small queries.

    `is_own` leaves the practitioners out: there is nobody else to choose.
    """
    sites = Site.objects.filter(is_active=True).order_by("name")
    kinds = PatientCondition.objects.values_list("kind", flat=True).distinct()
    return Choices(
        spans=(
            (Span.YEAR.value, _("Last 12 months")),
            (Span.HALF.value, _("Last 6 months")),
            (Span.QUARTER.value, _("Last 3 months")),
        ),
        sites=(("", _("All sites")), *((str(one.pk), one.name) for one in sites)),
        practitioners=() if is_own else _practitioners(),
        conditions=(
            ("", _("All conditions")),
            *((kind, book.conditions[kind].name) for kind in sorted(kinds)),
        ),
    )


def _practitioners() -> Options:
    people = User.objects.filter(roles__contains=[Role.PRACTITIONER.value])
    named = ((str(one.pk), one.full_name) for one in people.order_by("full_name"))
    return (("", _("All practitioners")), *named)
