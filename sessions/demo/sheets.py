"""Visits and session records of the told stories, written in bulk and then signed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count

from clinic.models import Lot, Unit
from clinic.rules import screening
from clinic.rules.facts import Purpose
from clinic.rules.screening import Person
from patients.models import Patient, Screening, ScreeningAnswer
from sessions.charting.digest import PARTS, digest_of
from sessions.demo.diary import Booking
from sessions.demo.histories import Scene, Told, depth, is_roller
from sessions.models import (
    AdverseEvent,
    ChecklistTick,
    PlannedSession,
    Recovery,
    SessionTopical,
    SessionUnit,
    TreatmentSession,
    Visit,
    ZoneTreatment,
)
from sessions.plans.statuses import PlanStatus

CALM_DAYS = (1, 2, 2, 3, 3, 3, 4, 4, 5, 6)
MISSED_SHARE = 0.055


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One session that was done: its story, time and number in the plan."""

    told: Told
    booking: Booking
    number: int

    @property
    def planned(self) -> PlannedSession:
        """The planned session it carries out."""
        return self.told.planned[self.number - 1]


def write(scene: Scene, stories: Iterable[Told]) -> None:
    """Every past and future visit of the stories, and the records of the past."""
    told = list(stories)
    sheets = [
        Sheet(told=one, booking=booking, number=number)
        for one in told
        for number, booking in enumerate(one.done, start=1)
    ]
    _visits_ahead(scene, told)
    record(scene, sheets)
    _events(scene, told)


def record(scene: Scene, sheets: list[Sheet], *, unsigned: int = 0) -> None:
    """The visit and the record of each sheet; all but the last few are signed."""
    visits = Visit.objects.bulk_create(
        [
            visit_of(
                scene,
                sheet.told,
                sheet.booking,
                kind="session",
                status="done",
                planned=sheet.planned,
            )
            for sheet in sheets
        ]
    )
    screenings = _screenings(scene, sheets)
    sessions = TreatmentSession.objects.bulk_create(
        [
            _session(scene, sheet, visit, asked)
            for sheet, visit, asked in zip(sheets, visits, screenings, strict=True)
        ]
    )
    _parts(scene, sheets, sessions)
    _sign(sessions[: len(sessions) - unsigned])


def visit_of(
    scene: Scene,
    told: Told,
    booking: Booking,
    *,
    kind: str,
    status: str,
    planned: PlannedSession | None = None,
) -> Visit:
    """A visit at a time of the diary, booked some weeks before."""
    pens = scene.house.pens
    roller = is_roller(told.story.kind, scene.book)
    key = (booking.practitioner.pk, booking.site.pk, told.story.kind.model)
    pen = None if roller else pens.get(key)
    return Visit(
        kind=kind,
        patient_id=told.plan.patient_id,
        practitioner=booking.practitioner,
        site=booking.site,
        room=booking.room,
        device=pen if kind == "session" else None,
        plan=told.plan,
        planned_session=planned,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        day=booking.day,
        status=status,
        booked_at=min(booking.starts_at, scene.now) - timedelta(days=15),
        booked_by=scene.house.desk,
        done_at=booking.ends_at if status == "done" else None,
        in_room_at=booking.starts_at if status == "done" else None,
        arrived_at=booking.starts_at if status == "done" else None,
    )


def _visits_ahead(scene: Scene, stories: list[Told]) -> None:
    rows: list[Visit] = []
    for told in stories:
        first = len(told.done) + 1 + int(told.story.today)
        for number, booking in enumerate(told.ahead, start=first):
            sure = booking.day < scene.today + timedelta(days=30)
            status = "confirmed" if sure else "unconfirmed"
            planned = told.planned[number - 1]
            rows.append(
                visit_of(
                    scene,
                    told,
                    booking,
                    kind="session",
                    status=status,
                    planned=planned,
                )
            )
        if told.review is not None:
            past = told.review.day < scene.today
            status = "done" if past else "confirmed"
            rows.append(
                visit_of(scene, told, told.review, kind="review", status=status)
            )
        if scene.random.random() < MISSED_SHARE * max(len(told.done), 1):
            rows.extend(_missed(scene, told))
    Visit.objects.bulk_create(rows)


def _missed(scene: Scene, told: Told) -> list[Visit]:
    if not told.done:
        return []
    earlier = scene.random.choice(told.done).day - timedelta(days=3)
    booking = scene.diary.book(
        told.practitioner, earlier, patient_id=told.plan.patient_id
    )
    if booking.day >= scene.today:
        return []
    return [visit_of(scene, told, booking, kind="session", status="missed")]


