"""Signing: complete, safe, then locked, in the product and in the database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from clinic.models import Lot
from clinic.rulebook.queries import effective_book
from clinic.rules.events import Judgement
from clinic.rules.gates import Step
from clinic.staff.roles import Capability
from patients.consent import actions as consents
from patients.history.actions.screenings import AnswerEntry
from patients.models import RuleOverride
from sessions.charting import entries
from sessions.charting.actions import after, safety, signing
from sessions.charting.digest import PARTS, digest_of
from sessions.charting.errors import (
    SessionSignedError,
    SheetChangedError,
    SheetRefusedError,
)
from sessions.charting.queries import completeness, lists
from sessions.charting.queries.parts import SheetParts
from sessions.charting.queries.safety import safety_of
from sessions.models import (
    Plan,
    PlannedSession,
    SessionUnit,
    TreatmentSession,
    Visit,
    ZoneTreatment,
)
from tests import factories
from tests.chair import CHEEKS, Chair, make_chair, make_roller_chair, screened
from tests.factories import NOW, TODAY

AGAIN = NOW + timedelta(days=28)
REASON = "Discussed with the patient, benefit outweighs"


@pytest.fixture
def chair(db: None) -> Chair:
    return make_chair()


def places(session: TreatmentSession) -> set[tuple[str, str]]:
    session.refresh_from_db()
    lacking = completeness.missing(SheetParts(session), book=effective_book().book)
    return {(item.step, item.anchor) for item in lacking}


# Complete ------------------------------------------------------------------------

TAPS_LEFT_OUT = {
    "the lot": (entries.LotEntry, {("treat", "kit")}),
    "the endpoint": (entries.EndpointEntry, {("treat", "zones")}),
    "the checklist": (entries.TickEntry, {("outcome", "checklist")}),
    "the sharps box": (entries.DiscardEntry, {("outcome", "discard")}),
    "the reaction": (entries.ReactionEntry, {("outcome", "reaction")}),
}


@pytest.mark.parametrize("left_out", list(TAPS_LEFT_OUT))
def test_what_is_missing_stops_the_signature_and_says_where(
    chair: Chair, left_out: str
) -> None:
    kind, expected = TAPS_LEFT_OUT[left_out]
    session = chair.open()
    original = chair.tap

    def all_but_one(session: Any, entry: Any, **more: Any) -> Any:
        if not isinstance(entry, kind):
            return original(session, entry, **more)
        return None

    chair.tap = all_but_one  # type: ignore[method-assign]
    chair.complete(session)
    # Without a unit there is nothing in the sharps box either.
    assert places(session) == expected
    with pytest.raises(signing.IncompleteError):
        chair.sign(session)


@pytest.mark.parametrize("lacking", ["depth_setting_mm", "passes"])
def test_each_treated_zone_needs_depth_and_passes(chair: Chair, lacking: str) -> None:
    session = chair.open()
    chair.complete(session)
    assert places(session) == set()
    ZoneTreatment.objects.filter(session=session, zone="CM-L").update(**{lacking: None})
    assert places(session) == {("treat", "zones")}
    chair.tap(session, entries.LeaveOutEntry(zones=("CM-L",), left_out=True))
    assert places(session) == set()


def test_a_session_without_any_zone_is_not_signed(chair: Chair) -> None:
    session = chair.open()
    chair.complete(session)
    chair.tap(session, entries.LeaveOutEntry(zones=CHEEKS, left_out=True))
    assert places(session) == {("treat", "zones")}


def test_an_anaesthetic_owes_its_own_steps(chair: Chair) -> None:
    session = chair.open()
    chair.complete(session)
    chair.tap(session, entries.TopicalEntry(kind="anaesthetic", product="Cream"))
    assert places(session) == {("outcome", "checklist")}


def test_a_rollers_zones_have_the_length_of_an_opened_roller(db: None) -> None:
    chair = make_roller_chair()
    session = chair.open()
    chair.complete(session)
    ZoneTreatment.objects.filter(session=session, zone="CM-L").update(
        needle_length_mm=Decimal("1.50")
    )
    assert places(session) == {("treat", "kit")}


# Safe ----------------------------------------------------------------------------


def clear(chair: Chair, session: TreatmentSession) -> TreatmentSession:
    session.refresh_from_db()
    return safety.clear_skin(
        session=session, version=session.version, by=chair.practitioner, now=NOW
    )


def test_without_todays_screening_nobody_treats(chair: Chair) -> None:
    session = chair.start()
    with pytest.raises(SheetRefusedError, match="safety questions"):
        clear(chair, session)
    screened(chair.patient, chair.practitioner)
    kept = clear(chair, session)
    assert (kept.skin_clear_by, kept.skin_clear_at) == (chair.practitioner, NOW)
    assert kept.screening is not None
    assert kept.consent is not None


def test_without_treatment_consent_nobody_treats(chair: Chair) -> None:
    consent = chair.patient.consents.get()
    consents.withdraw(
        consent=consent, reason="Changed my mind", by=chair.practitioner, now=NOW
    )
    session = chair.start()
    screened(chair.patient, chair.practitioner)
    with pytest.raises(SheetRefusedError, match="consent"):
        clear(chair, session)


def test_consent_withdrawn_during_the_session_stops_the_signature(
    chair: Chair,
) -> None:
    session = chair.open()
    chair.complete(session)
    consents.withdraw(
        consent=chair.patient.consents.get(),
        reason="Stop",
        by=chair.practitioner,
        now=NOW,
    )
    with pytest.raises(SheetRefusedError, match="consent"):
        chair.sign(session)


@pytest.mark.parametrize("days", [13, 14], ids=["a day too soon", "on the day"])
def test_a_gap_that_is_too_short_needs_an_override(chair: Chair, days: int) -> None:
    chair.signed()
    soon = NOW + timedelta(days=days)
    session = chair.start(2, now=soon)
    screened(chair.patient, chair.practitioner, now=soon)
    found = safety_of(session, step=Step.START)
    codes = [waiting.finding.code for waiting in found.waiting]
    assert codes == (["interval-block"] if days == 13 else [])


def test_a_prescriber_overrides_a_short_gap_with_a_reason(chair: Chair) -> None:
    chair.signed()
    soon = NOW + timedelta(days=8)
    session = chair.start(2, now=soon)
    screened(chair.patient, chair.practitioner, now=soon)
    with pytest.raises(SheetRefusedError, match="days after") as caught:
        safety.clear_skin(
            session=session, version=session.version, by=chair.practitioner, now=soon
        )
    assert caught.value.may_pass
    values: dict[str, Any] = {"session": session, "code": "interval-block", "now": soon}
    with pytest.raises(SheetRefusedError, match="prescriber"):
        safety.override(**values, reason=REASON, by=chair.practitioner)
    prescriber = factories.make_prescriber(site=chair.site)
    with pytest.raises(SheetRefusedError, match="why"):
        safety.override(**values, reason="  ", by=prescriber)
    safety.override(**values, reason=REASON, by=prescriber)
    assert RuleOverride.objects.get().by == prescriber
    session.refresh_from_db()
    cleared = safety.clear_skin(
        session=session, version=session.version, by=chair.practitioner, now=soon
    )
    assert cleared.skin_clear_at == soon


def test_what_the_screening_found_is_signed_off_by_a_prescriber(chair: Chair) -> None:
    session = chair.start()
    yes = AnswerEntry(value=True)
    screened(chair.patient, chair.practitioner, answers={"anticoagulant": yes})
    with pytest.raises(SheetRefusedError) as caught:
        clear(chair, session)
    code = caught.value.findings[0].code
    prescriber = factories.make_prescriber(site=chair.site)
    safety.override(session=session, code=code, reason=REASON, by=prescriber, now=NOW)
    assert clear(chair, session).skin_clear_at == NOW


# Signed --------------------------------------------------------------------------


def test_signing_keeps_digest_findings_and_book(chair: Chair) -> None:
    session = chair.signed()
    session.refresh_from_db()
    assert session.is_signed
    assert session.signed_by == chair.practitioner
    fresh = TreatmentSession.objects.prefetch_related(*PARTS).get(pk=session.pk)
    assert session.signed_digest == digest_of(fresh)
    assert len(session.signed_digest) == 64
    assert session.book_revision == effective_book().revision
    assert isinstance(session.signed_findings, list)


def test_the_visit_is_done_and_the_plan_goes_on(chair: Chair) -> None:
    Plan.objects.filter(pk=chair.plan.pk).update(status="to_book")
    session = chair.signed()
    assert Visit.objects.get(pk=session.visit_id).status == "done"
    assert Plan.objects.get(pk=chair.plan.pk).status == "running"


def test_after_the_last_session_the_review_is_due(chair: Chair) -> None:
    PlannedSession.objects.filter(plan=chair.plan, number__gt=2).update(is_dropped=True)
    chair.signed()
    assert Plan.objects.get(pk=chair.plan.pk).status == "running"
    chair.signed(2, now=AGAIN)
    assert Plan.objects.get(pk=chair.plan.pk).status == "review_due"


@pytest.mark.parametrize("status", ["stopped", "finished"])
@pytest.mark.regression
def test_a_plan_that_was_ended_meanwhile_stays_ended(chair: Chair, status: str) -> None:
    session = chair.open()
    chair.complete(session)
    reason = "Moves away" if status == "stopped" else ""
    Plan.objects.filter(pk=chair.plan.pk).update(
        status=status, ended_on=TODAY, stop_reason=reason
    )
    chair.sign(session)
    assert Plan.objects.get(pk=chair.plan.pk).status == status


def test_only_who_treated_or_the_medical_lead_signs(chair: Chair) -> None:
    session = chair.open()
    chair.complete(session)
    session.refresh_from_db()
    colleague = factories.make_practitioner(site=chair.site)
    values: dict[str, Any] = {
        "session": session,
        "version": session.version,
        "now": NOW,
    }
    with pytest.raises(SheetRefusedError, match="treated and signs"):
        signing.sign(**values, by=colleague)
    lead = factories.make_practitioner(capabilities=(Capability.MEDICAL_LEAD,))
    assert signing.sign(**values, by=lead).signed_by == lead


def test_a_sheet_that_changed_meanwhile_is_not_signed(chair: Chair) -> None:
    session = chair.open()
    chair.complete(session)
    session.refresh_from_db()
    chair.tap(session, entries.NoteEntry(text="Late"), tablet=uuid4())
    with pytest.raises(SheetChangedError):
        signing.sign(
            session=session,
            version=session.version - 1,
            by=chair.practitioner,
            now=NOW,
        )


def test_a_signed_session_takes_no_tap_and_is_signed_once(chair: Chair) -> None:
    session = chair.signed()
    with pytest.raises(SessionSignedError):
        chair.tap(session, entries.NoteEntry(text="Late"))
    with pytest.raises(SessionSignedError):
        chair.sign(session)


TABLES = [
    "zonetreatment",
    "sessionunit",
    "sessiontopical",
    "checklisttick",
    "depthoverride",
    "sheettap",
]


VERBS = {
    "UPDATE": "UPDATE ? SET session_id = session_id WHERE session_id = %s",
    "DELETE": "DELETE FROM ? WHERE session_id = %s",
    "INSERT": "CREATE TEMP TABLE copy AS SELECT * FROM ? WHERE session_id = %s LIMIT 1;"
    "UPDATE copy SET id = -1; INSERT INTO ? SELECT * FROM copy",
}


def on(table: str, statement: str) -> str:
    return statement.replace("?", f"treatments_{table}")


def with_every_part(chair: Chair) -> TreatmentSession:
    """A signed session that has a row in each table of the sheet."""
    session = chair.open()
    chair.tap(session, entries.TopicalEntry(kind="glide", product="Gel"))
    lead = factories.make_practitioner(capabilities=(Capability.MEDICAL_LEAD,))
    brow = entries.LeaveOutEntry(zones=("FH",), left_out=False)
    chair.tap(session, brow)
    deep = entries.DepthEntry(
        zones=("FH",), mm=Decimal("1.75"), reason=REASON, override_reason=REASON
    )
    chair.tap(session, deep, by=lead)
    chair.tap(session, entries.PassesEntry(zones=("FH",), passes=3))
    chair.complete(session)
    return chair.sign(session)


def accepts(statement: str, session: TreatmentSession) -> bool:
    """Whether the database lets a statement on a session pass; it is taken back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [session.pk])
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


