"""What the record prints out of other tables: as it stands, or as it was signed."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import QuerySet

from clinic.places.queries import clinic
from clinic.rulebook.queries import effective_book
from clinic.rules.book import RuleBook
from sessions.booking.models import Visit
from sessions.charting import printed
from sessions.charting.actions.kit_taps import dose_mg
from sessions.charting.digest import PARTS
from sessions.charting.models import SessionTopical, TreatmentSession
from sessions.charting.printed import (
    Advice,
    Applied,
    Printed,
    Stage,
    TakenOver,
    UsedUnit,
    Written,
)
from sessions.charting.queries.advice import healing_of, windows_of
from sessions.charting.words import product_words, zone_names
from sessions.plans.models import Plan

# One query each: a join of all of them takes longer to plan than to run.
NAMED: list[str] = [
    *PARTS,
    "site",
    "visit__room",
    "patient",
    "condition",
    "plan__planned_sessions",
    "planned_session",
    "practitioner",
    "skin_clear_by",
    "signed_by",
    "screening__overrides__by",
    "consent",
    "copied_from",
    "device",
    "units__unit__lot",
    "topicals__lot",
    "topicals__signoff_by",
    "depth_overrides__by",
    "take_overs__before",
    "take_overs__by",
]


def sessions_to_print() -> QuerySet[TreatmentSession]:
    """Sessions with everything that their records print and sign."""
    return TreatmentSession.objects.prefetch_related(*NAMED)


def next_visit_at(session: TreatmentSession, *, now: datetime) -> datetime | None:
    """When the patient comes next, as booked now."""
    ahead = Visit.objects.filter(
        patient_id=session.patient_id,
        starts_at__gt=now,
        status__in=["unconfirmed", "confirmed"],
    )
    return ahead.order_by("starts_at").values_list("starts_at", flat=True).first()


def kept_of(session: TreatmentSession, *, now: datetime) -> Printed:
    """What was signed; of an open sheet, what would be signed now."""
    if session.signed_printed:
        return printed.read(Printed, session.signed_printed)
    whole = sessions_to_print().get(pk=session.pk)
    book = effective_book().book
    next_at = next_visit_at(session, now=now)
    return printed_of(whole, book=book, next_at=next_at, now=now)


def printed_of(
    session: TreatmentSession,
    *,
    book: RuleBook,
    next_at: datetime | None,
    now: datetime,
) -> Printed:
    """Read it from the rows, which come from `sessions_to_print`."""
    house, patient = clinic(), session.patient
    planned, screening = session.planned_session, session.screening
    signed = session.signed_by
    return Printed(
        clinic=house.name if house else "",
        site=session.site.name,
        room=session.visit.room.name,
        patient=patient.name,
        born_on=patient.born_on,
        phototype=str(patient.get_phototype_display() or ""),
        condition=condition_name(session, book=book),
        number=planned.number if planned else None,
        of_sessions=_sessions_of(session.plan) if session.plan else None,
        practitioner=session.practitioner.full_name,
        taken_over=tuple(_taken_over(session)),
        cleared_by=session.skin_clear_by.full_name if session.skin_clear_by else "",
        screening=screening.reference if screening else "",
        screened_at=screening.completed_at if screening else None,
        consent_at=session.consent.given_at if session.consent else None,
        against_on=session.copied_from.performed_on if session.copied_from else None,
        device=session.device.name if session.device else "",
        device_serial=session.device.serial if session.device else "",
        units=tuple(_units(session)),
        products=tuple(_applied(row) for row in in_order(session.topicals.all())),
        reasons=_reasons(session, book),
        advice=tuple(_advice(session, book, now=now)),
        healing=tuple(_stages(session, book)),
        next_at=next_at,
        signed_by=signed.full_name if signed else "",
    )


def sessions_of_plan(session: TreatmentSession) -> int | None:
    """How many sessions the plan has now: it may be longer than its protocol."""
    return _sessions_of(session.plan) if session.plan else None


def _sessions_of(plan: Plan) -> int:
    """The number of its last session; one that was dropped leaves the others' be."""
    left = [one.number for one in plan.planned_sessions.all() if not one.is_dropped]
    return max(left, default=0)


def condition_name(session: TreatmentSession, *, book: RuleBook) -> str:
    """What was treated, in the words of the book."""
    if session.condition is None:
        return ""
    kind = session.condition.kind
    return book.conditions[kind].name if kind in book.conditions else kind


def in_order(rows: Iterable[SessionTopical]) -> list[SessionTopical]:
    """Products in the order in which they were entered."""
    return sorted(rows, key=lambda row: row.pk)


def _units(session: TreatmentSession) -> Iterator[UsedUnit]:
    for one in sorted(session.units.all(), key=lambda row: row.pk):
        lot = one.unit.lot
        yield UsedUnit(
            lot=lot.number,
            serial=one.unit.serial,
            expires_on=lot.expires_on,
            needle_count=lot.needle_count,
            needle_length_mm=lot.needle_length_mm,
            is_discarded=one.is_discarded,
        )


def _taken_over(session: TreatmentSession) -> Iterator[TakenOver]:
    for row in sorted(session.take_overs.all(), key=lambda row: row.pk):
        yield TakenOver(
            before=row.before.full_name,
            by=row.by.full_name,
            at=row.at,
            note=row.note,
        )


def _applied(row: SessionTopical) -> Applied:
    return Applied(
        kind=str(row.get_kind_display()),
        product=product_words(row.product, percent=row.strength_percent),
        lot=row.lot.number if row.lot else "",
        on_at=row.on_at,
        off_at=row.off_at,
        dose_mg=dose_mg(row),
        is_occluded=row.is_occluded,
        is_sterile=row.is_sterile,
        for_needled_skin=row.for_needled_skin,
        signed_off_by=row.signoff_by.full_name if row.signoff_by else "",
        signoff_reason=row.signoff_reason,
    )


def _reasons(session: TreatmentSession, book: RuleBook) -> tuple[Written, ...]:
    written = [*_of_screening(session), *_of_depths(session, book)]
    return tuple(sorted(written, key=lambda one: (one.at, one.code)))


def _of_screening(session: TreatmentSession) -> Iterator[Written]:
    """Overrides of the screening, none that came after the signature."""
    for one in session.screening.overrides.all() if session.screening else ():
        if session.signed_at is None or one.at <= session.signed_at:
            yield Written(
                code=one.code,
                zone="",
                mm=None,
                sentence=one.sentence,
                reason=one.reason,
                by=one.by.full_name,
                at=one.at,
            )


def _of_depths(session: TreatmentSession, book: RuleBook) -> Iterator[Written]:
    for depth in session.depth_overrides.all():
        yield Written(
            code=depth.code,
            zone=zone_names(book, [depth.zone]),
            mm=depth.mm,
            sentence=depth.sentence,
            reason=depth.reason,
            by=depth.by.full_name,
            at=depth.at,
        )


def _advice(
    session: TreatmentSession, book: RuleBook, *, now: datetime
) -> Iterator[Advice]:
    keys = [row.topical_key for row in session.topicals.all() if row.topical_key]
    for window in windows_of(session, keys, book=book, now=now):
        yield Advice(
            sentence=window.sentence, until=window.until, until_at=window.until_at
        )


def _stages(session: TreatmentSession, book: RuleBook) -> Iterator[Stage]:
    for phase in healing_of(session, book=book, today=session.performed_on):
        yield Stage(name=phase.name, starts_on=phase.starts_on, ends_on=phase.ends_on)
