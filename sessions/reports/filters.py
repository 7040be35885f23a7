"""What a report is about: a period, the one it is compared with, and a part."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode


class Span(StrEnum):
    """Periods that end today."""

    YEAR = "12m"
    HALF = "6m"
    QUARTER = "3m"


DAYS = {Span.YEAR: 365, Span.HALF: 182, Span.QUARTER: 91}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """A period (both days count) and, when named, one site, person or condition.

    `today` is the day on which it is read, the last day of the period without it:
    what is open is judged as it stands then.
    """

    span: Span
    first_day: date
    last_day: date
    site_id: int | None = None
    practitioner_id: int | None = None
    condition: str = ""
    today: date | None = None

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.last_day - self.first_day).days + 1

    def before(self) -> "Filters":
        """The period of the same length that ended the day before."""
        return replace(
            self,
            first_day=self.first_day - timedelta(days=self.days),
            last_day=self.first_day - timedelta(days=1),
        )

    def of_practitioner(self, key: int) -> "Filters":
        """The same period and part, of one practitioner."""
        return replace(self, practitioner_id=key)

    def arguments(self) -> dict[str, Any]:
        """The values every statement of the reports takes."""
        return {
            "first": self.first_day,
            "last": self.last_day,
            "site": self.site_id,
            "practitioner": self.practitioner_id,
            "condition": self.condition or None,
            "today": self.today or self.last_day,
        }

    def query(self, **more: str) -> str:
        """The filters as the query of an address, with more of it."""
        values = {
            "span": self.span.value,
            "site": str(self.site_id or ""),
            "practitioner": str(self.practitioner_id or ""),
            "condition": self.condition,
            **more,
        }
        return urlencode({key: value for key, value in values.items() if value})


def read(values: Mapping[str, str], *, today: date) -> Filters:
    """Filters from an address; what cannot be read counts as not given."""
    try:
        span = Span(values.get("span", ""))
    except ValueError:
        span = Span.YEAR
    return Filters(
        span=span,
        first_day=today - timedelta(days=DAYS[span] - 1),
        last_day=today,
        today=today,
        site_id=_number(values.get("site", "")),
        practitioner_id=_number(values.get("practitioner", "")),
        condition=values.get("condition", ""),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None
