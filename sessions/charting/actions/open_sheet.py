"""One open sheet under its lock: what a tap reads, changes and keeps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from clinic.rules.book import RuleBook
from clinic.rules.findings import Finding
from clinic.rules.gates import Step
from clinic.rules.settings import InvalidSetting
from clinic.staff.models import User
from sessions.charting.actions import state
from sessions.charting.actions.zones import PlanZones
from sessions.charting.errors import SheetRefusedError
from sessions.charting.models import DepthOverride, TreatmentSession, ZoneTreatment
from sessions.charting.queries import safety
from sessions.charting.queries.limits import Limits
from sessions.charting.queries.parts import SheetParts
from sessions.charting.words import zone_names


@dataclass
class OpenSheet:
    """The locked session with its parts. A tap changes them here, `keep` writes.

    `wrote_a_reason`: the person overrode a limit or signed a product off.
    """

    parts: SheetParts
    by: User
    now: datetime
    changed: set[str] = field(default_factory=set)
    wrote_a_reason: bool = False

    @property
    def session(self) -> TreatmentSession:
        """The session under its lock."""
        return self.parts.session

    @property
    def limits(self) -> Limits:
        """What depths are held against."""
        return self.parts.limits

    @property
    def book(self) -> RuleBook:
        """The book in force."""
        return self.limits.effective.book

    @property
    def zones(self) -> dict[str, ZoneTreatment]:
        """The zones of the sheet by code."""
        return self.parts.zones

    @property
    def overrides(self) -> list[DepthOverride]:
        """Written reasons against limits of depth."""
        return self.parts.overrides

    def name(self, zones: Iterable[str]) -> str:
        """Zones in words."""
        return zone_names(self.book, zones)

    def chosen(self, codes: Iterable[str]) -> Iterator[ZoneTreatment]:
        """The rows of the codes; a zone that is new to the sheet comes in."""
        codes = tuple(dict.fromkeys(codes))
        if not codes:
            raise SheetRefusedError(_("Choose a zone first."), field="zones")
        unknown = [code for code in codes if code not in self.book.areas]
        if unknown:
            raise SheetRefusedError(_("The chart has no such zone."), field="zones")
        self.bring_in([c for c in codes if self._is_out(c)])
        for code in codes:
            yield self.zones[code]

    def _is_out(self, code: str) -> bool:
        return code not in self.zones or self.zones[code].is_left_out

    def bring_in(self, codes: list[str]) -> None:
        """Treat zones that were not to be treated, if nothing stands against it."""
        if not codes:
            return
        inside = [z for z, row in self.zones.items() if not row.is_left_out]
        found = safety.safety_of(
            self.session,
            step=Step.RECORD,
            zones=[*inside, *codes],
            is_numbed=self.parts.has_anaesthetic,
        )
        if found.waiting:
            first = found.waiting[0]
            raise SheetRefusedError(
                f"{self.name(codes)}: {first.finding.sentence} {first.who}",
                findings=[waiting.finding for waiting in found.waiting],
                may_pass=first.may_pass,
                field="zones",
            )
        new = [code for code in codes if code not in self.zones]
        for code in codes:
            if code in self.zones:
                self.zones[code].is_left_out = False
        if new:
            plan = PlanZones(
                session=self.session,
                planned=self.session.planned_session,
                book=self.book,
            )
            self.zones.update({code: plan.single(code) for code in new})

    def change(self, *fields: str) -> None:
        """Say which fields of the session were changed."""
        self.changed.update(fields)

    def keep(self, before: state.State) -> None:
        """Write what is not as it was before: zones in one statement, the session."""
        state.keep_zones(self.zones.values(), before)
        self.session.version += 1
        self.session.save(update_fields=[*sorted(self.changed), "version"])

    def judged(self, row: ZoneTreatment) -> tuple[Finding, ...]:
        """What the rules say of a zone as it stands; a wrong depth refuses the tap."""
        if row.mm is None:
            return ()
        try:
            return self.limits.check(zone=row.zone, mm=row.mm, scar=row.is_scar)
        except InvalidSetting as error:
            raise SheetRefusedError(str(error), field="mm") from error
