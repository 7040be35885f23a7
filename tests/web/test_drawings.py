"""The face, the rulers and the gauge: right zones, right lengths, readable."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from clinic.rules import book
from clinic.web.drawing import body, face, facechart, names, needles, profile
from clinic.web.drawing.curves import Spot, closed, mirrored, spots
from clinic.web.drawing.facechart import FaceState, View
from clinic.web.drawing.needles import Needle, NeedleState
from clinic.web.drawing.svg import element, number
from clinic.web.gallery import samples

VIEWS = list(View)


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  our own drawing


def with_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [e for e in root.iter() if name in (e.get("class") or "").split()]


# Pieces ----------------------------------------------------------------------


def test_an_element_escapes_its_text_and_attributes() -> None:
    drawn = element("text", "<b>&", aria_label='"x"', css="a", x=1.25, missing=None)
    assert drawn == (
        '<text aria-label="&quot;x&quot;" class="a" x="1.2">&lt;b&gt;&amp;</text>'
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [(1.0, "1"), (1.04, "1"), (1.06, "1.1"), (-0.01, "0"), (3, "3"), ("a", "a")],
)
def test_lengths_are_short(value: float | str, written: str) -> None:
    assert number(value) == written


def test_a_curve_passes_all_its_spots() -> None:
    line = spots("10,10 20,10! 20,20")
    assert line[1] == Spot(20, 10, is_corner=True)
    path = closed(line)
    assert path.startswith("M10.0 10.0C")
    assert path.endswith("Z")
    for spot in line:
        assert f"{spot.x:.1f} {spot.y:.1f}" in path
    assert mirrored(line)[0].x == 390


# Zones of the face -----------------------------------------------------------


def test_the_charts_draw_exactly_the_areas_of_the_rule_book() -> None:
    areas = set(book.load_book().areas)
    assert set(names.AREA_NAMES) == areas
    assert set(face.ZONES) | set(body.MAPS) == areas


def test_areas_are_called_as_in_the_rule_book() -> None:
    for key, area in book.load_book().areas.items():
        assert str(names.AREA_NAMES[key]).lower() == area.name.lower()


@pytest.mark.parametrize("code", body.MAPS)
def test_a_map_beside_the_face_has_its_one_area_inside_the_picture(code: str) -> None:
    root = parsed(facechart.body_map(code, state=samples.BODY, interactive=True))
    (zone,) = with_class(root, "fc-zone")
    assert zone.get("data-zone") == code
    assert str(names.AREA_NAMES[code]) in str(zone.get("aria-label"))
    left, top, width, height = body.MAPS[code].crop
    for part in body.MAPS[code].zone:
        assert all(left <= spot.x <= left + width for spot in part)
        assert all(top <= spot.y <= top + height for spot in part)


def test_a_chosen_map_has_a_ring_and_one_left_out_is_hatched() -> None:
    chosen = parsed(facechart.body_map("AB", state=samples.BODY))
    assert len(with_class(chosen, "fc-ring")) == 1
    assert chosen.get("role") == "img"
    skipped = parsed(facechart.body_map("TR", state=samples.BODY))
    assert len(with_class(skipped, "left-out")) == 1


def test_no_eyelid_can_be_chosen() -> None:
    assert not [code for code in face.ZONES if code.startswith("EY")]


@pytest.mark.parametrize("view", VIEWS)
def test_every_zone_of_a_view_lies_on_the_sheet_and_has_a_place_for_its_number(
    view: View,
) -> None:
    labels = facechart.labels_of(view)
    for code, path in facechart.zones_of(view).items():
        xs = [float(x) for x in re.findall(r"(-?\d+\.\d) -?\d+\.\d", path)]
        assert min(xs) >= 0
        assert max(xs) <= 400
        x, _y = labels[code]
        side = 400 - x if view is View.LEFT else x
        assert min(xs) - 1 <= side <= max(xs) + 1, code


def test_the_profiles_show_the_zones_of_their_side_only() -> None:
    right, left = facechart.zones_of(View.RIGHT), facechart.zones_of(View.LEFT)
    assert {"CB-R", "CM-R", "CL-R", "TE-R", "FH"} <= set(right)
    assert not [code for code in right if code.endswith("-L")]
    assert {code.replace("-R", "-L") for code in right} == set(left)
    assert set(profile.LABELS) == set(profile.ZONES)


def test_the_cheekbone_lies_between_the_eye_and_the_cheeks() -> None:
    def middle(code: str) -> float:
        return sum(spot.y for spot in face.ZONES[code]) / len(face.ZONES[code])

    assert middle("PO-L") < middle("CB-L") < middle("CM-L")
    assert middle("CB-L") < middle("CL-L")


def test_right_is_the_patients_right() -> None:
    assert max(spot.x for spot in face.ZONES["CM-R"]) < 200
    assert min(spot.x for spot in face.ZONES["CM-L"]) > 200


# The chart -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("depth", "band"),
    [
        ("0.25", 1),
        ("0.50", 1),
        ("0.51", 2),
        ("0.75", 2),
        ("0.76", 3),
        ("1.00", 3),
        ("1.01", 4),
        ("1.49", 4),
        ("1.50", 5),
        ("2.50", 5),
    ],
)
def test_the_band_of_a_depth(depth: str, band: int) -> None:
    assert facechart.band(Decimal(depth)) == band
    assert facechart.band(None) == 0
    assert facechart.band(Decimal(0)) == 0


def test_a_zone_is_a_button_with_name_depth_and_state() -> None:
    root = parsed(facechart.chart(state=samples.FACE, interactive=True))
    zones = {e.get("data-zone"): e for e in with_class(root, "fc-zone")}
    cheek, neck = zones["CM-R"], zones["NE"]
    assert cheek.get("role") == "button"
    assert cheek.get("tabindex") == "0"
    assert cheek.get("aria-pressed") == "true"
    assert cheek.get("aria-label") == "Right medial cheek, 1.50\N{NO-BREAK SPACE}mm"
    assert cheek.get("class") == "fc-zone d5"
    assert neck.get("class") == "fc-zone left-out"
    assert neck.get("fill") == "url(#np-hatch)"
    assert neck.get("aria-label") == "Neck, not treated"
    assert root.get("role") == "group"


def test_zones_are_reached_from_top_to_bottom_right_before_left() -> None:
    root = parsed(facechart.chart(state=FaceState(), interactive=True))
    codes = [e.get("data-zone") for e in with_class(root, "fc-zone")]
    assert codes == list(names.ZONE_NAMES)
    assert codes.index("TE-R") < codes.index("TE-L") < codes.index("NO")


def test_each_selected_zone_has_a_ring_and_each_changed_one_a_dot() -> None:
    root = parsed(facechart.chart(state=samples.FACE))
    assert len(with_class(root, "fc-ring")) == len(samples.FACE.selected)
    dots = {e.get("data-dot") for e in with_class(root, "fc-dot")}
    assert dots == samples.FACE.changed


def test_the_number_in_a_zone_is_its_depth() -> None:
    root = parsed(facechart.chart(state=samples.FACE))
    numbers = {e.get("data-number"): e.text for e in with_class(root, "fc-number")}
    assert numbers["CM-R"] == "1.5"
    assert numbers["FH"] == "1.0"
    assert numbers["GL"] == "0.75"
    assert numbers["NE"] is None


def test_a_picture_has_one_sentence_and_no_buttons() -> None:
    for svg in (
        facechart.chart(state=samples.FACE),
        facechart.mini(state=samples.FACE),
    ):
        root = parsed(svg)
        assert root.get("role") == "img"
        assert root.get("aria-label") == (
            "Face chart: 17 zones, 0.50 to 1.50\N{NO-BREAK SPACE}mm"
        )
        assert not [e for e in root.iter() if e.get("role") == "button"]
        assert not [e for e in root.iter() if e.get("style") or e.get("id")]


def test_the_sentence_tells_one_depth_and_none() -> None:
    one = FaceState(depths={"NO": Decimal("0.5")})
    assert facechart.summary(one).startswith("Face chart: 1 zone at 0.50")
    assert facechart.summary(FaceState()) == "Face chart without depths"


# Rulers and gauge ------------------------------------------------------------


def tip(path: ElementTree.Element) -> float:
    return float(str(path.get("d")).rsplit(" ", 1)[1])


def test_a_deeper_session_has_a_longer_needle() -> None:
    shallow, deep = (
        Needle(state=NeedleState.DONE, depth_mm=Decimal(depth))
        for depth in ("0.5", "1.5")
    )
    root = parsed(needles.plan_ruler(needles=[shallow, deep]))
    first, second = with_class(root, "needle")
    assert tip(first) < tip(second)


def test_front_desk_sees_needles_of_one_length() -> None:
    drawn = with_class(
        parsed(needles.plan_ruler(needles=samples.NEEDLES_FOR_DESK)), "needle"
    )
    tips = {tip(e) for e in drawn if "missed" not in str(e.get("class"))}
    assert len(tips) == 1


def test_the_ruler_marks_today_and_says_how_far_the_plan_is() -> None:
    root = parsed(needles.plan_ruler(needles=samples.NEEDLES))
    assert len(with_class(root, "today")) == 1
    assert root.get("aria-label") == "2 of 6 sessions done"
    assert len(with_class(root, "planned")) == 3


def test_a_plan_without_sessions_is_a_bare_line() -> None:
    root = parsed(needles.plan_ruler(needles=[]))
    assert with_class(root, "needle") == []
    assert root.get("aria-label") == "0 of 0 sessions done"


def test_the_gauge_shows_depth_range_and_last_time() -> None:
    root = parsed(
        needles.depth_gauge(
            depth_mm=Decimal("1.5"),
            low_mm=Decimal(1),
            high_mm=Decimal("1.5"),
            last_mm=Decimal("1.25"),
        )
    )
    assert len(with_class(root, "needle")) == len(needles.NEEDLES_X)
    (shaded,) = with_class(root, "range")
    assert float(str(shaded.get("height"))) == pytest.approx(26, abs=0.1)
    assert "protocol 1.00 to 1.50" in str(root.get("aria-label"))
    assert "last time 1.25" in str(root.get("aria-label"))


def test_a_depth_beyond_the_gauge_stays_inside_it() -> None:
    root = parsed(needles.depth_gauge(depth_mm=Decimal(9)))
    assert all(tip(e) <= needles.GAUGE_HEIGHT for e in with_class(root, "needle"))


def test_an_unset_depth_draws_no_needle() -> None:
    root = parsed(needles.depth_gauge(depth_mm=None))
    assert with_class(root, "needle") == []
    assert "not set" in str(root.get("aria-label"))


def test_a_small_picture_shows_the_part_of_the_body_that_was_treated() -> None:
    scalp = facechart.mini(state=FaceState(depths={"SC": Decimal("1.50")}))
    assert 'aria-label="Scalp, 1.50' in scalp
    assert "fc-brow" not in scalp
    both = facechart.mini(
        state=FaceState(depths={"SC": Decimal("1.50"), "FH": Decimal(1)})
    )
    assert "fc-brow" in both
