"""The fingerprint covers everything a record prints: no value changes unseen."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from pytest_django import DjangoDbBlocker

from clinic.audit.models import AuditEvent
from clinic.models import Device, Lot, Room, User
from clinic.rules.gates import Step
from clinic.staff.roles import Capability
from patients.history.actions.screenings import AnswerEntry
from patients.models import Patient, RuleOverride
from sessions.charting import digest, entries, printed
from sessions.charting.actions import safety
from sessions.charting.digest import SHAPES, Seal
from sessions.charting.printed import Printed
from sessions.charting.queries.record import Record, record_of
from sessions.charting.queries.safety import safety_of
from sessions.models import (
    ChecklistTick,
    DepthOverride,
    SessionTopical,
    SessionUnit,
    TreatmentSession,
    ZoneTreatment,
)
from tests import factories
from tests.chair import Chair, make_chair, screened
from tests.factories import NOW, TODAY

REASON = "Discussed with the patient, benefit outweighs"
PARTS: dict[str, type[models.Model]] = {
    "zones": ZoneTreatment,
    "units": SessionUnit,
    "topicals": SessionTopical,
    "ticks": ChecklistTick,
    "depth_overrides": DepthOverride,
}
# The row's own key and lock, the fingerprint itself, and what follows from the zones.
LEFT_OUT = {"id", "session_id", "version", "digest_version", "signed_digest"}
LEFT_OUT |= {"deepest_mm", "past_protocol"}
OTHER = {
    "BooleanField": "NOT coalesce({0}, false)",
    "DateField": "coalesce({0}, '2026-01-01') + 1",
    "DateTimeField": "coalesce({0}, now()) + interval '1 second'",
    "JSONField": "'[\"other\"]'::jsonb",
    "ArrayField": "array['other']",
    "CharField": "'x'",
    "TextField": "'x'",
}


def signed_with_everything() -> TreatmentSession:
    """A record in which every kind of thing that can be printed is printed."""
    chair = make_chair()
    lead = factories.make_practitioner(
        site=chair.site,
        capabilities=(Capability.PRESCRIBER, Capability.MEDICAL_LEAD),
    )
    chair.signed()
    later = NOW + timedelta(days=28)
    session = chair.start(2, now=later)
    yes = AnswerEntry(value=True)
    screened(
        chair.patient, chair.practitioner, now=later, answers={"anticoagulant": yes}
    )
    _override_all(session, by=lead, now=later)
    session.refresh_from_db()
    safety.clear_skin(
        session=session, version=session.version, by=chair.practitioner, now=later
    )
    _fill(chair, session, lead=lead, now=later)
    chair.complete(session, now=later)
    return chair.sign(session, now=later + timedelta(minutes=40))


def _override_all(session: TreatmentSession, *, by: User, now: Any) -> None:
    found = safety_of(session, step=Step.START)
    for waiting in found.waiting:
        safety.override(
            session=session, code=waiting.finding.code, reason=REASON, by=by, now=now
        )


def _fill(chair: Chair, session: TreatmentSession, *, lead: User, now: Any) -> None:
    glide = factories.make_lot(
        site=chair.site,
        kind="glide",
        model_key="",
        needle_count=None,
        strength_percent=Decimal("1.5"),
        is_sterile=True,
    )
    deep = entries.DepthEntry(
        zones=("FH",), mm=Decimal("1.75"), reason=REASON, override_reason=REASON
    )
    serum = entries.TopicalEntry(
        kind="serum",
        topical_key="VITAMIN_C",
        product="Serum",
        grams=Decimal(2),
        strength_percent=Decimal(10),
        on_at=now,
        off_at=now + timedelta(minutes=20),
        is_occluded=True,
        is_sterile=True,
        signoff_reason=REASON,
    )
    gel = entries.TopicalEntry(kind="glide", lot_id=glide.pk)
    for entry in (
        entries.LeaveOutEntry(zones=("FH",), left_out=False),
        deep,
        entries.PassesEntry(zones=("FH",), passes=3),
        serum,
        gel,
        entries.NoteEntry(text="Calm."),
        entries.PainEntry(pain=3),
        entries.ToleranceEntry(chip="well", on=True),
    ):
        by = lead if entry in {deep, serum} else chair.practitioner
        chair.tap(session, entry, by=by, now=now)


@pytest.fixture(scope="module")
def _signed(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[TreatmentSession]:
    """Signed once for this module and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield signed_with_everything()
        transaction.set_rollback(True)


@pytest.fixture
def session(_signed: TreatmentSession, db: None) -> TreatmentSession:
    return TreatmentSession.objects.get(pk=_signed.pk)


def record(session: TreatmentSession) -> Record:
    fresh = TreatmentSession.objects.select_related("patient", "site").get(
        pk=session.pk
    )
    return record_of(fresh, now=NOW + timedelta(days=60))


