"""Visits and session records of the told stories, written in bulk and then signed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Subquery

from clinic.rules import screening
from clinic.rules.facts import Purpose
from clinic.rules.screening import Person
from patients.models import Patient, Screening, ScreeningAnswer
from sessions.charting import printed
from sessions.charting.actions.signing import SEALED
from sessions.charting.digest import LATEST, digest_of
from sessions.charting.queries import printing
from sessions.demo import events, parts
from sessions.demo.diary import Booking
from sessions.demo.histories import Scene, Told, is_roller
from sessions.demo.shapes import Sheet
from sessions.models import PlannedSession, TreatmentSession, Visit

MISSED_SHARE = 0.055
ANSWERING = timedelta(minutes=15)


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
    events.write(scene, told)


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
    screenings = screen(scene, sheets)
    sessions = TreatmentSession.objects.bulk_create(
        [
            _session(scene, sheet, visit, asked)
            for sheet, visit, asked in zip(sheets, visits, screenings, strict=True)
        ]
    )
    _carry_over([session.pk for session in sessions])
    parts.write(scene, sheets, sessions)
    _sign(scene, sessions[: len(sessions) - unsigned])


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
        rows.extend(_talks(scene, told))
        if scene.random.random() < MISSED_SHARE * max(len(told.done), 1):
            rows.extend(_missed(scene, told))
    Visit.objects.bulk_create(rows)


def _talks(scene: Scene, told: Told) -> Iterator[Visit]:
    """The consultation before the plan, the looks after sessions, the review."""
    for kind, booking in told.talks:
        status = "done" if booking.day < scene.today else "confirmed"
        yield visit_of(scene, told, booking, kind=kind, status=status)


def _missed(scene: Scene, told: Told) -> list[Visit]:
    if not told.done:
        return []
    treated = scene.random.choice(told.done).day
    booking = scene.diary.book(
        told.practitioner,
        treated - timedelta(days=3),
        patient_id=told.plan.patient_id,
        last=treated - timedelta(days=1),
    )
    return [visit_of(scene, told, booking, kind="session", status="missed")]


def screen(scene: Scene, sheets: list[Sheet]) -> list[Screening]:
    """The questions of each sheet's patient, all answered with no on the day."""
    rows = Screening.objects.bulk_create(
        [
            Screening(
                patient_id=sheet.told.plan.patient_id,
                purpose="session",
                for_date=sheet.booking.day,
                zones=[zone.zone for zone in sheet.told.zones],
                started_at=sheet.booking.starts_at - ANSWERING,
                started_by=sheet.booking.practitioner,
                answered_by_patient=True,
            )
            for sheet in sheets
        ]
    )
    asked: dict[int, list[str]] = {}
    for sheet in sheets:
        patient = sheet.told.plan.patient
        if patient.pk not in asked:
            asked[patient.pk] = asked_of(scene, patient, sheet.booking)
    _answer((row.pk, key) for row in rows for key in asked[row.patient_id])
    Screening.objects.filter(pk__in=[row.pk for row in rows]).update(
        completed_at=F("started_at") + ANSWERING,
        completed_by=F("started_by"),
        verdict="ok",
        book_revision=scene.book.revision,
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


def _carry_over(keys: list[int]) -> None:
    """Each sheet was filled from the session of its plan before."""
    earlier = TreatmentSession.objects.filter(
        plan=OuterRef("plan"), performed_on__lt=OuterRef("performed_on")
    ).order_by("-performed_on")
    TreatmentSession.objects.filter(pk__in=keys).update(
        copied_from=Subquery(earlier.values("pk")[:1])
    )


def _sign(scene: Scene, sessions: list[TreatmentSession]) -> None:
    """Sign them as a practitioner would have, each with what its record prints."""
    keys = [session.pk for session in sessions]
    rows = list(printing.sessions_to_print().filter(pk__in=keys))
    coming = _coming({row.patient_id for row in rows})
    for session in rows:
        session.signed_at = session.started_at + timedelta(minutes=40)
        session.signed_by = session.practitioner
        ahead = (at for at in coming[session.patient_id] if at > session.signed_at)
        shown = printing.printed_of(
            session,
            book=scene.book,
            next_at=next(ahead, None),
            now=session.signed_at,
        )
        session.signed_printed = printed.plain(shown)
        session.digest_version = LATEST
        session.signed_digest = digest_of(session)
    TreatmentSession.objects.bulk_update(rows, SEALED, batch_size=500)


def _coming(patients: set[int]) -> dict[int, list[datetime]]:
    """When each patient came or comes, the first first."""
    kept: dict[int, list[datetime]] = defaultdict(list)
    visits = Visit.objects.filter(patient_id__in=patients)
    came = visits.exclude(status__in=["missed", "cancelled"]).order_by("starts_at")
    for patient_id, starts_at in came.values_list("patient_id", "starts_at"):
        kept[patient_id].append(starts_at)
    return kept
