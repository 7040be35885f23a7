"""The sheet as a page needs it: zones, chart, choices, kit. Reads, decides nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from clinic.devices import queries as stock
from clinic.devices.models import Device, Lot
from clinic.rulebook import kept
from clinic.rules.devices import Kind
from clinic.rules.findings import Finding, Verdict
from clinic.rules.session_rows import Step
from clinic.web.drawing.facechart import ZONE_NAMES, FaceState
from sessions.charting.actions.kit_taps import dose_mg, minutes_on
from sessions.charting.actions.taps import last_undoable
from sessions.charting.models import (
    SessionTopical,
    SessionUnit,
    SheetTap,
    TreatmentSession,
    ZoneTreatment,
)
from sessions.charting.queries import choosing, completeness
from sessions.charting.queries.choosing import Chosen, Pick, ZoneView, picks_of
from sessions.charting.queries.completeness import Missing
from sessions.charting.queries.limits import Limits, limits_of
from sessions.charting.words import pair_name

MAPS = ("SC", "DE", "HA", "AB", "TR")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicalView:
    """Something on the skin with its arithmetic."""

    row: SessionTopical
    minutes: int | None
    dose_mg: Decimal | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TickView:
    """One step of the checklist."""

    step: Step
    is_done: bool
    is_owed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything on the sheet of one session."""

    session: TreatmentSession
    limits: Limits
    zones: tuple[ZoneView, ...]
    others: tuple[ZoneView, ...]
    face: FaceState
    maps: tuple[str, ...]
    chosen: Chosen
    picks: tuple[Pick, ...]
    devices: tuple[Device, ...]
    units: tuple[SessionUnit, ...]
    lots: tuple[Lot, ...]
    topicals: tuple[TopicalView, ...]
    products: tuple[Lot, ...]
    ticks: tuple[TickView, ...]
    missing: tuple[Missing, ...]
    last_tap: SheetTap | None
    tablet: UUID
    now: datetime

    @property
    def is_roller(self) -> bool:
        """Needles on a wheel: a length from the lot, no depth setting."""
        return self.session.device_kind == Kind.ROLLER

    @property
    def treated(self) -> tuple[ZoneView, ...]:
        """The zones treated today."""
        return tuple(zone for zone in self.zones if zone.is_treated)

    @property
    def changed(self) -> tuple[ZoneView, ...]:
        """The zones that differ from last time."""
        return tuple(zone for zone in self.zones if zone.differs is not None)

    @property
    def first_lot(self) -> Lot | None:
        """The lot to open: it ends first."""
        return self.lots[0] if self.lots else None

    @property
    def ticks_left(self) -> tuple[str, ...]:
        """The steps owed that are not done."""
        return tuple(t.step.key for t in self.ticks if t.is_owed and not t.is_done)

    @property
    def pass_chips(self) -> tuple[int, ...]:
        """Passes to tap, by kind of device."""
        return self.limits.effective.book.entry[self.limits.kind].pass_chips

    @property
    def all_discarded(self) -> bool:
        """Whether every opened unit is in the sharps box."""
        return bool(self.units) and all(one.is_discarded for one in self.units)

    def missing_at(self, step: str) -> tuple[Missing, ...]:
        """What is missing on one of the pages."""
        return tuple(item for item in self.missing if item.step == step)