def test_the_database_locks_every_part_of_a_signed_session(chair: Chair) -> None:
    session = with_every_part(chair)
    for table in TABLES:
        with connection.cursor() as cursor:
            cursor.execute(
                on(table, "SELECT count(*) FROM ? WHERE session_id = %s"), [session.pk]
            )
            assert cursor.fetchone()[0] > 0, table
    every = [(table, verb) for table in TABLES for verb in VERBS]
    assert not [one for one in every if accepts(on(one[0], VERBS[one[1]]), session)]


def test_the_same_statements_pass_while_the_session_is_open(chair: Chair) -> None:
    session = chair.open()
    chair.complete(session)
    changes = [on(table, VERBS["UPDATE"]) for table in TABLES]
    assert all(accepts(change, session) for change in changes)


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_the_database_locks_the_signed_session_itself(chair: Chair, verb: str) -> None:
    session = chair.signed()
    statement = {
        "UPDATE": "UPDATE treatments_treatmentsession SET note = 'x' WHERE id = %s",
        "DELETE": "DELETE FROM treatments_treatmentsession WHERE id = %s",
    }[verb]
    with connection.cursor() as cursor, pytest.raises(IntegrityError):
        cursor.execute(statement, [session.pk])


@pytest.mark.django_db(transaction=True)
def test_a_tap_at_the_moment_of_signing_is_in_the_record_or_refused() -> None:
    chair = make_chair()
    session = chair.open()
    chair.complete(session)
    session.refresh_from_db()
    version, go = session.version, threading.Barrier(2)

    def tap() -> str:
        go.wait()
        try:
            chair.tap(session, entries.NoteEntry(text="At once"), version=version)
        except (SessionSignedError, SheetChangedError) as refused:
            return type(refused).__name__
        finally:
            connection.close()
        return "kept"

    def sign() -> str:
        go.wait()
        try:
            signing.sign(
                session=TreatmentSession.objects.get(pk=session.pk),
                version=version,
                by=chair.practitioner,
                now=NOW,
            )
        except SheetChangedError:
            return "refused"
        finally:
            connection.close()
        return "signed"

    with ThreadPoolExecutor(2) as pool:
        tapped, signed = pool.submit(tap), pool.submit(sign)
        outcome = (tapped.result(), signed.result())
    assert outcome in {("kept", "refused"), ("SessionSignedError", "signed")}
    fresh = TreatmentSession.objects.prefetch_related(*PARTS).get(pk=session.pk)
    if fresh.is_signed:
        assert fresh.note == ""
        assert fresh.signed_digest == digest_of(fresh)


