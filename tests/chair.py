"""A patient on the chair: everything that a session needs is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from clinic.models import Device, Lot, Room, Site, User
from clinic.rulebook.queries import effective_book
from clinic.rules.facts import Purpose
from clinic.staff.roles import Role
from patients.history.actions import screenings
from patients.history.actions.screenings import NO, AnswerEntry, StartEntry
from patients.history.queries import screenings as reading
from patients.models import Patient, PatientCondition, Screening
from sessions.charting import entries
from sessions.charting.actions import safety, signing, starting, taps
from sessions.charting.entries import Entry, Tap, TapResult
from sessions.charting.queries import completeness
from sessions.models import (
    Plan,
    PlannedSession,
    ProtocolZone,
    TreatmentSession,
    Visit,
)
from tests import factories
from tests.factories import NOW
from tests.kept import kept

CHEEKS = ("CM-R", "CM-L")


def screened(
    patient: Patient,
    by: User,
    *,
    now: datetime = NOW,
    answers: Mapping[str, AnswerEntry] | None = None,
    anaesthetic: bool | None = None,
) -> Screening:
    """A complete session screening: "no" to everything but what is named."""
    entry = StartEntry(
        purpose=Purpose.SESSION, for_date=now.date(), anaesthetic=anaesthetic
    )
    screening = screenings.start(patient=patient, entry=entry, by=by, now=now)
    asked = reading.questions_of(screening, effective=effective_book())
    all_no = {question.key: NO for question in asked}
    screenings.answer(
        screening=screening, entries={**all_no, **(answers or {})}, by=by, now=now
    )
    return screenings.complete(screening=screening, by=by, now=now)


@dataclass
class Chair:
    """One clinic, one practitioner, one plan; sessions come one after the other."""

    practitioner: User
    site: Site
    room: Room
    device: Device
    lot: Lot
    patient: Patient
    condition: PatientCondition
    plan: Plan
    tablet: UUID = field(default_factory=uuid4)
    numbers: Any = field(default_factory=lambda: count(1))

    def visit(self, number: int = 1, *, now: datetime = NOW, **changes: Any) -> Visit:
        """The visit of the n-th planned session."""
        planned = PlannedSession.objects.get(plan=self.plan, number=number)
        return factories.make_visit(
            patient=self.patient,
            practitioner=self.practitioner,
            room=self.room,
            by=self.practitioner,
            device=self.device if self.plan.protocol.device_kind == "pen" else None,
            plan=self.plan,
            planned_session=planned,
            starts_at=now,
            **changes,
        )

    def start(self, number: int = 1, *, now: datetime = NOW) -> TreatmentSession:
        """The sheet of the n-th session, just opened."""

        def make() -> TreatmentSession:
            visit = self.visit(number, now=now)
            return starting.start(visit=visit, by=self.practitioner, now=now)

        return kept(f"start {number} {now}", make, around=self)

    def cleared(
        self, session: TreatmentSession, *, now: datetime = NOW
    ) -> TreatmentSession:
        """The same sheet, screened and found clear."""
        screened(self.patient, self.practitioner, now=now)
        session.refresh_from_db()
        return safety.clear_skin(
            session=session, version=session.version, by=self.practitioner, now=now
        )

    def open(self, number: int = 1, *, now: datetime = NOW) -> TreatmentSession:
        """A sheet on which taps may be recorded."""

        def make() -> TreatmentSession:
            return self.cleared(self.start(number, now=now), now=now)

        return kept(f"open {number} {now}", make, around=self)

    def tap(
        self,
        session: TreatmentSession,
        entry: Entry,
        *,
        by: User | None = None,
        now: datetime = NOW,
        **changes: Any,
    ) -> TapResult:
        """One tap of this tablet on the sheet as it stands."""
        session.refresh_from_db()
        values: dict[str, Any] = {
            "tablet": self.tablet,
            "sequence": next(self.numbers),
            "version": session.version,
            **changes,
        }
        tap = Tap(entry=entry, **values)
        return taps.record(
            session=session, tap=tap, by=by or self.practitioner, now=now
        )

    def practitioner_roles(self) -> tuple[Role, ...]:
        """The role of somebody who treats."""
        return (Role.PRACTITIONER,)

    def open_elsewhere(self, other: "Chair") -> TreatmentSession:
        """A sheet of this chair's patient at another chair's site."""
        visit = factories.make_visit(
            patient=self.patient,
            practitioner=self.practitioner,
            room=other.room,
            by=self.practitioner,
            device=other.device,
            plan=self.plan,
            planned_session=PlannedSession.objects.get(plan=self.plan, number=1),
            starts_at=NOW + timedelta(hours=1),
        )
        now = NOW + timedelta(hours=1)
        session = starting.start(visit=visit, by=self.practitioner, now=now)
        return self.cleared(session, now=now)

    def complete(self, session: TreatmentSession, *, now: datetime = NOW) -> None:
        """Enter everything that a signature asks for."""
        zones = tuple(session.zones.values_list("zone", flat=True))
        book = effective_book().book
        owed = completeness.steps_owed(book, has_anaesthetic=False)
        for entry in (
            entries.LotEntry(lot_id=self.lot.pk),
            entries.EndpointEntry(zones=zones, endpoint="pinpoint_bleeding"),
            entries.TickEntry(items=owed, done=True),
            entries.DiscardEntry(is_discarded=True),
            entries.ReactionEntry(reaction="redness"),
        ):
            self.tap(session, entry, now=now)

    def sign(
        self, session: TreatmentSession, *, now: datetime = NOW
    ) -> TreatmentSession:
        """Sign what is complete."""
        session.refresh_from_db()
        return signing.sign(
            session=session, version=session.version, by=self.practitioner, now=now
        )

    def signed(self, number: int = 1, *, now: datetime = NOW) -> TreatmentSession:
        """The n-th session from the first tap to the signature."""

        def make() -> TreatmentSession:
            session = self.open(number, now=now)
            self.complete(session, now=now)
            return self.sign(session, now=now + timedelta(minutes=40))

        return kept(f"signed {number} {now}", make, around=self)


def make_chair(**changes: Any) -> Chair:
    """A pen plan of two cheeks; `protocol`, `practitioner`, `lot` may differ."""
    return kept(f"chair {changes}", lambda: _make_chair(**changes))


def _make_chair(**changes: Any) -> Chair:
    site = factories.make_site()
    practitioner = changes.pop("practitioner", None) or factories.make_practitioner(
        site=site
    )
    patient = changes.pop("patient", None) or factories.make_patient()
    condition = factories.make_condition(patient=patient)
    factories.make_consent(patient=patient, taken_by=practitioner)
    plan = factories.make_plan(
        condition=condition,
        site=site,
        by=practitioner,
        practitioner=practitioner,
        protocol=changes.pop("protocol", None),
    )
    return Chair(
        practitioner=practitioner,
        site=site,
        room=factories.make_room(site=site),
        device=factories.make_device(site=site),
        lot=factories.make_lot(site=site, **changes.pop("lot", {})),
        patient=patient,
        condition=condition,
        plan=plan,
    )


def make_roller_chair() -> Chair:
    """The same with a medical roller of 1.00 mm."""
    return kept("chair for a roller", _make_roller_chair)


def _make_roller_chair() -> Chair:
    protocol = factories.make_protocol(device_kind="roller")
    ProtocolZone.objects.filter(protocol=protocol).update(passes=15)
    return make_chair(
        protocol=protocol,
        lot={
            "kind": "roller",
            "model_key": "MEDICAL_ROLLER",
            "product": "Medical roller",
            "needle_length_mm": Decimal("1.00"),
            "needle_count": 192,
        },
    )
