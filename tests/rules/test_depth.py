"""The eight depth checks: both sides of every limit, in words."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import depth, devices
from clinic.rules.book import load_book
from clinic.rules.devices import Kind
from clinic.rules.findings import Verdict, verdict_of

BOOK = load_book()
SKINPEN = BOOK.devices["SKINPEN_PRECISION"]
DERMAPEN = BOOK.devices["DERMAPEN_4"]
EXCEED = BOOK.devices["EXCEED"]
ROLLER = BOOK.devices["BODY_ROLLER"]
PLAIN_PEN = devices.entered(key="own", name="Own pen", kind=Kind.PEN, max_mm=Decimal(3))
ZONES = [zone.key for zone in BOOK.zones.values() if not zone.never]


def setting(zone="CHEEK", mm="1.0", device=PLAIN_PEN, **more):
    more.setdefault("phototype", 3)
    return depth.Setting(
        zone=zone, kind=device.kind, mm=Decimal(mm), device=device, **more
    )


def codes(asked):
    return [f.code for f in depth.check(BOOK, asked) if not f.info]


def only(asked):
    (finding,) = depth.check(BOOK, asked)
    return finding


# 1. Never


@pytest.mark.parametrize("device", [PLAIN_PEN, ROLLER], ids=["pen", "roller"])
def test_the_eyelid_is_never_needled_and_nobody_overrides_it(device):
    finding = only(setting("EYELID", "0.5", device, scar=True))
    assert finding.code == "depth-never"
    assert finding.verdict is Verdict.BLOCK
    assert finding.absolute
    assert finding.sources == ("S05", "S07")


# 2. What the device cannot be set to


@pytest.mark.parametrize(
    ("device", "mm"),
    [
        pytest.param(SKINPEN, "2.5", id="SkinPen at its maximum"),
        pytest.param(SKINPEN, "0.25", id="SkinPen at its first step"),
        pytest.param(SKINPEN, "1.750", id="a trailing zero is the same setting"),
        pytest.param(DERMAPEN, "0.2", id="Dermapen at its minimum"),
        pytest.param(DERMAPEN, "1.3", id="Dermapen on a tenth"),
        pytest.param(EXCEED, "1.5", id="Exceed at its maximum"),
        pytest.param(EXCEED, "0.37", id="no grid is known for the Exceed"),
        pytest.param(BOOK.devices["MEDICAL_ROLLER"], "1.5", id="longest roller"),
        pytest.param(BOOK.devices["MEDICAL_ROLLER"], "0.5", id="shortest roller"),
    ],
)
def test_a_setting_the_device_has_is_valid(device, mm):
    depth.refuse_invalid(setting(mm=mm, device=device))


@pytest.mark.parametrize(
    ("device", "mm", "sentence"),
    [
        pytest.param(
            SKINPEN, "2.75", "above the 2.5 mm maximum", id="SkinPen too deep"
        ),
        pytest.param(SKINPEN, "1.3", "steps of 0.25 mm", id="SkinPen off its grid"),
        pytest.param(DERMAPEN, "3.1", "above the 3.0 mm", id="Dermapen too deep"),
        pytest.param(DERMAPEN, "0.1", "below the 0.2 mm", id="Dermapen too shallow"),
        pytest.param(DERMAPEN, "1.25", "steps of 0.1 mm", id="Dermapen off its grid"),
        pytest.param(EXCEED, "1.51", "above the 1.5 mm", id="Exceed too deep"),
        pytest.param(SKINPEN, "-0.25", "negative", id="negative"),
        pytest.param(SKINPEN, "NaN", "not a number", id="no number"),
        pytest.param(SKINPEN, "Infinity", "not a number", id="without end"),
        pytest.param(
            BOOK.devices["MEDICAL_ROLLER"], "1.6", "above the 1.5 mm", id="roller"
        ),
    ],
)
def test_a_setting_the_device_does_not_have_is_refused_as_input(device, mm, sentence):
    with pytest.raises(depth.InvalidSetting, match=sentence):
        depth.check(BOOK, setting(mm=mm, device=device))


def test_a_roller_has_only_the_lengths_the_clinic_owns():
    own = devices.entered(
        key="r",
        name="Clinic roller",
        kind=Kind.ROLLER,
        max_mm=Decimal("1.5"),
        lengths_mm=[Decimal("1.0"), Decimal("0.5"), Decimal("1.5")],
    )
    depth.refuse_invalid(setting(mm="1.0", device=own))
    with pytest.raises(depth.InvalidSetting, match=r"no needles of 0\.75 mm"):
        depth.refuse_invalid(setting(mm="0.75", device=own))
    assert depth.steps(own) == (Decimal("0.5"), Decimal("1.0"), Decimal("1.5"))


def test_a_pen_setting_is_never_taken_for_a_needle_length():
    mixed = replace(setting(device=ROLLER), kind=Kind.PEN)
    with pytest.raises(depth.InvalidSetting, match="is a roller, not a pen"):
        depth.check(BOOK, mixed)


# 3. Scope and qualification


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        pytest.param("scope_max_mm", "depth-scope", id="the clinic's scope"),
        pytest.param("operator_max_mm", "depth-qualification", id="the operator's"),
    ],
)
def test_above_a_limit_of_the_operator_is_refused_and_at_it_is_fine(limit, code):
    assert codes(setting(mm="0.5", **{limit: Decimal("0.5")})) == []
    finding = only(setting(mm="0.51", **{limit: Decimal("0.5")}))
    assert finding.code == code
    assert finding.verdict is Verdict.BLOCK
    assert finding.absolute


def test_no_limit_entered_is_no_limit():
    assert codes(setting(mm="1.5")) == []


# 4 and 5. The zone's limits


@pytest.mark.parametrize("zone", ZONES)
def test_a_pen_is_warned_above_the_soft_and_refused_above_the_hard_maximum(zone):
    soft = BOOK.zones[zone].soft_max.value
    hard = BOOK.zones[zone].hard_max.value
    little = Decimal("0.01")
    assert codes(setting(zone, soft)) == []
    assert codes(setting(zone, soft + little)) == ["depth-soft-max"]
    assert codes(setting(zone, hard)) == ["depth-soft-max"]
    assert codes(setting(zone, hard + little)) == ["depth-hard-max"]


def test_a_hard_maximum_may_be_overridden_by_a_prescriber():
    finding = only(setting("FH", "1.51"))
    assert finding.verdict is Verdict.BLOCK
    assert not finding.absolute
    assert finding.zones == {"FH"}


def test_a_scar_changes_no_limit_of_a_pen():
    assert codes(setting("FH", "1.01", scar=True)) == ["depth-soft-max"]
    assert codes(setting("FH", "1.51", scar=True)) == ["depth-hard-max"]


# Rollers


@pytest.mark.parametrize(
    ("zone", "mm", "expected"),
    [
        pytest.param("FH", "1.0", [], id="forehead, typical length"),
        pytest.param("FH", "1.1", ["depth-roller-typical"], id="forehead, longer"),
        pytest.param("FH", "1.5", ["depth-roller-typical"], id="forehead, hard max"),
        pytest.param("FH", "1.6", ["depth-hard-max"], id="forehead, too long"),
        pytest.param("NO", "0.5", [], id="nose, typical length"),
        pytest.param("NO", "0.6", ["depth-roller-typical"], id="nose, longer"),
        pytest.param("NO", "1.1", ["depth-hard-max"], id="nose, too long"),
        pytest.param("PO-R", "0.5", ["depth-no-roller"], id="no roller at the eye"),
        pytest.param("CM-R", "1.6", ["depth-roller-typical"], id="cheek, longer"),
        pytest.param("CM-R", "2.5", ["depth-roller-typical"], id="cheek, hard max"),
        pytest.param("CM-R", "2.6", ["depth-hard-max"], id="cheek, too long"),
        pytest.param("SC", "1.5", [], id="scalp, typical length"),
        pytest.param("SC", "2.1", ["depth-hard-max"], id="scalp, too long"),
    ],
)
def test_a_roller_is_judged_by_its_needle_length(zone, mm, expected):
    assert codes(setting(zone, mm, ROLLER)) == expected


def test_a_scar_lengthens_the_typical_roller_but_no_limit():
    assert codes(setting("FH", "1.5", ROLLER, scar=True)) == []
    assert codes(setting("FH", "1.6", ROLLER, scar=True)) == ["depth-hard-max"]
    assert codes(setting("NO", "1.1", ROLLER, scar=True)) == ["depth-hard-max"]
    assert codes(setting("PO-L", "0.5", ROLLER, scar=True)) == ["depth-no-roller"]
    assert codes(setting("NE", "0.6", ROLLER, scar=True)) == ["depth-roller-typical"]


# 6. Beyond the label's evidence


def test_the_skinpen_label_was_evaluated_to_one_and_a_half_millimetres_on_the_face():
    own = replace(SKINPEN, cleared=(), us_status=devices.UsStatus.UNKNOWN)
    assert codes(setting("CHEEK", "1.5", own)) == []
    assert codes(setting("CHEEK", "1.75", own)) == ["depth-soft-max", "depth-label"]
    assert "depth-label" not in codes(setting("NECK", "1.75", own))


# 7. Outside the condition's default range


@pytest.mark.parametrize(
    ("condition", "zone", "mm", "expected"),
    [
        pytest.param("ACNE_ROLLING", "TRUNK", "1.0", [], id="rolling at its least"),
        pytest.param(
            "ACNE_ROLLING", "TRUNK", "0.99", ["depth-condition"], id="rolling, less"
        ),
        pytest.param(
            "ACNE_ROLLING", "TRUNK", "2.5", ["depth-soft-max"], id="rolling at most"
        ),
        pytest.param("RHYTID", "CHEEK", "1.5", [], id="fine lines at most"),
        pytest.param(
            "RHYTID",
            "CHEEK",
            "1.51",
            ["depth-soft-max", "depth-condition"],
            id="fine lines, deeper",
        ),
        pytest.param("MELASMA", "CHEEK", "1.0", [], id="melasma at most"),
        pytest.param(
            "MELASMA", "CHEEK", "1.01", ["depth-condition"], id="melasma, deeper"
        ),
        pytest.param("NECK", "NECK", "1.0", [], id="neck at its sign-off depth"),
        pytest.param(
            "NECK",
            "NECK",
            "1.01",
            ["depth-soft-max", "depth-signoff", "depth-condition"],
            id="neck above its sign-off depth",
        ),
    ],
)
def test_a_condition_has_its_range(condition, zone, mm, expected):
    assert codes(setting(zone, mm, condition=condition)) == expected


# 8. Off-label


@pytest.mark.parametrize(
    ("device", "zone", "condition", "phototype", "age", "said"),
    [
        pytest.param(SKINPEN, "CHEEK", "ACNE_ROLLING", 6, 22, "", id="cleared use"),
        pytest.param(
            SKINPEN, "CHEEK", "ACNE_ROLLING", 6, 21, "age of 22", id="a year too young"
        ),
        pytest.param(
            SKINPEN, "CHEEK", "RHYTID", 3, 30, "not cleared for fine", id="indication"
        ),
        pytest.param(
            SKINPEN, "TRUNK", "ACNE_ROLLING", 3, 30, "not in zone chest", id="zone"
        ),
        pytest.param(SKINPEN, "NECK", "NECK", 4, 30, "", id="neck, phototype IV"),
        pytest.param(
            SKINPEN, "NECK", "NECK", 5, 30, "phototypes II, III, IV", id="neck, V"
        ),
        pytest.param(
            SKINPEN, "NECK", "NECK", 1, 30, "phototypes II, III, IV", id="neck, I"
        ),
        pytest.param(EXCEED, "CHEEK", "RHYTID", 3, 30, "", id="Exceed, lines, III"),
        pytest.param(
            EXCEED, "CHEEK", "RHYTID", 4, 30, "phototypes I, II, III", id="Exceed, IV"
        ),
        pytest.param(EXCEED, "CHEEK", "ACNE_ROLLING", 4, 30, "", id="Exceed, acne, IV"),
        pytest.param(
            EXCEED, "FOREHEAD", "RHYTID", 2, 30, "not in zone forehead", id="Exceed, FH"
        ),
        pytest.param(SKINPEN, "CHEEK", None, None, None, "", id="nothing known"),
        pytest.param(
            DERMAPEN, "CHEEK", "RHYTID", 2, 30, "no cleared use", id="none was seen"
        ),
        pytest.param(ROLLER, "CHEEK", "ACNE_ROLLING", 2, 30, "", id="nothing is known"),
    ],
)
def test_a_use_outside_the_cleared_one_is_named(
    device, zone, condition, phototype, age, said
):
    asked = setting(
        zone, "1.0", device, condition=condition, phototype=phototype, age=age
    )
    sentences = [
        f.sentence for f in depth.check(BOOK, asked) if f.code == "depth-off-label"
    ]
    assert len(sentences) == bool(said)
    assert said in "".join(sentences)


# All of them


def test_all_findings_are_listed_in_the_order_of_the_checks():
    asked = setting(
        "FH",
        "1.75",
        SKINPEN,
        condition="MELASMA",
        scope_max_mm=Decimal("1.5"),
        operator_max_mm=Decimal("0.5"),
    )
    assert codes(asked) == [
        "depth-scope",
        "depth-qualification",
        "depth-hard-max",
        "depth-label",
        "depth-condition",
        "depth-off-label",
    ]


def test_every_finding_names_its_zone_and_a_source_of_the_book():
    asked = setting("FH", "1.75", SKINPEN, condition="MELASMA")
    for finding in depth.check(BOOK, asked):
        assert finding.zones == {"FH"}
        assert set(finding.sources) <= set(BOOK.sources)
        assert finding.sources
        assert finding.status in "VMDP"
        assert finding.sentence.endswith(".")


@given(
    zone=st.sampled_from(ZONES),
    first=st.integers(0, 300),
    second=st.integers(0, 300),
    scar=st.booleans(),
)
def test_a_deeper_pen_is_never_more_allowed_by_its_zone(zone, first, second, scar):
    shallow, deep = sorted((Decimal(first) / 100, Decimal(second) / 100))
    mild = verdict_of(depth.check(BOOK, setting(zone, shallow, scar=scar)))
    harsh = verdict_of(depth.check(BOOK, setting(zone, deep, scar=scar)))
    assert mild.rank <= harsh.rank


@given(
    zone=st.sampled_from(ZONES),
    first=st.integers(50, 300),
    second=st.integers(50, 300),
    scar=st.booleans(),
)
def test_a_longer_roller_is_never_more_allowed_by_its_zone(zone, first, second, scar):
    short, long = sorted((Decimal(first) / 100, Decimal(second) / 100))
    mild = verdict_of(depth.check(BOOK, setting(zone, short, ROLLER, scar=scar)))
    harsh = verdict_of(depth.check(BOOK, setting(zone, long, ROLLER, scar=scar)))
    assert mild.rank <= harsh.rank


@given(zone=st.sampled_from(ZONES), mm=st.integers(0, 300))
def test_a_scar_never_makes_a_setting_less_allowed(zone, mm):
    bare = verdict_of(depth.check(BOOK, setting(zone, Decimal(mm) / 100)))
    scarred = verdict_of(depth.check(BOOK, setting(zone, Decimal(mm) / 100, scar=True)))
    assert scarred.rank <= bare.rank


# Passes


@pytest.mark.parametrize("kind", list(Kind))
def test_passes_run_from_one_to_forty(kind):
    depth.refuse_invalid_passes(BOOK, kind=kind, passes=1)
    depth.refuse_invalid_passes(BOOK, kind=kind, passes=40)
    for passes in (0, 41):
        with pytest.raises(depth.InvalidSetting, match="from 1 to 40"):
            depth.refuse_invalid_passes(BOOK, kind=kind, passes=passes)


def test_the_chips_differ_by_kind():
    assert BOOK.entry[Kind.PEN].pass_chips == (1, 2, 3, 4, 5, 6, 7, 8)
    assert BOOK.entry[Kind.ROLLER].pass_chips == (5, 10, 15, 20)


# Steps


def test_the_skinpen_has_ten_settings_above_nothing():
    steps = depth.steps(SKINPEN)
    assert len(steps) == 10
    assert (steps[0], steps[-1]) == (Decimal("0.25"), Decimal("2.5"))


def test_the_dermapen_runs_from_two_tenths_to_three():
    steps = depth.steps(DERMAPEN)
    assert len(steps) == 29
    assert (steps[0], steps[-1]) == (Decimal("0.2"), Decimal("3.0"))


def test_no_grid_known_gives_no_steps():
    assert depth.steps(EXCEED) == ()


@pytest.mark.parametrize("device", [SKINPEN, DERMAPEN], ids=lambda d: d.key)
def test_every_step_is_a_valid_setting(device):
    for mm in depth.steps(device):
        depth.refuse_invalid(setting(mm=mm, device=device))