@pytest.mark.django_db(transaction=True)
def test_two_lots_confirmed_at_once_open_one_unit_for_each_sheet_version() -> None:
    chair = make_chair()
    session = chair.open()
    other = factories.make_lot(site=chair.site)
    version, go = session.version, threading.Barrier(2)

    def confirm(lot: Lot) -> str:
        go.wait()
        try:
            chair.tap(
                TreatmentSession.objects.get(pk=session.pk),
                entries.LotEntry(lot_id=lot.pk),
                tablet=uuid4(),
                version=version,
            )
        except SheetChangedError:
            return "told"
        finally:
            connection.close()
        return "opened"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(confirm, [chair.lot, other]))
    assert said == ["opened", "told"]
    assert SessionUnit.objects.filter(session=session).count() == 1


# After ---------------------------------------------------------------------------


def test_an_addition_is_dated_signed_and_never_changed(chair: Chair) -> None:
    session = chair.open()
    values: dict[str, Any] = {"session": session, "by": chair.practitioner, "now": NOW}
    with pytest.raises(SheetRefusedError, match="still open"):
        after.add(**values, text="Later")
    chair.complete(session)
    chair.sign(session)
    made = after.add(**values, text="Patient called: all calm.")
    assert (made.by, made.at) == (chair.practitioner, NOW)
    with connection.cursor() as cursor, pytest.raises(IntegrityError):
        cursor.execute("UPDATE treatments_addition SET text = 'x'")


