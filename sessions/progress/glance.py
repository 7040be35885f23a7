"""The chart of somebody who is in the room, at one glance: last, safety, outcome."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from clinic.rules.book import RuleBook
from patients.history.models import Screening
from patients.records.models import Patient
from sessions.progress import overview
from sessions.progress.course import Shown
from sessions.progress.queries import LastTreatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """Last settings in mm, the day the skin was calm, today's screening, the course."""

    last: LastTreatment | None
    calm_on_day: int | None
    passes: int | None
    screened_at: datetime | None
    shown: Shown | None

    @property
    def deepest(self) -> Decimal | None:
        """The deepest setting of last time."""
        return self.last.deepest if self.last else None

    @property
    def shallowest(self) -> Decimal | None:
        """The shallowest setting of last time."""
        return min(self.last.depths.values(), default=None) if self.last else None


def read(patient: Patient, *, plan: str, book: RuleBook, today: date) -> Glance:
    """What the card of Today shows; the same reads as the overview, and one more."""
    page = overview.read(patient, plan=plan, scale="", book=book, today=today)
    last = page.last
    passes = [z.passes for z in last.zones if z.passes] if last else []
    screened = Screening.objects.filter(
        patient=patient,
        purpose="session",
        for_date=today,
        completed_at__isnull=False,
    ).order_by("-completed_at")
    return Glance(
        last=last,
        calm_on_day=last.calm_on_day if last else None,
        passes=max(passes, default=None),
        screened_at=screened.values_list("completed_at", flat=True).first(),
        shown=page.shown,
    )
