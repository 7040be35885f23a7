"""Shipped protocols: what follows by rule is what the rules allow."""

from datetime import date
from decimal import Decimal

import pytest

from clinic.rules import dates, depth, devices, interval, protocols
from clinic.rules.book import load_book
from clinic.rules.devices import Kind
from clinic.rules.findings import Verdict, verdict_of
from clinic.rules.interval import Gap

BOOK = load_book()
ALL = list(BOOK.protocols.values())


def by_area(key):
    return {d.area.key: d.depth for d in protocols.depths(BOOK, BOOK.protocols[key])}


def test_every_condition_an_ordinary_clinic_treats_often_has_a_protocol():
    treated = {protocol.condition for protocol in ALL}
    assert {
        "ACNE_ROLLING",
        "ACNE_BOXCAR",
        "RHYTID",
        "TEXTURE_PORES",
        "SCAR_SURG",
        "STRIAE",
        "MELASMA",
        "PIH",
        "DULL",
        "AGA",
    } <= treated


def test_no_protocol_is_shipped_for_the_hospital():
    assert not any(BOOK.conditions[p.condition].hospital_only for p in ALL)


@pytest.mark.parametrize(
    ("key", "area", "low", "high"),
    [
        pytest.param("ACNE_ROLLING_PEN", "CM-R", "1.0", "1.5", id="acne, cheek"),
        pytest.param("ACNE_ROLLING_PEN", "FH", "1.0", "1.0", id="acne, forehead"),
        pytest.param("ACNE_ROLLING_PEN", "NO", "0.75", "0.75", id="acne, nose"),
        pytest.param("FINE_LINES_PEN", "PO-L", "0.5", "0.5", id="lines, eye"),
        pytest.param("FINE_LINES_PEN", "CM-L", "0.5", "1.5", id="lines, cheek"),
        pytest.param("MELASMA_PEN", "UL", "0.5", "0.75", id="melasma, lip"),
        pytest.param("HAIR_ROLLER", "SC", "1.5", "1.5", id="hair, roller"),
        pytest.param("STRIAE_ROLLER", "AB", "1.5", "2.0", id="stretch marks, roller"),
    ],
)
def test_a_zone_gets_its_depth_by_rule(key, area, low, high):
    span = by_area(key)[area]
    assert (span.low, span.high) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize("protocol", ALL, ids=lambda p: p.key)
def test_no_depth_of_a_protocol_is_refused(protocol):
    device = devices.entered(
        key="any", name="Any", kind=protocol.kind, max_mm=Decimal(3)
    )
    for zone in protocols.depths(BOOK, protocol):
        assert zone.depth is not None
        assert zone.depth.low > 0
        for mm in (zone.depth.low, zone.depth.high):
            asked = depth.Setting(
                zone=zone.area.key,
                kind=protocol.kind,
                mm=mm,
                device=device,
                scar=BOOK.conditions[protocol.condition].scar,
            )
            found = depth.check(BOOK, asked)
            assert verdict_of(found).rank <= Verdict.WARN.rank


@pytest.mark.parametrize("protocol", ALL, ids=lambda p: p.key)
def test_a_protocol_booked_at_its_preferred_gap_needs_no_confirmation(protocol):
    gap = protocols.gap(BOOK, protocol)
    assert 1 <= gap.smallest_days <= gap.preferred_days <= gap.greatest_days
    zones = protocols.depths(BOOK, protocol)
    first = date(2026, 3, 1)
    found = interval.check(
        BOOK,
        previous=[
            interval.Treated(
                zone=z.area.key,
                on=first,
                mm=z.depth.high,
                condition=protocol.condition,
            )
            for z in zones
        ],
        planned=[interval.Planned(zone=z.area.key) for z in zones],
        on=dates.add_days(first, gap.preferred_days),
    )
    assert found == ()


@pytest.mark.parametrize(
    ("key", "gap"),
    [
        pytest.param("ACNE_ROLLING_PEN", (28, 28, 42), id="stated 4 to 6 weeks"),
        pytest.param("ACNE_BOXCAR_PEN", (14, 28, 56), id="stated 2 to 8 weeks"),
        pytest.param("FINE_LINES_PEN", (28, 30, 42), id="30 days within 4 to 6 weeks"),
        pytest.param("NECK_LINES_PEN", (28, 30, 56), id="only 30 days stated"),
        pytest.param("DULL_PEN", (14, 14, 28), id="shallow: the shortest that passes"),
        pytest.param("HAIR_PEN", (7, 14, 28), id="hair: every two weeks"),
        pytest.param("PIH_PEN", (28, 28, 56), id="the row's own"),
    ],
)
def test_the_gap_follows_from_condition_and_interval_rule(key, gap):
    smallest, preferred, greatest = gap
    assert protocols.gap(BOOK, BOOK.protocols[key]) == Gap(
        smallest_days=smallest, preferred_days=preferred, greatest_days=greatest
    )


@pytest.mark.parametrize(
    ("key", "count"),
    [
        pytest.param("ACNE_ROLLING_PEN", 3, id="the median of studies"),
        pytest.param("ACNE_ICEPICK_PEN", 4, id="the fewest of a range"),
        pytest.param("STRIAE_PEN", 4, id="the row's own"),
        pytest.param("HAIR_PEN", 6, id="every two weeks over twelve"),
    ],
)
def test_the_number_of_sessions_follows_from_the_condition(key, count):
    assert protocols.sessions(BOOK, BOOK.protocols[key]) == count


def test_without_zones_the_practitioner_chooses_them():
    scar = BOOK.protocols["SURGICAL_SCAR_PEN"]
    assert protocols.depths(BOOK, scar) == ()
    (chest,) = protocols.depths(BOOK, scar, zones=["TR"])
    assert (chest.depth.low, chest.depth.high) == (Decimal("1.0"), Decimal("2.0"))


def test_a_pair_stands_for_both_sides():
    assert {"CM-R", "CM-L"} <= set(by_area("ACNE_ROLLING_PEN"))


@pytest.mark.parametrize("protocol", ALL, ids=lambda p: p.key)
def test_a_protocol_names_scales_evidence_and_sources_of_the_book(protocol):
    known = {scale.key for scale in BOOK.scales}
    assert protocols.scales(BOOK, protocol)
    assert set(protocols.scales(BOOK, protocol)) <= known
    assert protocols.evidence(BOOK, protocol) in {1, 2, 3, 4}
    assert set(protocols.sources_of(BOOK, protocol)) <= set(BOOK.sources)
    assert protocol.caveats


def test_rollers_and_pens_have_their_own_passes():
    pen = BOOK.protocols["ACNE_ROLLING_PEN"]
    roller = BOOK.protocols["ACNE_ROLLING_ROLLER"]
    assert (pen.kind, roller.kind) == (Kind.PEN, Kind.ROLLER)
    assert (pen.passes.low, pen.passes.high, pen.passes.status) == (3, 4, "M")
    assert (roller.passes.low, roller.passes.high, roller.passes.status) == (
        15,
        20,
        "V",
    )
