"""What the depth rules need to know of one session: device, operator, person."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from clinic.rulebook.queries import EffectiveBook, effective_book
from clinic.rules import dates, depth, gates, settings, typical
from clinic.rules.devices import Device, Kind
from clinic.rules.findings import Finding
from clinic.rules.gates import Gate, Step
from clinic.rules.settings import Setting
from clinic.staff import queries as staff
from sessions.charting.models import DepthOverride, TreatmentSession
from sessions.plans.models import ProtocolZone


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """From how shallow to how deep the protocol goes in one zone, in mm.

    Not `of_protocol`: what is usual there, for the protocol has no such zone.
    """

    low_mm: Decimal
    high_mm: Decimal
    of_protocol: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Everything a depth is held against, read once for a tap or a page.

    `device` is None while the model is not chosen or not in the book.
    """

    effective: EffectiveBook
    kind: Kind
    device: Device | None
    operator_max_mm: Decimal | None
    scope_max_mm: Decimal | None
    condition: str | None
    phototype: int | None
    age: int | None
    first_session: bool
    reaches: dict[str, Reach]

    @property
    def steps(self) -> tuple[Decimal, ...]:
        """The device's own grid above 0 mm; where none is known, steps of 0.05."""
        if self.device is None:
            return ()
        grid = settings.steps(self.device)
        if grid or self.device.max is None:
            return grid
        step = self.effective.book.entry[self.kind].fallback_step.value
        return tuple(step * n for n in range(1, int(self.device.max.value / step) + 1))

    def setting(self, *, zone: str, mm: Decimal, scar: bool) -> Setting | None:
        """One depth as the rules take it; None while no device is chosen."""
        if self.device is None:
            return None
        return Setting(
            zone=zone,
            kind=self.kind,
            mm=mm,
            device=self.device,
            condition=self.condition,
            scar=scar,
            phototype=self.phototype,
            age=self.age,
            first_session=self.first_session,
            operator_max_mm=self.operator_max_mm,
            scope_max_mm=self.scope_max_mm,
        )

    def check(self, *, zone: str, mm: Decimal, scar: bool) -> tuple[Finding, ...]:
        """What the rules say of a depth. Raises InvalidSetting, KeyError."""
        setting = self.setting(zone=zone, mm=mm, scar=scar)
        return depth.check(self.effective.book, setting) if setting else ()

    def reach(self, zone: str, *, scar: bool = False) -> Reach | None:
        """The protocol's range in a zone, else the usual one of zone and condition."""
        if zone in self.reaches:
            return self.reaches[zone]
        if zone not in self.effective.book.areas:
            return None
        usual = typical.zone_depth(
            self.effective.book,
            zone=zone,
            kind=self.kind,
            condition=self.condition,
            scar=scar,
        )
        if usual is None:
            return None
        return Reach(low_mm=usual.low, high_mm=usual.high, of_protocol=False)


def limits_of(session: TreatmentSession) -> Limits:
    """Read what the depth rules need; three or four queries."""
    effective = effective_book()
    book = effective.book
    patient, condition = session.patient, session.condition
    operator = session.practitioner_id
    permits = staff.permits_of([operator])
    zones: Iterable[ProtocolZone] = ()
    if session.plan is not None:
        zones = ProtocolZone.objects.filter(protocol_id=session.plan.protocol_id)
    born_on = patient.born_on
    return Limits(
        effective=effective,
        kind=Kind(session.device_kind),
        device=book.devices.get(session.model_key),
        operator_max_mm=permits.qualified_mm(operator, session.performed_on),
        scope_max_mm=permits.scope_mm(operator, session.performed_on),
        condition=condition.kind
        if condition is not None and condition.kind in book.conditions
        else None,
        phototype=patient.phototype,
        age=dates.age_on(born_on=born_on, day=session.performed_on)
        if born_on
        else None,
        first_session=session.copied_from_id is None,
        reaches={
            area.key: Reach(low_mm=row.low_mm, high_mm=row.high_mm)
            for row in zones
            for area in book.covers.get(row.zone, ())
            if row.low_mm is not None and row.high_mm is not None
        },
    )


def depth_gate(
    *,
    findings: Iterable[Finding],
    zone: str,
    mm: Decimal,
    overrides: Iterable[DepthOverride],
    fixed: frozenset[str],
) -> Gate:
    """What the findings on one depth stop, given the written reasons for it."""
    written = [
        gates.Override(
            code=row.code, reason=row.reason, by_prescriber=True, by_medical_lead=True
        )
        for row in overrides
        if (row.zone, row.mm) == (zone, mm)
    ]
    return gates.gate(
        findings=findings, step=Step.RECORD, overrides=written, fixed=fixed
    )