def sheet_of(
    session: TreatmentSession, *, chosen: Iterable[str] = (), now: datetime
) -> Sheet:
    """Read the sheet; about a dozen queries whatever its size."""
    limits = limits_of(session)
    rows = {row.zone: row for row in session.zones.order_by("id")}
    views = _views(limits, rows)
    on_sheet = tuple(view for view in views if view.row is not None)
    topicals = topical_views(session)
    has_anaesthetic = any(t.row.kind == "anaesthetic" for t in topicals)
    chosen_now = choosing.selected(session, limits, on_sheet, views, tuple(chosen))
    return Sheet(
        session=session,
        limits=limits,
        zones=on_sheet,
        others=tuple(view for view in views if view.row is None),
        face=_face(on_sheet, chosen_now.codes),
        maps=maps_of([view.code for view in on_sheet]),
        chosen=chosen_now,
        picks=picks_of(on_sheet, chosen_now.codes),
        devices=tuple(stock.devices_for_treatment(site=session.site)),
        units=tuple(session.units.select_related("unit__lot").order_by("id")),
        lots=_lots(session, kinds=("roller",) if _rolls(session) else ("cartridge",)),
        topicals=topicals,
        products=_lots(session, kinds=("glide", "serum", "anaesthetic", "antiseptic")),
        ticks=_ticks(session, limits, has_anaesthetic=has_anaesthetic),
        missing=tuple(completeness.missing(session, book=limits.effective.book)),
        last_tap=_last_tap(session),
        tablet=uuid4(),
        now=now,
    )


def _rolls(session: TreatmentSession) -> bool:
    return session.device_kind == Kind.ROLLER


def _views(limits: Limits, rows: dict[str, ZoneTreatment]) -> tuple[ZoneView, ...]:
    """Every area of the chart in its order, with its row where it has one."""
    book = limits.effective.book
    return tuple(
        ZoneView(
            code=area.key,
            name=area.name,
            pair=pair_name(area.name) if area.side else area.name,
            row=rows.get(area.key),
            reach=limits.reach(
                area.key, scar=area.key in rows and rows[area.key].is_scar
            ),
            findings=_said(rows.get(area.key)),
        )
        for area in book.areas.values()
    )


def _said(row: ZoneTreatment | None) -> tuple[Finding, ...]:
    if row is None or row.is_left_out:
        return ()
    return tuple(f for f in kept.kept(row.findings) if f.verdict is not Verdict.OK)


def _face(zones: Sequence[ZoneView], selected: tuple[str, ...]) -> FaceState:
    return FaceState(
        depths={z.code: z.mm for z in zones if z.mm is not None},
        left_out=frozenset(z.code for z in zones if not z.is_treated),
        changed=frozenset(z.code for z in zones if z.differs is not None),
        selected=frozenset(selected),
    )


def maps_of(zones: Iterable[str]) -> tuple[str, ...]:
    """The drawings that show these zones: the face, and parts of the body."""
    codes = {zone.partition("-")[0] for zone in zones}
    face = ("face",) if not codes or codes & FACE_CODES else ()
    return (*face, *(code for code in MAPS if code in codes))


def topical_views(session: TreatmentSession) -> tuple[TopicalView, ...]:
    """What is on the skin, with its arithmetic."""
    rows = session.topicals.select_related("lot", "signoff_by").order_by("id")
    return tuple(_topical(row) for row in rows)


FACE_CODES = {code.partition("-")[0] for code in ZONE_NAMES} - set(MAPS)


def _lots(session: TreatmentSession, *, kinds: Sequence[str]) -> tuple[Lot, ...]:
    """What may be used on the day, first to expire first."""
    fits = session.model_key if kinds == ("cartridge",) else ""
    states = stock.lots_in_stock(
        site=session.site, today=session.performed_on, model_key=fits
    )
    return tuple(state.lot for state in states if state.lot.kind in kinds)


def _topical(row: SessionTopical) -> TopicalView:
    return TopicalView(
        row=row,
        minutes=minutes_on(row),
        dose_mg=dose_mg(row),
        findings=tuple(f for f in kept.kept(row.findings) if not f.info),
    )


def _ticks(
    session: TreatmentSession, limits: Limits, *, has_anaesthetic: bool
) -> tuple[TickView, ...]:
    book = limits.effective.book
    done = set(session.ticks.values_list("item", flat=True))
    owed = completeness.steps_owed(book, has_anaesthetic=has_anaesthetic)
    return tuple(
        TickView(step=step, is_done=step.key in done, is_owed=step.key in owed)
        for step in book.checklist
        if step.key in owed or step.key in done or step.key in completeness.OPTIONAL
    )


def _last_tap(session: TreatmentSession) -> SheetTap | None:
    tap = last_undoable(session)
    return tap if tap is not None and tap.undo is not None else None