def _screenings(scene: Scene, sheets: list[Sheet]) -> list[Screening]:
    rows = Screening.objects.bulk_create(
        [
            Screening(
                patient_id=sheet.told.plan.patient_id,
                purpose="session",
                for_date=sheet.booking.day,
                zones=[zone.zone for zone in sheet.told.zones],
                started_at=sheet.booking.starts_at - timedelta(minutes=15),
                started_by=sheet.booking.practitioner,
                answered_by_patient=True,
            )
            for sheet in sheets
        ]
    )
    _answer(
        (row.pk, key)
        for row, sheet in zip(rows, sheets, strict=True)
        for key in asked_of(scene, sheet.told.plan.patient, sheet.booking)
    )
    for row, sheet in zip(rows, sheets, strict=True):
        row.completed_at = sheet.booking.starts_at
        row.completed_by = sheet.booking.practitioner
        row.verdict, row.book_revision = "ok", scene.book.revision
    Screening.objects.bulk_update(
        rows,
        ["completed_at", "completed_by", "verdict", "book_revision"],
        batch_size=500,
    )
    return rows


def _answer(questions: Iterable[tuple[int, str]]) -> None:
    """Every question answered with no; one statement, for there are thousands."""
    pairs = list(questions)
    columns: dict[str, Any] = {
        str(field.column): field.get_db_prep_save(field.get_default(), connection)
        for field in ScreeningAnswer._meta.concrete_fields
        if field.name not in {"id", "screening", "question", "value"}
    }
    names = ", ".join(columns)
    blanks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO patients_screeninganswer "  # noqa: S608  names of columns
            f"(screening_id, question, value, {names}) "
            f"SELECT *, false, {blanks} FROM unnest(%s::bigint[], %s::text[])",
            [*columns.values(), [pk for pk, _ in pairs], [key for _, key in pairs]],
        )


def asked_of(scene: Scene, patient: Patient, booking: Booking) -> list[str]:
    """The keys of the questions the rules ask of this patient."""
    asked = screening.questions(
        book=scene.book,
        person=Person(
            born_on=patient.born_on, phototype=patient.phototype, sex=patient.sex
        ),
        facts=(),
        today=booking.day,
        zones=frozenset(),
        purpose=Purpose.SESSION,
    )
    return [question.key for question in asked]


def _session(
    scene: Scene, sheet: Sheet, visit: Visit, asked: Screening
) -> TreatmentSession:
    kind = sheet.told.story.kind
    roller = is_roller(kind, scene.book)
    return TreatmentSession(
        visit=visit,
        patient_id=visit.patient_id,
        plan=sheet.told.plan,
        planned_session=sheet.planned,
        condition_id=sheet.told.plan.condition_id,
        practitioner=visit.practitioner,
        site=visit.site,
        performed_on=visit.day,
        device_kind="roller" if roller else "pen",
        device=visit.device,
        device_checked=True,
        model_key=kind.model,
        screening=asked,
        consent=sheet.told.consent,
        started_at=visit.starts_at,
        skin_clear_at=visit.starts_at,
        skin_clear_by=visit.practitioner,
        reaction=scene.random.choices(
            ["redness", "none", "swelling", "strong"], weights=(80, 10, 8, 2)
        )[0],
        pain=scene.random.choices(range(6), weights=(8, 25, 30, 20, 12, 5))[0],
        aftercare_given=True,
        book_revision=scene.book.revision,
    )


