"""Where to start in a zone, and how a protocol gets its depth."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import depth, devices
from clinic.rules.book import load_book
from clinic.rules.devices import Kind

BOOK = load_book()
SKINPEN = BOOK.devices["SKINPEN_PRECISION"]
PEN, ROLLER = Kind.PEN, Kind.ROLLER


@pytest.mark.parametrize(
    ("zone", "kind", "condition", "expected"),
    [
        pytest.param("CHEEK", PEN, "ACNE_ROLLING", ("1.0", "1.5"), id="ranges meet"),
        pytest.param("CHEEKBONE", PEN, "ACNE_ROLLING", ("1.0", "1.0"), id="in a point"),
        pytest.param("FH", PEN, "RHYTID", ("0.5", "0.75"), id="lines on the forehead"),
        pytest.param("PO-R", PEN, "RHYTID", ("0.5", "0.5"), id="lines at the eye"),
        pytest.param("NO", PEN, "DULL", ("0.25", "0.5"), id="dull skin on the nose"),
        pytest.param("SC", PEN, "AGA", ("0.6", "1.5"), id="hair thinning"),
        pytest.param("SC", ROLLER, "AGA", ("1.5", "1.5"), id="hair thinning, roller"),
        pytest.param(
            "FH", PEN, "ACNE_ROLLING", ("1.0", "1.0"), id="apart: scar range, capped"
        ),
        pytest.param(
            "NO", PEN, "ACNE_BOXCAR", ("0.75", "0.75"), id="apart: all above the cap"
        ),
        pytest.param(
            "NE", PEN, "ACNE_BOXCAR", ("1.0", "1.0"), id="apart: no scar range here"
        ),
        pytest.param(
            "FH", PEN, "STRIAE", ("1.0", "1.0"), id="apart, no scar: lower end, capped"
        ),
        pytest.param(
            "CH", PEN, "STRIAE", ("1.5", "1.5"), id="apart, no scar: lower end fits"
        ),
        pytest.param("CHEEK", PEN, None, ("0.5", "1.5"), id="only the zone is known"),
    ],
)
def test_a_protocol_gets_the_conditions_range_within_the_zones(
    zone, kind, condition, expected
):
    span = depth.zone_depth(BOOK, zone=zone, kind=kind, condition=condition)
    assert (span.low, span.high) == tuple(Decimal(v) for v in expected)


def test_a_scar_switches_the_typical_range_up_to_the_soft_maximum():
    span = depth.zone_depth(
        BOOK, zone="CM-R", kind=PEN, condition="ACNE_ROLLING", scar=True
    )
    assert (span.low, span.high) == (Decimal("1.0"), Decimal("1.5"))


@pytest.mark.parametrize(
    ("zone", "kind"),
    [
        pytest.param("EYELID", PEN, id="the eyelid"),
        pytest.param("PO-R", ROLLER, id="a roller at the eye"),
    ],
)
def test_nothing_is_proposed_where_nothing_belongs(zone, kind):
    assert depth.zone_depth(BOOK, zone=zone, kind=kind, condition="RHYTID") is None


def test_a_range_from_memory_is_to_be_confirmed():
    from_memory = depth.zone_depth(BOOK, zone="TE-R", kind=PEN, condition="RHYTID")
    policy = depth.zone_depth(BOOK, zone="FH", kind=PEN, condition="RHYTID")
    assert from_memory.to_confirm
    assert not policy.to_confirm


@given(
    zone=st.sampled_from([z.key for z in BOOK.zones.values()]),
    kind=st.sampled_from(Kind),
    condition=st.sampled_from([None, *BOOK.conditions]),
    scar=st.booleans(),
)
def test_a_proposal_never_passes_the_hard_maximum(zone, kind, condition, scar):
    span = depth.zone_depth(BOOK, zone=zone, kind=kind, condition=condition, scar=scar)
    if span:
        assert Decimal(0) <= span.low <= span.high <= BOOK.zones[zone].hard_max.value


@pytest.mark.parametrize(
    ("zone", "condition", "start"),
    [
        pytest.param("CHEEK", "RHYTID", "0.75", id="0.5 to 1.5: a third is 0.83"),
        pytest.param("FH", "RHYTID", "0.5", id="0.5 to 0.75: a third is 0.58"),
        pytest.param("SC", "AGA", "0.75", id="0.6 to 1.5: a third is 0.9"),
        pytest.param("FH", "ACNE_ROLLING", "1.0", id="a single depth is the start"),
        pytest.param("PO-R", "RHYTID", "0.5", id="a single depth at the eye"),
    ],
)
def test_a_start_is_the_lower_third_snapped_down_to_the_grid(zone, condition, start):
    proposal = depth.suggest(
        BOOK, zone=zone, device=SKINPEN, condition=condition, first_session=True
    )
    assert proposal.start == Decimal(start)


@pytest.mark.parametrize(
    ("phototype", "first_session", "cautious"),
    [
        pytest.param(4, False, False, id="phototype IV, later session"),
        pytest.param(5, False, True, id="phototype V, later session"),
        pytest.param(6, False, True, id="phototype VI, later session"),
        pytest.param(2, True, True, id="phototype II, first session"),
        pytest.param(None, False, True, id="phototype not asked, later session"),
    ],
)
def test_first_sessions_and_dark_skin_start_in_the_lower_third(
    phototype, first_session, cautious
):
    proposal = depth.suggest(
        BOOK,
        zone="CM-R",
        device=SKINPEN,
        condition="RHYTID",
        phototype=phototype,
        first_session=first_session,
    )
    assert proposal.cautious is cautious


def test_without_a_grid_the_start_is_snapped_to_the_fallback_step():
    proposal = depth.suggest(
        BOOK, zone="CM-R", device=BOOK.devices["EXCEED"], condition="RHYTID"
    )
    assert proposal.start == Decimal("0.80")


def test_a_device_that_cannot_go_so_shallow_gets_no_start():
    rollers = devices.entered(
        key="r",
        name="R",
        kind=ROLLER,
        max_mm=Decimal(3),
        lengths_mm=[Decimal(2), Decimal(3)],
    )
    assert (
        depth.suggest(BOOK, zone="FH", device=rollers, condition="ACNE_ROLLING") is None
    )


def test_deeper_than_the_start_is_said_but_stops_nothing():
    def said(mm, **more):
        asked = depth.Setting(
            zone="CM-R",
            kind=PEN,
            mm=Decimal(mm),
            device=devices.entered(key="p", name="P", kind=PEN, max_mm=Decimal(3)),
            condition="RHYTID",
            **more,
        )
        return [f.code for f in depth.check(BOOK, asked) if f.info]

    assert said("0.83", first_session=True) == []
    assert said("0.84", first_session=True) == ["depth-start"]
    assert said("0.84", phototype=5) == ["depth-start"]
    assert said("0.84", phototype=None) == ["depth-start"]
    assert said("0.84", phototype=4) == []


@given(
    zone=st.sampled_from([z.key for z in BOOK.zones.values()]),
    device=st.sampled_from(list(BOOK.devices.values())),
    condition=st.sampled_from([None, *BOOK.conditions]),
    scar=st.booleans(),
)
def test_every_start_is_a_setting_the_device_has_and_nothing_refuses(
    zone, device, condition, scar
):
    proposal = depth.suggest(
        BOOK, zone=zone, device=device, condition=condition, scar=scar
    )
    if proposal is None:
        return
    asked = depth.Setting(
        zone=zone, kind=device.kind, mm=proposal.start, device=device, scar=scar
    )
    verdicts = [finding.verdict.value for finding in depth.check(BOOK, asked)]
    assert "block" not in verdicts
    assert proposal.start > 0


def test_a_single_depth_is_its_own_start_and_nothing_is_said():
    asked = depth.Setting(
        zone="PO-R",
        kind=PEN,
        mm=Decimal("0.5"),
        device=SKINPEN,
        condition="RHYTID",
        first_session=True,
    )
    assert [f for f in depth.check(BOOK, asked) if f.info] == []


def test_outside_the_face_a_scar_switches_nothing():
    neck = depth.zone_depth(BOOK, zone="NE", kind=PEN, scar=True)
    assert (neck.low, neck.high) == (Decimal("0.25"), Decimal("1.0"))


def test_a_capped_range_from_memory_stays_to_be_confirmed():
    span = depth.zone_depth(BOOK, zone="NO", kind=PEN, condition="LAXITY")
    assert (span.low, span.high) == (Decimal("0.75"), Decimal("0.75"))
    assert span.to_confirm


@pytest.mark.parametrize(
    ("min_mm", "start"),
    [
        pytest.param("0.80", "0.80", id="the shallowest setting is just reached"),
        pytest.param("0.85", None, id="the shallowest setting is too deep"),
    ],
)
def test_without_a_grid_a_start_is_never_below_the_devices_minimum(min_mm, start):
    device = devices.entered(
        key="p", name="P", kind=PEN, min_mm=Decimal(min_mm), max_mm=Decimal(3)
    )
    proposal = depth.suggest(BOOK, zone="CM-R", device=device, condition="RHYTID")
    assert (proposal and proposal.start) == (start and Decimal(start))