@contextmanager
def as_the_owner_of_the_database() -> Iterator[Any]:
    """Nothing stops this hand: no trigger, no constraint; all is undone after."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in {m._meta.db_table for m in (TreatmentSession, *PARTS.values())}:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE contype IN ('c', 'f') "
                "AND conrelid = %s::regclass",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        yield cursor
        transaction.set_rollback(True)


def columns(model: type[models.Model]) -> list[Any]:
    return [f for f in model._meta.concrete_fields if f.attname not in LEFT_OUT]


def every_column() -> list[Any]:
    tables = {"session": TreatmentSession, **PARTS}
    return [
        pytest.param(part, field, id=f"{part}-{field.attname}")
        for part, model in tables.items()
        for field in columns(model)
    ]


def changed(field: Any) -> str:
    other = OTHER.get(field.get_internal_type(), "coalesce({0}, 0) + 1")
    return other.format(field.column)


def test_an_unaltered_record_gives_its_fingerprint(session: TreatmentSession) -> None:
    assert session.digest_version == max(SHAPES)
    assert record(session).seal is Seal.UNBROKEN


def test_the_database_owner_changes_nothing_unseen(session: TreatmentSession) -> None:
    unseen = []
    for param in every_column():
        part, field = param.values
        own = "id" if part == "session" else "session_id"
        table = field.model._meta.db_table
        with as_the_owner_of_the_database() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {field.column} = {changed(field)} "
                f"WHERE id = (SELECT min(id) FROM {table} WHERE {own} = %s)",
                [session.pk],
            )
            assert cursor.rowcount > 0, f"no row to change: {param.id}"
            fresh = TreatmentSession.objects.prefetch_related(*digest.PARTS)
            said = digest.seal_of(fresh.get(pk=session.pk), logged=None)
        if said is not Seal.BROKEN:
            unseen.append(param.id)
    assert unseen == []


@pytest.mark.parametrize("part", list(PARTS))
def test_a_row_that_is_taken_away_is_noticed(
    session: TreatmentSession, part: str
) -> None:
    with as_the_owner_of_the_database() as cursor:
        table = PARTS[part]._meta.db_table
        statement = f"DELETE FROM {table} WHERE session_id = %s"
        cursor.execute(statement, [session.pk])
        assert cursor.rowcount > 0
        assert record(session).seal is Seal.BROKEN


def test_who_also_replaces_the_fingerprint_is_found_by_the_audit_log(
    session: TreatmentSession,
) -> None:
    with as_the_owner_of_the_database() as cursor:
        cursor.execute(
            "UPDATE treatments_treatmentsession SET note = 'x' WHERE id = %s",
            [session.pk],
        )
        fresh = TreatmentSession.objects.prefetch_related(*digest.PARTS)
        forged = digest.digest_of(fresh.get(pk=session.pk))
        cursor.execute(
            "UPDATE treatments_treatmentsession SET signed_digest = %s WHERE id = %s",
            [forged, session.pk],
        )
        assert record(session).seal is Seal.BROKEN
    event = AuditEvent.objects.filter(action="session.signed").order_by("id").last()
    assert event is not None
    assert event.details["digest"] == session.signed_digest


def test_a_fingerprint_of_another_version_is_unknown_and_not_an_alteration(
    session: TreatmentSession,
) -> None:
    with as_the_owner_of_the_database() as cursor:
        cursor.execute(
            "UPDATE treatments_treatmentsession SET digest_version = 99 WHERE id = %s",
            [session.pk],
        )
        assert record(session).seal is Seal.UNKNOWN


def test_an_older_record_is_checked_as_it_was_signed(
    session: TreatmentSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = digest.Shape(session=("note",), parts={"zones": ("zone",)})
    newest = max(SHAPES)
    monkeypatch.setattr(digest, "SHAPES", {newest: SHAPES[newest], 99: older})
    fresh = TreatmentSession.objects.get(pk=session.pk)
    fresh.digest_version = 99
    fresh.signed_digest = digest.digest_of(fresh, version=99)
    assert digest.seal_of(fresh, logged=None) is Seal.UNBROKEN
    assert fresh.signed_digest != digest.digest_of(fresh, version=newest)


# Printed as it was signed ----------------------------------------------------------


def test_what_stands_in_other_tables_is_printed_as_it_was_signed(
    session: TreatmentSession,
) -> None:
    before = record(session)
    assert before.printed.phototype
    Patient.objects.update(family_name="Other", born_on=TODAY, phototype=6)
    User.objects.update(full_name="Other")
    Room.objects.update(name="Other")
    Device.objects.update(name="Other")
    Lot.objects.update(number="OTHER", needle_count=99)
    after = record(session)
    assert after.printed == before.printed
    assert after.seal is Seal.UNBROKEN


def test_a_written_reason_is_printed_and_a_later_one_is_not(
    session: TreatmentSession,
) -> None:
    said = record(session).printed.reasons
    assert {one.reason for one in said} == {REASON}
    assert any(one.zone == "Forehead" and one.mm == Decimal("1.75") for one in said)
    first = RuleOverride.objects.filter(screening=session.screening).first()
    assert first is not None
    first.pk, first.code = None, "LATER"
    first.at = NOW + timedelta(days=30)
    first.save()
    assert record(session).printed.reasons == said


def test_what_is_printed_survives_its_way_through_the_database(
    session: TreatmentSession,
) -> None:
    kept = record(session).printed
    again = printed.read(Printed, printed.plain(kept))
    assert again == kept
    assert {one.product for one in kept.products} >= {"Serum 10 %"}


# All of them -----------------------------------------------------------------------


def test_the_command_proves_every_record(session: TreatmentSession) -> None:
    said = StringIO()
    call_command("verify_records", stdout=said)
    assert "2 signed records are unaltered." in said.getvalue()


def test_the_command_names_an_altered_record_and_fails(
    session: TreatmentSession,
) -> None:
    said = StringIO()
    with as_the_owner_of_the_database() as cursor:
        cursor.execute(
            "UPDATE treatments_zonetreatment SET passes = 9 WHERE session_id = %s",
            [session.pk],
        )
        with pytest.raises(CommandError, match="1 altered"):
            call_command("verify_records", stdout=said)
    assert f"ALTERED: {session.reference}" in said.getvalue()
    assert "1 signed records are unaltered." in said.getvalue()
