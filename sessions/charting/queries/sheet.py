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
from clinic.web.drawing.facechart import FaceState
from clinic.web.drawing.names import ZONE_NAMES
from sessions.charting import lengths
from sessions.charting.actions.kit_taps import dose_mg, minutes_on
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
from sessions.charting.queries.limits import Limits
from sessions.charting.queries.parts import SheetParts
from sessions.charting.words import pair_name, product_words

MAPS = ("SC", "DE", "HA", "AB", "TR")
PRODUCTS = frozenset({"glide", "serum", "anaesthetic", "antiseptic"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicalView:
    """Something on the skin with its arithmetic."""

    row: SessionTopical
    minutes: int | None
    dose_mg: Decimal | None
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """The product with its strength."""
        return product_words(self.row.product, percent=self.row.strength_percent)


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
        """The lot to open: of the length the zones wait for, and it ends first."""
        for length in self.lengths_wanted:
            for lot in self.lots:
                if lot.needle_length_mm == length:
                    return lot
        return self.lots[0] if self.lots else None

    @property
    def lengths_wanted(self) -> list[Decimal]:
        """The lengths in mm of rollers that are still to be opened."""
        if not self.is_roller:
            return []
        rows = [zone.row for zone in self.zones if zone.row]
        return lengths.lengths_wanted(rows, opened=lengths.lengths_opened(self.units))

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
    parts: SheetParts,
    *,
    chosen: Iterable[str] = (),
    now: datetime,
    with_stock: bool = False,
) -> Sheet:
    """The sheet as its parts stand; about ten queries where none was read yet.

    `with_stock` reads what there is to choose from: handpieces and lots.
    """
    session, limits = parts.session, parts.limits
    views = _views(limits, parts.zones)
    on_sheet = tuple(view for view in views if view.row is not None)
    stocked = lots_here(session) if with_stock else []
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
        devices=devices_here(parts) if with_stock else (),
        units=tuple(parts.units),
        lots=tuple(lot for lot in stocked if _fits(lot, session)),
        topicals=tuple(topical_view(row) for row in parts.topicals),
        products=tuple(lot for lot in stocked if lot.kind in PRODUCTS),
        ticks=_ticks(parts),
        missing=tuple(completeness.missing(parts, book=limits.effective.book)),
        last_tap=_last_tap(parts),
        tablet=uuid4(),
        now=now,
    )


def devices_here(parts: SheetParts) -> tuple[Device, ...]:
    """The handpieces to choose from; an opened cartridge settles which."""
    if parts.units and parts.session.device_id is not None:
        return ()
    return tuple(stock.devices_for_treatment(site=parts.session.site))


def lots_here(session: TreatmentSession) -> list[Lot]:
    """What may be used on the day, first to expire first."""
    states = stock.lots_in_stock(site=session.site, today=session.performed_on)
    return [state.lot for state in states]


def _fits(lot: Lot, session: TreatmentSession) -> bool:
    """Whether a lot holds needles for this session: any roller, or its cartridges."""
    if session.device_kind == Kind.ROLLER:
        return lot.kind == "roller"
    is_other = bool(session.model_key) and lot.model_key != session.model_key
    return lot.kind == "cartridge" and not is_other


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


FACE_CODES = {code.partition("-")[0] for code in ZONE_NAMES} - set(MAPS)


def topical_view(row: SessionTopical) -> TopicalView:
    """One product with its arithmetic."""
    return TopicalView(
        row=row,
        minutes=minutes_on(row),
        dose_mg=dose_mg(row),
        findings=tuple(f for f in kept.kept(row.findings) if not f.info),
    )


def _ticks(parts: SheetParts) -> tuple[TickView, ...]:
    book, done = parts.limits.effective.book, parts.ticked
    owed = completeness.steps_owed(book, has_anaesthetic=parts.has_anaesthetic)
    return tuple(
        TickView(step=step, is_done=step.key in done, is_owed=step.key in owed)
        for step in book.checklist
        if step.key in owed or step.key in done or step.key in completeness.OPTIONAL
    )


def _last_tap(parts: SheetParts) -> SheetTap | None:
    tap = parts.last_tap
    return tap if tap is not None and tap.undo is not None else None
