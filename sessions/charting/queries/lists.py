"""Lists over sessions: of a patient, to sign, who received a lot, adverse events."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from clinic.devices.models import Lot
from clinic.places.models import Site
from clinic.rulebook.queries import effective_book
from clinic.rules import events as rules
from clinic.rules.events import Judgement, Reaction
from clinic.staff.models import User
from patients.records.models import Patient
from sessions.charting.models import (
    ENDPOINTS,
    AdverseEvent,
    SessionTopical,
    SessionUnit,
    TreatmentSession,
    ZoneTreatment,
)

ENDPOINT_WORDS = dict(ENDPOINTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One session of a patient in a table. Depths in mm, of pen or of roller."""

    session: TreatmentSession
    depths: dict[str, Decimal]
    endpoints: tuple[str, ...]
    lots: tuple[str, ...]

    @property
    def shallowest(self) -> Decimal | None:
        """The shallowest depth."""
        return min(self.depths.values(), default=None)

    @property
    def deepest(self) -> Decimal | None:
        """The deepest depth."""
        return max(self.depths.values(), default=None)


def sessions_of(patient: Patient) -> list[SessionRow]:
    """Every session of a patient, the latest first; four queries."""
    treated = ZoneTreatment.objects.filter(is_left_out=False).order_by("id")
    units = SessionUnit.objects.select_related("unit__lot").order_by("id")
    events = AdverseEvent.objects.order_by("onset_on", "id")
    rows = (
        TreatmentSession.objects.filter(patient=patient)
        .defer(*TreatmentSession.OF_THE_RECORD)
        .select_related(
            "practitioner", "plan", "planned_session", "device", "condition"
        )
        .prefetch_related(
            Prefetch("zones", queryset=treated, to_attr="treated"),
            Prefetch("units", queryset=units, to_attr="opened"),
            Prefetch("adverse_events", queryset=events, to_attr="events"),
        )
        .order_by("-performed_on", "-id")
    )
    return [_row(session) for session in rows]


def _row(session: TreatmentSession) -> SessionRow:
    zones: list[ZoneTreatment] = session.treated  # type: ignore[attr-defined]
    opened: list[SessionUnit] = session.opened  # type: ignore[attr-defined]
    words = [str(ENDPOINT_WORDS[z.endpoint]) for z in zones if z.endpoint]
    return SessionRow(
        session=session,
        depths={zone.zone: zone.mm for zone in zones if zone.mm is not None},
        endpoints=tuple(dict.fromkeys(words)),
        lots=tuple(f"{one.unit.lot.number} {one.unit.serial}" for one in opened),
    )


def to_sign(user: User) -> QuerySet[TreatmentSession]:
    """The open sheets of a practitioner, the oldest first: for Today."""
    return (
        TreatmentSession.objects.filter(practitioner=user, signed_at__isnull=True)
        .select_related("patient", "visit", "site")
        .order_by("performed_on", "id")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One patient who received something out of a lot, and at which session."""

    session: TreatmentSession
    serial: str
    is_discarded: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Who received a lot. `unaccounted` units were opened without a session."""

    lot: Lot
    receipts: tuple[Receipt, ...]
    opened: int | None
    unaccounted: int

    @property
    def patients(self) -> int:
        """How many people."""
        return len({receipt.session.patient_id for receipt in self.receipts})


def lot_for(key: int) -> Lot | None:
    """A lot by its key, None when absent."""
    return Lot.objects.select_related("site").filter(pk=key).first()


def trace(lot: Lot) -> Trace:
    """Everybody who received something out of the lot, the latest first."""
    if lot.is_single_use:
        units = (
            SessionUnit.objects.filter(unit__lot=lot)
            .select_related("unit", "session__patient", "session__practitioner")
            .order_by("-session__performed_on", "-id")
        )
        receipts = tuple(
            Receipt(
                session=row.session,
                serial=row.unit.serial,
                is_discarded=row.is_discarded,
            )
            for row in units
        )
        opened = lot.units.count()
        return Trace(
            lot=lot,
            receipts=receipts,
            opened=opened,
            unaccounted=opened - len(receipts),
        )
    used = (
        SessionTopical.objects.filter(lot=lot)
        .select_related("session__patient", "session__practitioner")
        .order_by("-session__performed_on", "-id")
    )
    receipts = tuple(
        Receipt(session=row.session, serial="", is_discarded=None) for row in used
    )
    return Trace(lot=lot, receipts=receipts, opened=None, unaccounted=0)


def events(*, show: str = "open", site: Site | None = None) -> QuerySet[AdverseEvent]:
    """Adverse events: open, closed or all, the latest first."""
    rows = AdverseEvent.objects.select_related(
        "patient", "session__practitioner", "session__device"
    ).order_by("-onset_on", "-id")
    if site is not None:
        rows = rows.filter(session__site=site)
    if show == "open":
        return rows.filter(closed_on__isnull=True)
    if show == "closed":
        return rows.filter(closed_on__isnull=False)
    return rows


def reaction_to(event: AdverseEvent, *, today: date) -> Reaction:
    """What the rules call it today, or on the day it settled; the session is read."""
    lasted = rules.days_seen(
        performed_on=event.session.performed_on,
        onset_on=event.onset_on,
        seen_on=event.closed_on or today,
    )
    return rules.judge(effective_book().book, kind=event.kind, after=lasted)


def expected_until(event: AdverseEvent, *, today: date) -> date | None:
    """The last day on which it is no event yet; None when it is one."""
    if reaction_to(event, today=today).judgement is not Judgement.EXPECTED:
        return None
    days = rules.expected_days(effective_book().book)[event.kind]
    return event.session.performed_on + timedelta(days=days)


def events_of(session: TreatmentSession) -> list[AdverseEvent]:
    """The events of one session, the first to begin first."""
    rows = AdverseEvent.objects.filter(session=session)
    return list(rows.select_related("recorded_by").order_by("onset_on", "id"))