def event(**changes: Any) -> after.EventEntry:
    values: dict[str, Any] = {
        "kind": "ERYTHEMA",
        "onset_on": TODAY,
        "grade": 1,
        **changes,
    }
    return after.EventEntry(**values)


@pytest.mark.parametrize("grade", [1, 3])
@pytest.mark.parametrize(
    ("days", "judgement"),
    [(7, Judgement.EXPECTED), (8, Judgement.EVENT)],
    ids=["within", "beyond"],
)
def test_redness_becomes_an_event_while_nobody_writes_anything(
    chair: Chair, days: int, judgement: Judgement, grade: int
) -> None:
    session = chair.signed()
    kept = after.record_event(
        session=session, entry=event(grade=grade), by=chair.practitioner, now=NOW
    )
    day = TODAY + timedelta(days=days)
    assert lists.reaction_to(kept, today=day).judgement is judgement
    last = TODAY + timedelta(days=7)
    assert lists.expected_until(kept, today=day) == (last if days == 7 else None)


def test_what_settled_in_time_stays_expected_for_good(chair: Chair) -> None:
    session = chair.signed()
    settled = TODAY + timedelta(days=7)
    kept = after.record_event(
        session=session,
        entry=event(closed_on=settled),
        by=chair.practitioner,
        now=NOW + timedelta(days=7),
    )
    day = TODAY + timedelta(days=40)
    assert lists.reaction_to(kept, today=day).judgement is Judgement.EXPECTED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "INFECTION", "grade": 1}, "grade"),
        ({"grade": 6}, "grade"),
        ({"onset_on": TODAY - timedelta(days=1)}, "onset_on"),
        ({"onset_on": TODAY + timedelta(days=1)}, "onset_on"),
        ({"closed_on": TODAY + timedelta(days=1)}, "closed_on"),
        ({"kind": "HICCUPS"}, "kind"),
        ({"zones": ("XX",)}, "zones"),
    ],
)
def test_an_event_that_cannot_be_is_refused(
    chair: Chair, changes: dict[str, Any], field: str
) -> None:
    session = chair.signed()
    with pytest.raises(SheetRefusedError) as caught:
        after.record_event(
            session=session, entry=event(**changes), by=chair.practitioner, now=NOW
        )
    assert caught.value.field == field


def test_an_event_is_followed_up_and_closed(chair: Chair) -> None:
    session = chair.signed()
    kept = after.record_event(
        session=session, entry=event(kind="PIH"), by=chair.practitioner, now=NOW
    )
    assert lists.expected_until(kept, today=TODAY) is None
    later = NOW + timedelta(days=30)
    closed = event(kind="PIH", closed_on=later.date(), outcome="Faded")
    after.change_event(
        event=kept, version=1, entry=closed, by=chair.practitioner, now=later
    )
    kept.refresh_from_db()
    assert (kept.closed_on, kept.outcome, kept.version) == (later.date(), "Faded", 2)
    with pytest.raises(SheetChangedError):
        after.change_event(
            event=kept, version=1, entry=closed, by=chair.practitioner, now=later
        )
