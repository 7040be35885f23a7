"""Taps on the sheet: kept once and in order, answered by the rules, undone."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from clinic.devices.models import Unit
from clinic.models import DepthScope
from clinic.staff.roles import Capability
from sessions.charting.actions import state
from sessions.charting.entries import (
    DepthEntry,
    DeviceEntry,
    EndpointEntry,
    Entry,
    LeaveOutEntry,
    LotEntry,
    NoteEntry,
    PassesEntry,
    ReactionEntry,
    RemoveTopicalEntry,
    ScarEntry,
    TickEntry,
    ToleranceEntry,
    TopicalEntry,
    UndoEntry,
)
from sessions.charting.errors import SheetChangedError, SheetRefusedError
from sessions.charting.queries.parts import SheetParts
from sessions.charting.queries.sheet import sheet_of
from sessions.models import DepthOverride, SheetTap, TreatmentSession, ZoneTreatment
from tests import factories
from tests.chair import CHEEKS, Chair, make_chair, make_roller_chair, screened
from tests.factories import NOW, TODAY

WHY = "Boxcar scars, endpoint not reached"


@pytest.fixture
def chair(db: None) -> Chair:
    return make_chair()


def depth(mm: str, *zones: str, **more: str) -> DepthEntry:
    return DepthEntry(zones=zones or CHEEKS, mm=Decimal(mm), **more)


def zone(session: TreatmentSession, code: str = "CM-R") -> ZoneTreatment:
    return ZoneTreatment.objects.get(session=session, zone=code)


def refused(chair: Chair, session: TreatmentSession, entry: Entry) -> SheetRefusedError:
    taps = SheetTap.objects.count()
    with pytest.raises(SheetRefusedError) as caught:
        chair.tap(session, entry)
    assert SheetTap.objects.count() == taps
    return caught.value


# Once, in order, nobody overwritten -----------------------------------------------


def test_a_tap_is_kept_at_once(chair: Chair) -> None:
    session = chair.open()
    result = chair.tap(session, depth("1.25"))
    assert {z.depth_setting_mm for z in session.zones.all()} == {Decimal("1.25")}
    assert result.says.startswith("Medial cheek (both sides) 1.25")
    session.refresh_from_db()
    assert session.version == result.version


def test_the_same_number_again_gets_the_first_answer(chair: Chair) -> None:
    session = chair.open()
    tablet, version = uuid4(), session.version
    sent: dict[str, Any] = {"tablet": tablet, "sequence": 1, "version": version}
    first = chair.tap(session, LotEntry(lot_id=chair.lot.pk), **sent)
    again = chair.tap(session, LotEntry(lot_id=chair.lot.pk), **sent)
    assert (again.says, again.version) == (first.says, first.version)
    assert again.parts is None
    assert Unit.objects.count() == 1


def test_the_same_number_with_another_value_is_refused(chair: Chair) -> None:
    session = chair.open()
    sent: dict[str, Any] = {"tablet": uuid4(), "sequence": 1}
    chair.tap(session, depth("1.25"), **sent)
    with pytest.raises(SheetRefusedError, match="other values"):
        chair.tap(session, depth("1.50"), **sent)
    assert zone(session).depth_setting_mm == Decimal("1.25")


def test_a_tap_that_comes_after_a_later_one_is_refused(chair: Chair) -> None:
    session = chair.open()
    tablet = uuid4()
    chair.tap(session, depth("1.25"), tablet=tablet, sequence=2)
    with pytest.raises(SheetRefusedError, match="after a later one"):
        chair.tap(session, depth("1.50"), tablet=tablet, sequence=1)


def test_who_comes_second_is_told_and_nothing_is_overwritten(chair: Chair) -> None:
    session = chair.open()
    seen = session.version
    chair.tap(session, depth("1.25"), tablet=uuid4())
    with pytest.raises(SheetChangedError) as caught:
        chair.tap(session, depth("1.50"), version=seen)
    assert (caught.value.by, caught.value.at) == (chair.practitioner, NOW)
    assert zone(session).depth_setting_mm == Decimal("1.25")


def test_before_the_skin_is_clear_only_numbing_and_notes_are_kept(
    chair: Chair,
) -> None:
    session = chair.start()
    assert "safety check" in refused(chair, session, depth("1.25")).sentence
    chair.tap(session, NoteEntry(text="Numb from 9:30"))
    screened(chair.patient, chair.practitioner)
    chair.tap(session, TopicalEntry(kind="anaesthetic", product="Lidocaine 4 %"))
    assert session.topicals.count() == 1


def test_who_is_not_qualified_records_nothing(chair: Chair) -> None:
    session = chair.open()
    novice = factories.make_user(*chair.practitioner_roles(), site=chair.site)
    with pytest.raises(SheetRefusedError, match="no valid qualification"):
        chair.tap(session, depth("1.25"), by=novice)


# The rules answer ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mm", "said"),
    [
        ("1.30", "steps of 0.25"),
        ("2.75", "maximum"),
        ("0", "leave the zone out"),
    ],
    ids=["between two steps", "above the device", "nothing"],
)
def test_what_the_device_does_not_have_is_refused(
    chair: Chair, mm: str, said: str
) -> None:
    assert said in refused(chair, chair.open(), depth(mm)).sentence


def test_above_the_operators_qualification_nobody_overrides(db: None) -> None:
    practitioner = factories.make_practitioner(
        depth_mm="1.25", capabilities=(Capability.PRESCRIBER,)
    )
    chair = make_chair(practitioner=practitioner)
    session = chair.open()
    chair.tap(session, depth("1.25"))
    error = refused(chair, session, depth("1.50", override_reason=WHY))
    assert error.findings[0].code == "depth-qualification"
    assert (error.asks, error.may_pass) == ("", frozenset())


@pytest.mark.regression
def test_above_the_law_of_the_place_nobody_overrides(db: None) -> None:
    practitioner = factories.make_practitioner(
        depth_mm="3.00", capabilities=(Capability.PRESCRIBER,)
    )
    practitioner.qualifications.update(kind="aesthetic")
    DepthScope.objects.create(pk=1, jurisdiction="North Carolina", checked_on=TODAY)
    chair = make_chair(practitioner=practitioner)
    session = chair.open()
    chair.tap(session, depth("1.00"))
    error = refused(chair, session, depth("1.25", override_reason=WHY))
    assert error.findings[0].code == "depth-scope"
    assert (error.asks, error.may_pass) == ("", frozenset())


def test_deeper_than_the_protocol_asks_why(chair: Chair) -> None:
    session = chair.open()
    chair.tap(session, depth("1.50"))  # the protocol's end itself needs no reason
    assert zone(session).reason == ""
    assert refused(chair, session, depth("1.75")).asks == "reason"
    chair.tap(session, depth("1.75", reason=WHY))
    assert zone(session).reason == WHY
    codes = {finding["code"] for finding in zone(session).findings}
    assert {"depth-soft-max", "depth-label"} <= codes
    chair.tap(session, depth("1.50"))
    assert zone(session).reason == ""


@pytest.mark.parametrize("capability", list(Capability))
def test_above_the_hard_maximum_only_an_override_passes(
    chair: Chair, capability: Capability
) -> None:
    session = chair.open()
    chair.tap(session, LeaveOutEntry(zones=("FH",), left_out=False))
    too_deep = depth("1.75", "FH", reason=WHY, override_reason=WHY)
    error = refused(chair, session, too_deep)
    assert error.asks == ""  # this practitioner may not override
    lead = factories.make_practitioner(site=chair.site, capabilities=(capability,))
    with pytest.raises(SheetRefusedError) as caught:
        chair.tap(session, depth("1.75", "FH", reason=WHY), by=lead)
    assert caught.value.asks == "override"
    chair.tap(session, too_deep, by=lead)
    kept = DepthOverride.objects.get(session=session)
    assert (kept.zone, kept.code, kept.mm) == ("FH", "depth-hard-max", Decimal("1.75"))
    assert (kept.by, kept.reason) == (lead, WHY)
    # The same depth again rests on the reason; a deeper one asks anew.
    chair.tap(session, depth("1.75", "FH", reason=WHY))
    assert refused(chair, session, depth("2.00", "FH", reason=WHY)).findings


def test_passes_stay_within_the_limits(chair: Chair) -> None:
    session = chair.open()
    chair.tap(session, PassesEntry(zones=CHEEKS, passes=40))
    refused(chair, session, PassesEntry(zones=CHEEKS, passes=41))
    refused(chair, session, PassesEntry(zones=CHEEKS, passes=0))
    assert zone(session).passes == 40


def test_a_zone_that_the_chart_does_not_have_is_refused(chair: Chair) -> None:
    refused(chair, chair.open(), depth("1.00", "EY-R"))


def test_a_zone_can_be_left_out_and_brought_back(chair: Chair) -> None:
    session = chair.open()
    chair.tap(session, EndpointEntry(zones=("CM-L",), endpoint="even_erythema"))
    chair.tap(session, LeaveOutEntry(zones=("CM-L",), left_out=True))
    assert zone(session, "CM-L").is_left_out
    assert zone(session, "CM-L").endpoint == ""
    chair.tap(session, LeaveOutEntry(zones=("CM-L",), left_out=False))
    assert not zone(session, "CM-L").is_left_out


def test_a_scar_is_kept_and_never_moves_a_limit(chair: Chair) -> None:
    session = chair.open()
    chair.tap(session, ScarEntry(zones=("CM-R",), is_scar=True))
    assert zone(session).is_scar
    assert refused(chair, session, depth("2.75")).sentence


# Pen or roller, never both ----------------------------------------------------------


def test_a_roller_takes_no_depth_and_no_handpiece(db: None) -> None:
    chair = make_roller_chair()
    session = chair.open()
    assert "lot" in refused(chair, session, depth("1.00")).sentence
    refused(chair, session, DeviceEntry(device_id=chair.device.pk))


def test_a_rollers_length_comes_from_its_lot(db: None) -> None:
    chair = make_roller_chair()
    session = chair.open()
    chair.tap(session, LotEntry(lot_id=chair.lot.pk))
    for row in session.zones.all():
        assert row.needle_length_mm == Decimal("1.00")
        assert row.depth_setting_mm is None


def test_pen_and_roller_lots_never_mix(chair: Chair) -> None:
    roller = factories.make_lot(
        site=chair.site,
        kind="roller",
        model_key="MEDICAL_ROLLER",
        needle_length_mm=Decimal("1.00"),
    )
    session = chair.open()
    refused(chair, session, LotEntry(lot_id=roller.pk))
    other = factories.make_lot(site=chair.site, model_key="EXCEED")
    assert "does not fit" in refused(chair, session, LotEntry(lot_id=other.pk)).sentence
    assert not Unit.objects.exists()


# The kit ---------------------------------------------------------------------------


def test_confirming_a_lot_draws_its_next_unit_and_checks_the_device(
    chair: Chair,
) -> None:
    session = chair.open()
    chair.tap(session, LotEntry(lot_id=chair.lot.pk))
    assert session.units.get().unit.serial == "001"
    session.refresh_from_db()
    assert session.device_checked


def test_an_expired_lot_is_refused_and_nobody_overrides(db: None) -> None:
    lead = factories.make_practitioner(capabilities=tuple(Capability))
    chair = make_chair(
        practitioner=lead,
        lot={
            "received_on": TODAY - timedelta(days=90),
            "expires_on": TODAY - timedelta(days=1),
        },
    )
    error = refused(chair, chair.open(), LotEntry(lot_id=chair.lot.pk))
    assert "expired" in error.sentence
    assert (error.asks, error.may_pass) == ("", frozenset())


def test_a_unit_opened_for_anyone_is_refused(chair: Chair) -> None:
    chair.tap(chair.open(), LotEntry(lot_id=chair.lot.pk, serial="A7"))
    second = make_chair(practitioner=chair.practitioner)
    second.lot, second.site = chair.lot, chair.site
    session = second.open_elsewhere(chair)
    error = refused(second, session, LotEntry(lot_id=chair.lot.pk, serial="a7"))
    assert "already opened" in error.sentence


def test_an_anaesthetic_is_counted_and_warned_of(chair: Chair) -> None:
    session = chair.open()
    entry = TopicalEntry(
        kind="anaesthetic",
        topical_key="LIPOSOMAL_LIDOCAINE",
        product="Lidocaine 4 %",
        strength_percent=Decimal(4),
        grams=Decimal(10),
        on_at=NOW - timedelta(minutes=31),
        off_at=NOW,
        is_occluded=True,
    )
    chair.tap(session, entry)
    codes = {finding["code"] for finding in session.topicals.get().findings}
    assert codes == {"anaesthetic-long", "anaesthetic-occluded"}


def test_vitamin_c_waits_for_a_prescriber(chair: Chair) -> None:
    session = chair.open()
    entry = TopicalEntry(
        kind="serum", topical_key="VITAMIN_C", product="Serum C", signoff_reason=WHY
    )
    assert refused(chair, session, entry).findings[0].code == "topical-vitamin-c"
    prescriber = factories.make_prescriber(site=chair.site)
    chair.tap(session, entry, by=prescriber)
    kept = session.topicals.get()
    assert (kept.signoff_by, kept.signoff_reason) == (prescriber, WHY)


@pytest.mark.parametrize(
    ("change", "is_kept"),
    [
        ({"topical_key": "TRANEXAMIC_ACID"}, False),
        ({"product": "Serum C forte"}, False),
        ({"strength_percent": Decimal(20)}, False),
        ({"grams": Decimal(2)}, True),
    ],
    ids=["known as something else", "another product", "stronger", "more of it"],
)
def test_a_sign_off_is_for_one_product_and_strength(
    chair: Chair, change: dict[str, Any], is_kept: bool
) -> None:
    session = chair.open()
    said: dict[str, Any] = {
        "kind": "serum",
        "topical_key": "VITAMIN_C",
        "product": "Serum C",
    }
    prescriber = factories.make_prescriber(site=chair.site)
    chair.tap(session, TopicalEntry(**said, signoff_reason=WHY), by=prescriber)
    key = session.topicals.get().pk
    changed = TopicalEntry(**{**said, **change}, topical_id=key)
    if is_kept:
        chair.tap(session, changed)
        assert session.topicals.get().signoff_by == prescriber
    else:
        assert refused(chair, session, changed).may_pass
        assert session.topicals.get().product == "Serum C"


def test_what_needs_no_sign_off_keeps_none(chair: Chair) -> None:
    session = chair.open()
    entry = TopicalEntry(
        kind="serum", topical_key="VITAMIN_C", product="Serum C", signoff_reason=WHY
    )
    chair.tap(session, entry, by=factories.make_prescriber(site=chair.site))
    key = session.topicals.get().pk
    other = TopicalEntry(
        kind="serum",
        topical_key="HYALURONIC_ACID",
        product="Serum H",
        topical_id=key,
    )
    chair.tap(session, other)
    row = session.topicals.get()
    assert (row.product, row.signoff_by, row.signoff_reason) == ("Serum H", None, "")


def test_a_product_out_of_an_expired_lot_is_refused(chair: Chair) -> None:
    lot = factories.make_lot(
        site=chair.site,
        kind="glide",
        model_key="",
        received_on=TODAY - timedelta(days=90),
        expires_on=TODAY - timedelta(days=1),
    )
    entry = TopicalEntry(kind="glide", lot_id=lot.pk)
    assert "expired" in refused(chair, chair.open(), entry).sentence


# Undo --------------------------------------------------------------------------------

CHANGES: dict[str, Callable[[Chair], Entry]] = {
    "depth": lambda _chair: depth("1.25"),
    "passes": lambda _chair: PassesEntry(zones=CHEEKS, passes=6),
    "endpoint": lambda _chair: EndpointEntry(zones=CHEEKS, endpoint="even_erythema"),
    "left out": lambda _chair: LeaveOutEntry(zones=("CM-R",), left_out=True),
    "a new zone": lambda _chair: LeaveOutEntry(zones=("FH",), left_out=False),
    "scar": lambda _chair: ScarEntry(zones=CHEEKS, is_scar=True),
    "device": lambda chair: DeviceEntry(device_id=chair.device.pk),
    "topical": lambda _chair: TopicalEntry(kind="glide", product="Gel"),
    "ticks": lambda _chair: TickEntry(items=("CLEAN", "AFTER"), done=True),
    "tolerance": lambda _chair: ToleranceEntry(chip="well", on=True),
    "note": lambda _chair: NoteEntry(text="Calm."),
    "reaction": lambda _chair: ReactionEntry(reaction="redness"),
}


def everything(session: TreatmentSession) -> object:
    session.refresh_from_db()
    return state.capture(SheetParts(session))


@pytest.mark.parametrize("what", list(CHANGES))
def test_every_change_is_undone_to_what_stood_there(chair: Chair, what: str) -> None:
    session = chair.open()
    before = everything(session)
    chair.tap(session, CHANGES[what](chair))
    assert everything(session) != before
    chair.tap(session, UndoEntry())
    assert everything(session) == before


def test_what_was_removed_comes_back(chair: Chair) -> None:
    session = chair.open()
    chair.tap(session, TopicalEntry(kind="glide", product="Gel", on_at=NOW))
    before = everything(session)
    key = session.topicals.get().pk
    chair.tap(session, RemoveTopicalEntry(topical_id=key))
    chair.tap(session, UndoEntry())
    assert everything(session) == before


def test_undo_goes_back_one_tap_after_the_other(chair: Chair) -> None:
    session = chair.open()
    for mm in ("1.25", "1.50"):
        chair.tap(session, depth(mm))
    chair.tap(session, UndoEntry())
    assert zone(session).depth_setting_mm == Decimal("1.25")
    chair.tap(session, UndoEntry())
    assert zone(session).depth_setting_mm == Decimal("1.00")
    assert "nothing to undo" in refused(chair, session, UndoEntry()).sentence


def test_an_opened_unit_stays_opened(chair: Chair) -> None:
    session = chair.open()
    chair.tap(session, LotEntry(lot_id=chair.lot.pk))
    assert "stays opened" in refused(chair, session, UndoEntry()).sentence
    assert session.units.count() == 1


# Rollers --------------------------------------------------------------------------


def two_lengths(chair: Chair) -> TreatmentSession:
    """A sheet whose right cheek wants 1.00 mm and whose left cheek 1.50 mm."""
    session = chair.open()
    for code, length in (("CM-R", "1.00"), ("CM-L", "1.50")):
        ZoneTreatment.objects.filter(session=session, zone=code).update(
            needle_length_mm=Decimal(length)
        )
    return session


def test_a_roller_goes_to_the_zones_that_want_its_length(db: None) -> None:
    chair = make_roller_chair()
    session = two_lengths(chair)
    chair.tap(session, LotEntry(lot_id=chair.lot.pk))
    assert zone(session, "CM-R").needle_length_mm == Decimal("1.00")
    assert zone(session, "CM-L").needle_length_mm == Decimal("1.50")
    longer = factories.make_lot(
        site=chair.site,
        kind="roller",
        model_key="MEDICAL_ROLLER",
        needle_length_mm=Decimal("1.50"),
    )
    chair.tap(session, LotEntry(lot_id=longer.pk))
    assert zone(session, "CM-R").needle_length_mm == Decimal("1.00")
    assert zone(session, "CM-L").needle_length_mm == Decimal("1.50")


def test_a_roller_that_no_zone_wanted_goes_to_all_that_wait(db: None) -> None:
    chair = make_roller_chair()
    session = two_lengths(chair)
    other = factories.make_lot(
        site=chair.site,
        kind="roller",
        model_key="MEDICAL_ROLLER",
        needle_length_mm=Decimal("0.50"),
    )
    chair.tap(session, LotEntry(lot_id=other.pk))
    assert {z.needle_length_mm for z in session.zones.all()} == {Decimal("0.50")}


def test_the_sheet_offers_the_roller_that_most_zones_wait_for(db: None) -> None:
    chair = make_roller_chair()
    session = two_lengths(chair)
    longer = factories.make_lot(
        site=chair.site,
        kind="roller",
        model_key="MEDICAL_ROLLER",
        needle_length_mm=Decimal("1.50"),
        expires_on=TODAY + timedelta(days=1),
    )

    def offered() -> object:
        session.refresh_from_db()
        sheet = sheet_of(SheetParts(session), now=NOW, with_stock=True)
        return sheet.first_lot

    assert offered() == chair.lot
    chair.tap(session, LotEntry(lot_id=chair.lot.pk))
    assert offered() == longer
