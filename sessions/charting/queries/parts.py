"""The rows of one sheet: each part read once and on demand, by tap and page alike."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property

from django.db.models import Model

from clinic.rules.book import RuleBook
from clinic.staff import queries as staff
from clinic.staff.models import User
from sessions.charting.models import (
    ChecklistTick,
    DepthOverride,
    SessionTopical,
    SessionUnit,
    SheetTap,
    TreatmentSession,
    ZoneTreatment,
)
from sessions.charting.queries.limits import Limits, limits_of

ANAESTHETIC = "anaesthetic"


class SheetParts:
    """What stands on the sheet of one session.

    Who changes rows behind its back says so with `forget`; the part is read again.
    """

    def __init__(self, session: TreatmentSession) -> None:
        self.session = session

    @cached_property
    def limits(self) -> Limits:
        """What depths are held against."""
        return limits_of(self.session)

    @cached_property
    def zones(self) -> dict[str, ZoneTreatment]:
        """The zones by code, in the order they came in."""
        rows = ZoneTreatment.objects.filter(session=self.session)
        return {row.zone: row for row in rows.order_by("id")}

    @cached_property
    def topicals(self) -> list[SessionTopical]:
        """What was put on the skin, each with its lot."""
        rows = SessionTopical.objects.filter(session=self.session)
        return list(rows.select_related("lot").order_by("id"))

    @cached_property
    def units(self) -> list[SessionUnit]:
        """The opened units, each with its lot."""
        rows = SessionUnit.objects.filter(session=self.session)
        return list(rows.select_related("unit__lot").order_by("id"))

    @cached_property
    def ticks(self) -> list[ChecklistTick]:
        """The steps of the checklist that are done."""
        rows = ChecklistTick.objects.filter(session=self.session)
        return list(rows.order_by("id"))

    @cached_property
    def overrides(self) -> list[DepthOverride]:
        """Written reasons against limits of depth."""
        return list(DepthOverride.objects.filter(session=self.session).order_by("id"))

    @cached_property
    def last_tap(self) -> SheetTap | None:
        """The last tap that still stands."""
        return last_undoable(self.session)

    @property
    def has_anaesthetic(self) -> bool:
        """Whether something numbs the skin."""
        book = self.limits.effective.book
        return any(numbs(row, book=book) for row in self.topicals)

    @property
    def ticked(self) -> set[str]:
        """The keys of the steps that are done."""
        return {tick.item for tick in self.ticks}

    def depth_mm_of(self, user: User) -> Decimal | None:
        """The greatest depth the person may record here; None without qualification."""
        if user.pk == self.session.practitioner_id:
            return self.limits.operator_max_mm
        return staff.valid_depth_mm(user, self.session.performed_on)

    def rows(self, part: str) -> Iterable[Model]:
        """The rows of `zones`, `topicals`, `ticks` or `units`."""
        found = getattr(self, part)
        return found.values() if isinstance(found, dict) else found

    def forget(self, *parts: str) -> None:
        """Read these parts again when they are next asked for."""
        for part in parts:
            self.__dict__.pop(part, None)


def numbs(row: SessionTopical, *, book: RuleBook) -> bool:
    """Whether it is an anaesthetic: so called, so known, or out of such a lot."""
    lot_kind = row.lot.kind if row.lot is not None else ""
    called = ANAESTHETIC in {row.kind, lot_kind}
    return called or row.topical_key in book.anaesthetics


def last_undoable(session: TreatmentSession) -> SheetTap | None:
    """The last tap that still stands; one that opened a unit cannot be undone."""
    taps = SheetTap.objects.filter(session=session, undone_at__isnull=True)
    return taps.exclude(kind="undo").order_by("-id").first()
