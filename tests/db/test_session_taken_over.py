"""Who treats records: a colleague reads along, writes a reason, or takes over."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from clinic.audit.models import AuditEvent
from clinic.models import User
from clinic.staff.roles import Capability
from sessions.charting import entries
from sessions.charting.actions import safety
from sessions.charting.actions.taking_over import take_over
from sessions.charting.entries import DepthEntry, UndoEntry
from sessions.charting.errors import (
    NotTreatingError,
    SessionSignedError,
    SheetChangedError,
    SheetRefusedError,
)
from sessions.models import SheetTap, TakeOver, TreatmentSession, ZoneTreatment
from tests import factories
from tests.chair import CHEEKS, Chair, make_chair, screened
from tests.factories import NOW

WHY = "Jo was called away"


@pytest.fixture
def chair(db: None) -> Chair:
    return make_chair()


def colleague(chair: Chair, mm: str = "2.50", *capabilities: Capability) -> User:
    return factories.make_practitioner(
        site=chair.site,
        depth_mm=mm,
        capabilities=capabilities,
        full_name="Robin Second",
    )


def taken(session: TreatmentSession, by: User, *, note: str = WHY) -> TakeOver:
    session.refresh_from_db()
    return take_over(
        session=session, version=session.version, note=note, by=by, now=NOW
    )


def depth(mm: str, *zones: str) -> DepthEntry:
    return DepthEntry(zones=zones or CHEEKS, mm=Decimal(mm))


def depths(session: TreatmentSession) -> set[Decimal | None]:
    return {row.depth_setting_mm for row in session.zones.all()}


@pytest.mark.parametrize("mm", ["0.50", "2.50"], ids=["less deep", "as deep"])
@pytest.mark.parametrize(
    "entry",
    [depth("1.25"), entries.NoteEntry(text="Hello"), UndoEntry()],
    ids=["depth", "note", "undo"],
)
def test_a_colleague_changes_nothing_on_an_open_sheet(
    chair: Chair, mm: str, entry: entries.Entry
) -> None:
    session = chair.open()
    chair.tap(session, depth("0.75"))
    other = colleague(chair, mm)
    with pytest.raises(NotTreatingError, match=chair.practitioner.full_name):
        chair.tap(session, entry, by=other)
    assert depths(session) == {Decimal("0.75")}
    assert not SheetTap.objects.filter(by=other).exists()


def test_a_colleague_does_not_decide_that_the_skin_is_clear(chair: Chair) -> None:
    session = chair.start()
    screened(chair.patient, chair.practitioner)
    with pytest.raises(NotTreatingError):
        safety.clear_skin(
            session=session, version=session.version, by=colleague(chair), now=NOW
        )


def test_authority_writes_reasons_and_nothing_else(chair: Chair) -> None:
    session = chair.open()
    lead = colleague(chair, "2.50", Capability.MEDICAL_LEAD)
    with pytest.raises(NotTreatingError):
        chair.tap(session, depth("1.25"), by=lead)
    assert depths(session) == {Decimal("1.00")}
    chair.tap(session, entries.LeaveOutEntry(zones=("FH",), left_out=False))
    past = DepthEntry(
        zones=("FH",), mm=Decimal("1.75"), reason=WHY, override_reason=WHY
    )
    chair.tap(session, past, by=lead)
    assert session.depth_overrides.get().by == lead


@pytest.mark.parametrize(
    ("mm", "is_allowed"), [("1.25", True), ("1.50", False)], ids=["at", "above"]
)
def test_who_took_over_is_held_by_their_own_limit(
    chair: Chair, mm: str, is_allowed: bool
) -> None:
    session = chair.open()
    other = colleague(chair, "1.25")
    made = taken(session, other)
    assert (made.before, made.by, made.note) == (chair.practitioner, other, WHY)
    assert AuditEvent.objects.filter(action="session.taken_over").count() == 1
    if is_allowed:
        chair.tap(session, depth(mm), by=other)
        assert depths(session) == {Decimal(mm)}
    else:
        with pytest.raises(SheetRefusedError) as caught:
            chair.tap(session, depth(mm), by=other)
        assert caught.value.findings[0].code == "depth-qualification"
    with pytest.raises(NotTreatingError, match="Robin Second"):
        chair.tap(session, depth("0.75"))


@pytest.mark.parametrize(
    ("limit", "left"),
    [("1.00", {Decimal("1.00")}), ("0.75", {None})],
    ids=["at the limit", "below"],
)
def test_what_is_planned_too_deep_for_them_is_cleared(
    chair: Chair, limit: str, left: set[Decimal | None]
) -> None:
    session = chair.open()
    taken(session, colleague(chair, limit))
    assert depths(session) == left


def test_what_was_done_deeper_cannot_be_taken_over(chair: Chair) -> None:
    session = chair.open()
    done = entries.EndpointEntry(zones=("CM-R",), endpoint="even_erythema")
    chair.tap(session, done)
    with pytest.raises(SheetRefusedError, match="deeper than you may record"):
        taken(session, colleague(chair, "0.75"))
    session.refresh_from_db()
    assert session.practitioner == chair.practitioner
    assert depths(session) == {Decimal("1.00")}
    taken(session, colleague(chair, "1.00"))


def test_undo_does_not_reach_behind_a_take_over(chair: Chair) -> None:
    session = chair.open()
    chair.tap(session, depth("1.25"))
    chair.tap(session, depth("0.50"))
    other = colleague(chair, "0.50")
    taken(session, other)
    with pytest.raises(SheetRefusedError, match="take-over stays"):
        chair.tap(session, UndoEntry(), by=other)
    assert depths(session) == {Decimal("0.50")}


@pytest.mark.parametrize("note", ["", "   "])
def test_a_take_over_says_why(chair: Chair, note: str) -> None:
    session = chair.open()
    with pytest.raises(SheetRefusedError, match="why"):
        taken(session, colleague(chair), note=note)
    assert not TakeOver.objects.exists()


def test_nobody_takes_over_from_themselves_or_unqualified(chair: Chair) -> None:
    session = chair.open()
    with pytest.raises(SheetRefusedError, match="already"):
        taken(session, chair.practitioner)
    novice = factories.make_user(*chair.practitioner_roles(), site=chair.site)
    with pytest.raises(SheetRefusedError, match="no valid qualification"):
        taken(session, novice)


def test_a_take_over_of_a_sheet_that_changed_is_refused(chair: Chair) -> None:
    session = chair.open()
    seen = session.version
    chair.tap(session, depth("0.75"))
    with pytest.raises(SheetChangedError):
        take_over(session=session, version=seen, note=WHY, by=colleague(chair), now=NOW)


def test_who_took_over_signs_and_the_record_says_so(chair: Chair) -> None:
    session = chair.open()
    other = colleague(chair)
    taken(session, other)
    treats, chair.practitioner = chair.practitioner, other
    chair.complete(session)
    signed = chair.sign(session)
    assert (signed.signed_by, signed.practitioner) == (other, other)
    (line,) = signed.signed_printed["taken_over"]
    assert (line["before"], line["by"], line["note"]) == (
        treats.full_name,
        "Robin Second",
        WHY,
    )
    with pytest.raises(SessionSignedError):
        taken(session, treats)


def test_a_take_over_is_never_changed_nor_added_to_a_signed_record(
    chair: Chair,
) -> None:
    session = chair.open()
    made = taken(session, colleague(chair))
    with pytest.raises(IntegrityError), transaction.atomic():
        TakeOver.objects.update(note="Another reason")
    with pytest.raises(IntegrityError), transaction.atomic():
        made.delete()
    chair.practitioner = made.by
    chair.complete(session)
    chair.sign(session)
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        TakeOver.objects.create(
            session=session, before=made.by, by=made.before, at=NOW, note=WHY
        )
    assert ZoneTreatment.objects.filter(session=session).exists()