def _parts(scene: Scene, sheets: list[Sheet], sessions: list[TreatmentSession]) -> None:
    pairs = list(zip(sheets, sessions, strict=True))
    ZoneTreatment.objects.bulk_create(
        [zone for sheet, session in pairs for zone in _zones(scene, sheet, session)],
        batch_size=2000,
    )
    _units(sessions)
    SessionTopical.objects.bulk_create(
        [topical for session in sessions for topical in _topicals(session)]
    )
    ChecklistTick.objects.bulk_create(
        ChecklistTick(
            session=session,
            item=item.key,
            at=session.started_at,
            by_id=session.practitioner_id,
        )
        for session in sessions
        for item in scene.book.checklist
    )
    Recovery.objects.bulk_create(
        Recovery(
            session=session,
            calm_on_day=max(scene.random.choice(CALM_DAYS) - sheet.number // 2, 1),
            recorded_at=session.started_at + timedelta(days=21),
            recorded_by_id=session.practitioner_id,
        )
        for sheet, session in pairs
        if session.performed_on < scene.today - timedelta(days=21)
    )


def _zones(
    scene: Scene, sheet: Sheet, session: TreatmentSession
) -> Iterable[ZoneTreatment]:
    roller = session.device_kind == "roller"
    for zone in sheet.told.zones:
        mm = depth(scene, sheet.told.story, zone, sheet.number)
        before = depth(scene, sheet.told.story, zone, sheet.number - 1)
        if mm is None:
            continue
        yield ZoneTreatment(
            session=session,
            zone=zone.zone,
            depth_setting_mm=None if roller else mm,
            needle_length_mm=mm if roller else None,
            passes=zone.passes or 3,
            endpoint=sheet.told.plan.protocol.endpoint,
            planned_mm=mm,
            previous_mm=before if sheet.number > 1 else None,
            previous_passes=(zone.passes or 3) if sheet.number > 1 else None,
        )


def _units(sessions: list[TreatmentSession]) -> None:
    lots = list(Lot.objects.filter(kind__in=("cartridge", "roller")).order_by("id"))
    counted = Unit.objects.values_list("lot_id").annotate(Count("id"))
    opened: dict[int, int] = dict(counted.order_by())
    units, kept = [], []
    for session in sessions:
        lot = _lot_for(lots, session, opened)
        opened[lot.pk] = opened.get(lot.pk, 0) + 1
        units.append(
            Unit(
                lot=lot,
                serial=f"{opened[lot.pk]:03d}",
                opened_at=session.started_at,
                opened_by_id=session.practitioner_id,
            )
        )
        kept.append(session)
    for session, unit in zip(kept, Unit.objects.bulk_create(units), strict=True):
        SessionUnit.objects.create(
            session=session, unit=unit, is_discarded=True, taken_at=session.started_at
        )


def _lot_for(lots: list[Lot], session: TreatmentSession, opened: dict[int, int]) -> Lot:
    """The lot that ends first among those in use on the day."""
    day = session.performed_on
    fitting = [
        lot
        for lot in lots
        if lot.site_id == session.site_id
        and lot.model_key == session.model_key
        and lot.received_on <= day <= lot.expires_on
        and opened.get(lot.pk, 0) < lot.quantity
    ]
    return min(fitting, key=lambda lot: (lot.expires_on, lot.pk))


def _topicals(session: TreatmentSession) -> Iterable[SessionTopical]:
    yield SessionTopical(
        session=session,
        kind="anaesthetic",
        product="Lidocaine cream 4 %",
        strength_percent=Decimal(4),
        grams=Decimal(10),
        on_at=session.started_at - timedelta(minutes=30),
        off_at=session.started_at,
        is_occluded=False,
    )
    yield SessionTopical(
        session=session,
        kind="glide",
        topical_key="HYALURONIC_ACID",
        product="Hyaluronic acid 1.5 %",
        is_sterile=True,
        for_needled_skin=True,
    )


def _sign(sessions: list[TreatmentSession]) -> None:
    fresh = TreatmentSession.objects.filter(
        pk__in=[session.pk for session in sessions]
    ).prefetch_related(*PARTS)
    rows = list(fresh)
    for session in rows:
        session.signed_at = session.started_at + timedelta(minutes=40)
        session.signed_by_id = session.practitioner_id
        session.signed_digest = digest_of(session)
    TreatmentSession.objects.bulk_update(
        rows, ["signed_at", "signed_by", "signed_digest"], batch_size=500
    )


def _events(scene: Scene, stories: list[Told]) -> None:
    rows = []
    for told in stories:
        dark = (told.plan.patient.phototype or 3) >= 4
        for session in TreatmentSession.objects.filter(plan=told.plan):
            chance = 0.016 + 0.012 * dark + 0.05 * told.story.deep
            if scene.random.random() < chance:
                rows.append(_event(scene, told, session, dark=dark))
    AdverseEvent.objects.bulk_create(rows)


def _event(
    scene: Scene, told: Told, session: TreatmentSession, *, dark: bool
) -> AdverseEvent:
    kinds = ("ERYTHEMA", "PIH", "HSV", "ACNE_MILIA")
    weights = (4, 2 + 5 * (dark or told.story.deep), 1, 2)
    kind = scene.random.choices(kinds, weights=weights)[0]
    wait = {"ERYTHEMA": 8, "PIH": 14, "HSV": 3, "ACNE_MILIA": 6}[kind]
    lasts = {"ERYTHEMA": 6, "PIH": 60, "HSV": 8, "ACNE_MILIA": 16}[kind]
    onset = min(session.performed_on + timedelta(days=wait), scene.today)
    closed = onset + timedelta(days=lasts + scene.random.randint(-2, 9))
    settled = closed <= scene.today and told.story.status is not PlanStatus.DRAFT
    return AdverseEvent(
        patient_id=session.patient_id,
        session=session,
        kind=kind,
        onset_on=onset,
        grade=1 if kind in {"ERYTHEMA", "ACNE_MILIA"} else 2,
        zones=[told.zones[0].zone],
        action="Seen, advice given",
        outcome="Settled without a mark" if settled else "",
        closed_on=closed if settled else None,
        recorded_at=session.started_at + timedelta(days=wait),
        recorded_by_id=session.practitioner_id,
    )
