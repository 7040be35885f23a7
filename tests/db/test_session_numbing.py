"""Numbing at the chair: what stops only the anaesthetic stops it there."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest

from clinic.models import User
from clinic.rulebook.queries import effective_book
from clinic.rules.findings import Scope
from clinic.rules.gates import EITHER
from clinic.staff.roles import Capability
from patients.history.actions.screenings import AnswerEntry
from patients.models import RuleOverride
from sessions.charting import entries
from sessions.charting.actions import safety
from sessions.charting.entries import TopicalEntry
from sessions.charting.errors import SheetRefusedError
from sessions.charting.queries import completeness
from sessions.models import SessionTopical, SheetTap, TreatmentSession
from tests import factories
from tests.chair import Chair, make_chair, screened
from tests.factories import NOW

REASON = "Tested by the allergist, this cream is borne"
CREAM = TopicalEntry(kind="anaesthetic", product="Lidocaine 4 %", on_at=NOW)
RISK = {"anaesthetic_risk": AnswerEntry(value=True, choice="hepatic_disease")}
ALLERGY = {"anaesthetic_allergy": AnswerEntry(value=True)}


@pytest.fixture
def chair(db: None) -> Chair:
    return make_chair()


def started(
    chair: Chair, answers: Mapping[str, AnswerEntry], *, numbing: bool | None = None
) -> TreatmentSession:
    """A sheet whose screening of the day said this."""
    session = chair.start()
    screened(chair.patient, chair.practitioner, answers=answers, anaesthetic=numbing)
    return session


def clear(chair: Chair, session: TreatmentSession) -> TreatmentSession:
    session.refresh_from_db()
    return safety.clear_skin(
        session=session, version=session.version, by=chair.practitioner, now=NOW
    )


def refused(
    chair: Chair, session: TreatmentSession, entry: entries.Entry = CREAM
) -> SheetRefusedError:
    before = SheetTap.objects.count()
    with pytest.raises(SheetRefusedError) as caught:
        chair.tap(session, entry)
    assert SheetTap.objects.count() == before
    return caught.value


def let_numb(session: TreatmentSession, code: str, *, by: User) -> None:
    safety.override(
        session=session,
        code=code,
        scope=Scope.ANAESTHETIC,
        reason=REASON,
        by=by,
        now=NOW,
    )


def test_before_todays_questions_nobody_is_numbed(chair: Chair) -> None:
    session = chair.start()
    assert "safety questions" in refused(chair, session).sentence
    screened(chair.patient, chair.practitioner)
    chair.tap(session, CREAM)
    assert session.topicals.count() == 1


@pytest.mark.parametrize(
    "entry",
    [
        CREAM,
        TopicalEntry(
            kind="serum", topical_key="LIPOSOMAL_LIDOCAINE", product="Cream, 4 %"
        ),
    ],
    ids=["called an anaesthetic", "known as one"],
)
def test_a_risk_stops_the_anaesthetic_and_not_the_needling(
    chair: Chair, entry: TopicalEntry
) -> None:
    session = clear(chair, started(chair, RISK))
    error = refused(chair, session, entry)
    assert [finding.code for finding in error.findings] == ["C37"]
    assert error.may_pass == EITHER
    assert "prescriber or the medical lead" in error.sentence
    assert not SessionTopical.objects.exists()
    chair.tap(session, TopicalEntry(kind="glide", product="Gel"))
    chair.complete(session)
    assert chair.sign(session).is_signed


def test_out_of_a_lot_of_anaesthetic_it_is_one_whatever_it_is_called(
    chair: Chair,
) -> None:
    lot = factories.make_lot(
        site=chair.site, kind="anaesthetic", model_key="", product="Numbing cream"
    )
    session = clear(chair, started(chair, RISK))
    entry = TopicalEntry(kind="serum", lot_id=lot.pk)
    assert refused(chair, session, entry).findings[0].code == "C37"


@pytest.mark.parametrize("capability", list(Capability))
def test_a_written_reason_lets_the_anaesthetic_pass_and_is_kept(
    chair: Chair, capability: Capability
) -> None:
    session = clear(chair, started(chair, RISK))
    lead = factories.make_practitioner(site=chair.site, capabilities=(capability,))
    with pytest.raises(SheetRefusedError, match="prescriber"):
        let_numb(session, "C37", by=chair.practitioner)
    let_numb(session, "C37", by=lead)
    kept = RuleOverride.objects.get()
    assert (kept.scope, kept.reason) == ("anaesthetic", REASON)
    chair.tap(session, CREAM)
    assert session.topicals.count() == 1


def test_a_reason_to_needle_is_none_to_numb(chair: Chair) -> None:
    session = started(chair, ALLERGY)
    lead = factories.make_prescriber(site=chair.site)
    safety.override(session=session, code="C15", reason=REASON, by=lead, now=NOW)
    session = clear(chair, session)
    error = refused(chair, session)
    assert [(f.code, f.scope) for f in error.findings] == [("C15", Scope.ANAESTHETIC)]
    let_numb(session, "C15", by=lead)
    chair.tap(session, CREAM)


def test_a_session_signed_off_without_numbing_gets_none_later(chair: Chair) -> None:
    """The screening said no numbing, so C15 was only a sign-off: it never covers
    an anaesthetic that comes afterwards."""
    session = started(chair, ALLERGY, numbing=False)
    lead = factories.make_prescriber(site=chair.site)
    safety.override(session=session, code="C15", reason=REASON, by=lead, now=NOW)
    session = clear(chair, session)
    error = refused(chair, session)
    assert {f.code for f in error.findings} == {"C15"}
    assert "Screen again" in error.sentence
    with pytest.raises(SheetRefusedError, match="Screen again"):
        let_numb(session, "C15", by=lead)
    chair.complete(session)
    assert chair.sign(session).is_signed


def test_where_nothing_stands_against_it_no_numbing_is_only_a_plan(
    chair: Chair,
) -> None:
    session = clear(chair, started(chair, {}, numbing=False))
    chair.tap(session, CREAM)
    assert session.topicals.count() == 1


def test_what_is_found_after_the_numbing_stops_treating_and_signing(
    chair: Chair,
) -> None:
    session = clear(chair, started(chair, {}))
    chair.tap(session, CREAM)
    chair.complete(session)
    owed = completeness.steps_owed(effective_book().book, has_anaesthetic=True)
    chair.tap(session, entries.TickEntry(items=owed, done=True))
    screened(chair.patient, chair.practitioner, answers=RISK)
    more = entries.LeaveOutEntry(zones=("FH",), left_out=False)
    assert refused(chair, session, more).findings[0].code == "C37"
    with pytest.raises(SheetRefusedError, match="apply no anaesthetic"):
        chair.sign(session)
    key = session.topicals.get().pk
    chair.tap(session, entries.RemoveTopicalEntry(topical_id=key))
    assert chair.sign(session).is_signed


def test_taking_it_off_is_never_stopped(chair: Chair) -> None:
    session = clear(chair, started(chair, {}))
    on_at = NOW - timedelta(minutes=31)
    entry = TopicalEntry(
        kind="anaesthetic",
        topical_key="LIPOSOMAL_LIDOCAINE",
        product="Lidocaine 4 %",
        grams=Decimal(10),
        on_at=on_at,
    )
    chair.tap(session, entry)
    row = session.topicals.get()
    assert row.findings == []
    screened(chair.patient, chair.practitioner, answers=RISK)
    chair.tap(session, entries.TopicalOffEntry(topical_id=row.pk))
    row.refresh_from_db()
    assert (row.on_at, row.off_at, row.grams) == (on_at, NOW, Decimal(10))
    assert [finding["code"] for finding in row.findings] == ["anaesthetic-long"]
    chair.tap(session, entries.UndoEntry())
    row.refresh_from_db()
    assert (row.off_at, row.findings) == (None, [])
