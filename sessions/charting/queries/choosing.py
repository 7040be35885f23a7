"""Choosing zones on the sheet: what is chosen now, and what can be tapped for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.findings import Finding
from sessions.charting.models import ENDPOINTS, TreatmentSession, ZoneTreatment
from sessions.charting.queries.limits import Limits, Reach
from sessions.charting.words import signed_mm, zone_names

ENDPOINT_WORDS = dict(ENDPOINTS)
Value = TypeVar("Value")
CHIPS = 6
QUARTER = Decimal("0.25")
BELOW_MM = Decimal("0.5")
PARTS = (
    ("cheeks", gettext_lazy("Cheeks"), ("CB", "CM", "CL")),
    ("forehead", gettext_lazy("Forehead"), ("FH", "GL", "TE")),
    ("eyes", gettext_lazy("Eyes"), ("PO",)),
    ("nose", gettext_lazy("Nose"), ("NO",)),
    ("mouth", gettext_lazy("Mouth, jaw"), ("UL", "CH", "JW")),
    ("neck", gettext_lazy("Neck"), ("NE",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneView:
    """One zone of the sheet, or one of the chart that is not treated (no `row`)."""

    code: str
    name: str
    pair: str
    row: ZoneTreatment | None
    reach: Reach | None
    findings: tuple[Finding, ...]

    @property
    def is_treated(self) -> bool:
        """Whether it is to be treated today."""
        return self.row is not None and not self.row.is_left_out

    @property
    def mm(self) -> Decimal | None:
        """Depth or needle length while it is treated."""
        return self.row.mm if self.row and self.is_treated else None

    @property
    def differs(self) -> Decimal | None:
        """How many mm deeper than last time; None when it is the same."""
        before = self.row.previous_mm if self.row else None
        if self.mm is None or before is None or self.mm == before:
            return None
        return self.mm - before

    @property
    def differs_word(self) -> str:
        """How much deeper or shallower than last time, in mm with its sign."""
        return signed_mm(self.differs)

    @property
    def endpoint_word(self) -> str:
        """The endpoint in words."""
        return str(ENDPOINT_WORDS.get(self.row.endpoint, "")) if self.row else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A chip that chooses several zones."""

    label: str
    codes: tuple[str, ...]
    is_chosen: bool

    @property
    def text(self) -> str:
        """The codes in one text."""
        return " ".join(self.codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthChip:
    """One depth to tap; `asks` when it goes deeper than the protocol."""

    mm: Decimal
    is_chosen: bool
    asks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The zones that are chosen now, and what they have in common."""

    codes: tuple[str, ...]
    name: str
    zones: tuple[ZoneView, ...]
    reach: Reach | None
    chips: tuple[DepthChip, ...]
    shallower: Decimal | None
    deeper: Decimal | None
    group: int
    groups: int

    @property
    def text(self) -> str:
        """The codes in one text."""
        return " ".join(self.codes)

    @property
    def depths(self) -> tuple[Decimal, ...]:
        """Their different depths, shallowest first."""
        return tuple(sorted({z.mm for z in self.zones if z.mm is not None}))

    @property
    def mm(self) -> Decimal | None:
        """Their one depth, None when they differ."""
        return self.depths[0] if len(self.depths) == 1 else None

    @property
    def deepest(self) -> Decimal | None:
        """The deepest of them."""
        return self.depths[-1] if self.depths else None

    @property
    def previous_mm(self) -> Decimal | None:
        """Their one depth of last time, None when they differ."""
        return _one({z.row.previous_mm if z.row else None for z in self.zones})

    @property
    def passes(self) -> int | None:
        """Their one number of passes."""
        return _one({z.row.passes if z.row else None for z in self.zones})

    @property
    def endpoint(self) -> str | None:
        """Their one endpoint."""
        return _one({z.row.endpoint if z.row else "" for z in self.zones})

    @property
    def is_scar(self) -> bool:
        """Whether all of them have a scar."""
        return bool(self.zones) and all(z.row and z.row.is_scar for z in self.zones)

    @property
    def is_out(self) -> bool:
        """Whether none of them is treated."""
        return not any(zone.is_treated for zone in self.zones)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of them, once each."""
        said = {f.sentence: f for zone in self.zones for f in zone.findings}
        return tuple(said.values())

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why they are deeper than the protocol."""
        return tuple({z.row.reason for z in self.zones if z.row and z.row.reason})


def _one(values: set[Value]) -> Value | None:
    return next(iter(values)) if len(values) == 1 else None


def selected(
    session: TreatmentSession,
    limits: Limits,
    on_sheet: Sequence[ZoneView],
    views: Sequence[ZoneView],
    wanted: tuple[str, ...],
) -> Chosen:
    """What was asked for, else what the first open group lacks an endpoint in.

    Zones that have one are left alone: the next tap would write over it.
    """
    groups = endpoint_groups(session, on_sheet)
    left = [[zone for zone in group if not _endpoint(zone)] for group in groups]
    by_code = {view.code: view for view in views}
    zones = [by_code[code] for code in wanted if code in by_code]
    if not zones:
        zones = next(filter(None, left), list(groups[0]) if groups else [])
    places = enumerate(zip(groups, left, strict=True), 1)
    place = next((n for n, (g, rest) in places if zones in [list(g), rest]), 0)
    return _chosen(zones, limits=limits, group=place, groups=len(groups))


def _endpoint(zone: ZoneView) -> str:
    return zone.row.endpoint if zone.row else ""


def endpoint_groups(
    session: TreatmentSession, zones: Sequence[ZoneView]
) -> list[tuple[ZoneView, ...]]:
    """Zones that showed the same last time are asked together, most zones first."""
    before: dict[str, str] = {}
    if session.copied_from_id is not None:
        rows = ZoneTreatment.objects.filter(session_id=session.copied_from_id)
        before = dict(rows.values_list("zone", "endpoint"))
    groups: dict[str, list[ZoneView]] = {}
    for zone in zones:
        if zone.is_treated:
            groups.setdefault(before.get(zone.code, ""), []).append(zone)
    ordered = sorted(groups.values(), key=len, reverse=True)
    return [tuple(group) for group in ordered]


def _chosen(
    zones: list[ZoneView], *, limits: Limits, group: int, groups: int
) -> Chosen:
    reach = common_reach([zone.reach for zone in zones])
    depths = {zone.mm for zone in zones}
    mm = next(iter(depths)) if len(depths) == 1 else None
    steps = limits.steps
    return Chosen(
        codes=tuple(zone.code for zone in zones),
        name=zone_names(limits.effective.book, [zone.code for zone in zones]),
        zones=tuple(zones),
        reach=reach,
        chips=depth_chips(steps, reach=reach, mm=mm),
        shallower=max((s for s in steps if mm and s < mm), default=None),
        deeper=min((s for s in steps if s > (mm or 0)), default=None)
        if len(depths) <= 1
        else None,
        group=group,
        groups=groups,
    )


def common_reach(reaches: Iterable[Reach | None]) -> Reach | None:
    """The range that holds in all of the zones, None when there is none."""
    known = list(reaches)
    if not known or any(reach is None for reach in known):
        return None
    low = max(reach.low_mm for reach in known if reach)
    high = min(reach.high_mm for reach in known if reach)
    of_protocol = all(reach.of_protocol for reach in known if reach)
    reach = Reach(low_mm=low, high_mm=high, of_protocol=of_protocol)
    return reach if low <= high else None


def depth_chips(
    steps: Sequence[Decimal], *, reach: Reach | None, mm: Decimal | None
) -> tuple[DepthChip, ...]:
    """Six depths of the device's grid around the protocol's range."""
    coarse = [step for step in steps if step % QUARTER == 0]
    if reach is not None and any(step % QUARTER for step in steps):
        return _chips(_around(steps, reach=reach, mm=mm), reach=reach, mm=mm)
    coarse = coarse or list(steps)
    start = reach.low_mm - BELOW_MM if reach else Decimal(0)
    shown = [step for step in coarse if step >= start][:CHIPS]
    if len(shown) < CHIPS:
        shown = coarse[-CHIPS:]
    if mm is not None and mm in steps and mm not in shown:
        shown = sorted([*shown[:-1], mm]) if mm < shown[-1] else [*shown[1:], mm]
    return _chips(shown, reach=reach, mm=mm)


def _chips(
    shown: Iterable[Decimal], *, reach: Reach | None, mm: Decimal | None
) -> tuple[DepthChip, ...]:
    return tuple(
        DepthChip(
            mm=step,
            is_chosen=step == mm,
            asks=reach is not None and step > reach.high_mm,
        )
        for step in shown
    )


def _around(
    steps: Sequence[Decimal], *, reach: Reach, mm: Decimal | None
) -> list[Decimal]:
    """Of a fine grid: one step below the range, up to four in it, then deeper."""
    inside = [step for step in steps if reach.low_mm <= step <= reach.high_mm]
    last = len(inside) - 1
    spread = [inside[last * n // 3] for n in range(4)] if last >= 3 else inside
    below = [step for step in steps if step < reach.low_mm][-1:]
    above = [step for step in steps if step > reach.high_mm]
    shown = [*below, *spread]
    shown += above[: max(CHIPS - len(shown), 0)]
    if mm is not None and mm in steps and mm not in shown:
        inner = [step for step in shown if reach.low_mm < step < reach.high_mm]
        near = min(inner, key=lambda step: abs(step - mm), default=shown[-1])
        place = 0 if mm < reach.low_mm else shown.index(near)
        shown[-1 if mm > reach.high_mm else place] = mm
    return sorted(shown)


def picks_of(zones: Sequence[ZoneView], selected: tuple[str, ...]) -> tuple[Pick, ...]:
    """Chips that choose all zones, or a part of the face; none for a single zone."""
    treated = tuple(zone.code for zone in zones if zone.is_treated)
    if len(treated) < 2:
        return ()
    picks = [_pick(_("All %(n)d") % {"n": len(treated)}, treated, selected)]
    for _key, label, codes in PARTS:
        part = tuple(c for c in treated if c.partition("-")[0] in codes)
        if part and len(part) < len(treated):
            picks.append(_pick(str(label), part, selected))
    return tuple(picks)


def _pick(label: str, codes: tuple[str, ...], selected: tuple[str, ...]) -> Pick:
    return Pick(label=label, codes=codes, is_chosen=set(codes) == set(selected))
