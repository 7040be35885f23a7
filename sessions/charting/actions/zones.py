"""The zones of a new sheet: carried from last time, or started from the plan."""

from collections.abc import Iterable
from decimal import Decimal

from clinic.rules import settings, typical
from clinic.rules.book import RuleBook
from clinic.rules.devices import Kind
from sessions.charting.models import TreatmentSession, ZoneTreatment
from sessions.plans.models import PlannedSession, ProtocolZone


class PlanZones:
    """The zones of a new sheet, in the order of the chart."""

    def __init__(
        self,
        *,
        session: TreatmentSession,
        planned: PlannedSession | None,
        book: RuleBook,
    ) -> None:
        self.session = session
        self.planned_mm = planned.planned_mm if planned else None
        self.book = book
        self.device = self.book.devices.get(session.model_key)
        rows: Iterable[ProtocolZone] = ()
        if session.plan is not None:
            rows = ProtocolZone.objects.filter(protocol_id=session.plan.protocol_id)
        self.protocol = {
            area.key: row for row in rows for area in self.book.covers.get(row.zone, ())
        }

    def again(self, before: list[ZoneTreatment]) -> list[ZoneTreatment]:
        """What was done last time, and what the plan says for today beside it."""
        made = [
            self._row(
                old.zone,
                mm=old.mm,
                passes=old.passes,
                is_scar=old.is_scar,
                is_left_out=old.is_left_out,
                previous_mm=None if old.is_left_out else old.mm,
                previous_passes=None if old.is_left_out else old.passes,
            )
            for old in before
        ]
        return self._in_chart_order(made)

    def first(self) -> list[ZoneTreatment]:
        """A first session starts in the lower third, never deeper than planned."""
        codes = self._codes()
        made = [
            self._row(
                code,
                mm=self._start(code),
                passes=self.protocol[code].passes if code in self.protocol else None,
                is_scar=False,
                is_left_out=False,
                previous_mm=None,
                previous_passes=None,
            )
            for code in codes
        ]
        return self._in_chart_order(made)

    def single(self, zone: str) -> ZoneTreatment:
        """A zone that comes in during the session."""
        return self._row(
            zone,
            mm=self._start(zone),
            passes=self.protocol[zone].passes if zone in self.protocol else None,
        )

    def _codes(self) -> list[str]:
        """Where this patient's condition is; all of the protocol when nobody said."""
        condition = self.session.condition
        said = condition.zones if condition else []
        areas = [area.key for code in said for area in self.book.covers.get(code, ())]
        return list(dict.fromkeys(areas)) or list(self.protocol)

    def _row(self, zone: str, *, mm: Decimal | None, **values: object) -> ZoneTreatment:
        roller = self.session.device_kind == Kind.ROLLER
        return ZoneTreatment(
            session=self.session,
            zone=zone,
            depth_setting_mm=None if roller else mm,
            needle_length_mm=mm if roller else None,
            planned_mm=self.planned(zone),
            **values,
        )

    def planned(self, zone: str) -> Decimal | None:
        """What the plan means for the zone today: its deepest, within the range."""
        row = self.protocol.get(zone)
        if row is None or row.high_mm is None or row.low_mm is None:
            return None
        wanted = min(self.planned_mm or row.high_mm, row.high_mm)
        return self._snapped(max(wanted, row.low_mm))

    def _start(self, zone: str) -> Decimal | None:
        row, planned = self.protocol.get(zone), self.planned(zone)
        if self.session.device_kind == Kind.ROLLER:
            return planned
        if row is not None and row.low_mm is not None and row.high_mm is not None:
            third = row.low_mm + (row.high_mm - row.low_mm) / typical.THIRDS
            start = self._snapped(third)
        else:
            start = self._usual(zone)
        if start is None or planned is None:
            return start or planned
        return min(start, planned)

    def _usual(self, zone: str) -> Decimal | None:
        condition = self.session.condition
        if self.device is None or zone not in self.book.areas:
            return None
        known = condition is not None and condition.kind in self.book.conditions
        found = typical.suggest(
            self.book,
            zone=zone,
            device=self.device,
            condition=condition.kind if condition and known else None,
            phototype=self.session.patient.phototype,
            first_session=True,
        )
        return found.start if found else None

    def _snapped(self, mm: Decimal) -> Decimal | None:
        if self.device is None:
            return mm
        return settings.snap_down(self.book, device=self.device, mm=mm)

    def _in_chart_order(self, rows: list[ZoneTreatment]) -> list[ZoneTreatment]:
        order = {key: place for place, key in enumerate(self.book.areas)}
        return sorted(rows, key=lambda row: order.get(row.zone, len(order)))
