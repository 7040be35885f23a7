"""The face chart: three views, zones filled by depth, each a button or a picture.

The picture is never the record: it shows the depths it is given. Fill tells the
band of the depth, the number in the zone the depth itself, so it also reads
without colour. Patterns and fades stand once a page (components/svg_defs.html).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from clinic.web.drawing import body, face, profile
from clinic.web.drawing.curves import Spot, closed, mirrored, opened
from clinic.web.drawing.names import AREA_NAMES, ZONE_NAMES
from clinic.web.drawing.svg import element, group, text
from clinic.web.templatetags.formats import mm, mm_number

# Bands 1 to 3 reach to these depths (mm), band 5 begins at the last.
BANDS_REACH_MM = (Decimal("0.5"), Decimal("0.75"), Decimal(1))
DEEP_FROM_MM = Decimal("1.5")


class View(StrEnum):
    """From where the face is seen; right and left are the patient's."""

    FRONT = "front"
    RIGHT = "right"
    LEFT = "left"


VIEW_NAMES = {
    View.FRONT: gettext_lazy("Face chart, front view"),
    View.RIGHT: gettext_lazy("Face chart, right profile"),
    View.LEFT: gettext_lazy("Face chart, left profile"),
}
# What part of the 400 by 500 sheet is shown: x, y, width, height.
CROPS = {
    View.FRONT: {"full": (44, 22, 312, 462), "tight": (56, 22, 288, 440)},
    View.RIGHT: {"full": (96, 60, 280, 424), "tight": (150, 78, 222, 366)},
    View.LEFT: {"full": (24, 60, 280, 424), "tight": (28, 78, 222, 366)},
}
MINI_CROP = (76, 24, 248, 420)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceState:
    """What the chart shows: depth in mm by zone code, and marks on zones.

    A zone in `left_out` is hatched, one in `changed` has a dot, one in
    `selected` a ring.
    """

    depths: Mapping[str, Decimal] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    selected: frozenset[str] = frozenset()


def band(depth_mm: Decimal | None) -> int:
    """The depth band 1 to 5 that fills a zone; 0 for no depth."""
    if not depth_mm:
        return 0
    if depth_mm >= DEEP_FROM_MM:
        return 5
    return 1 + sum(depth_mm > reach for reach in BANDS_REACH_MM)


def chart(
    *,
    state: FaceState,
    view: View = View.FRONT,
    crop: str = "full",
    interactive: bool = False,
    labelled: bool = True,
) -> SafeString:
    """One view as SVG: zones are buttons when interactive, else it is a picture."""
    zones, labels = zones_of(view), labels_of(view)
    drawing = group(
        [
            _body(view),
            group([_zone(code, zones[code], state, interactive) for code in zones]),
            _features(view),
            group(_rings(zones, state.selected), css="fc-rings"),
        ],
        transform="translate(400 0) scale(-1 1)" if view is View.LEFT else None,
    )
    marks = [*(_numbers(labels, state) if labelled else ()), *_dots(labels, state)]
    return element(
        "svg",
        drawing,
        *marks,
        css="fc",
        view_box=" ".join(str(side) for side in CROPS[view][crop]),
        role="group" if interactive else "img",
        aria_label=str(VIEW_NAMES[view]) if interactive else summary(state),
        data_view=view.value,
    )


def body_map(
    code: str, *, state: FaceState, interactive: bool = False, labelled: bool = True
) -> SafeString:
    """A map beside the face by its area's code: scalp, décolleté, hands and so on."""
    shown = body.MAPS[code]
    path = " ".join(closed(part) for part in shown.zone)
    chosen = {code: path} if code in state.selected else {}
    labels = {code: shown.label}
    marks = [*(_numbers(labels, state) if labelled else ()), *_dots(labels, state)]
    name = AREA_NAMES[code]
    depth = zone_label(code, state.depths.get(code))
    return element(
        "svg",
        *_closed("fc-neck", *shown.neck),
        *_closed("fc-skin", *shown.skin),
        group([_zone(code, path, state, interactive)]),
        group(_opened("fc-thin", *shown.lines), css="fc-features"),
        group(_rings(chosen, chosen), css="fc-rings"),
        *marks,
        css="fc",
        view_box=" ".join(f"{side:g}" for side in shown.crop),
        role="group" if interactive else "img",
        aria_label=str(name) if interactive else depth,
        data_view=code,
    )


def mini(*, state: FaceState) -> SafeString:
    """The small picture of rows and cards: no numbers, a sentence instead.

    The face from the front; where no zone is on the face, that part of the body.
    """
    codes = [code for code in body.MAPS if code in {*state.depths, *state.left_out}]
    on_face = set(state.depths) - set(body.MAPS)
    if codes and not on_face:
        return _mini_body(codes[0], state)
    zones = zones_of(View.FRONT)
    return element(
        "svg",
        _body(View.FRONT),
        *[_fill(zones[code], _look(code, state)) for code in zones],
        _features(View.FRONT),
        css="fc fc-mini",
        view_box=" ".join(str(side) for side in MINI_CROP),
        role="img",
        aria_label=summary(state),
    )


def _mini_body(code: str, state: FaceState) -> SafeString:
    shown = body.MAPS[code]
    return element(
        "svg",
        *_closed("fc-neck", *shown.neck),
        *_closed("fc-skin", *shown.skin),
        _fill(" ".join(closed(part) for part in shown.zone), _look(code, state)),
        *_opened("fc-thin", *shown.lines),
        css="fc fc-mini",
        view_box=" ".join(f"{side:g}" for side in shown.crop),
        role="img",
        aria_label=zone_label(code, state.depths.get(code)),
    )


def summary(state: FaceState) -> str:
    """The picture in one sentence."""
    depths = sorted(depth for depth in state.depths.values() if depth)
    if not depths:
        return _("Face chart without depths")
    count = ngettext("%(n)d zone", "%(n)d zones", len(depths)) % {"n": len(depths)}
    if depths[0] == depths[-1]:
        return _("Face chart: %(zones)s at %(depth)s") % {
            "zones": count,
            "depth": mm(depths[0]),
        }
    return _("Face chart: %(zones)s, %(low)s to %(high)s") % {
        "zones": count,
        "low": mm_number(depths[0]),
        "high": mm(depths[-1]),
    }


def zone_label(code: str, depth_mm: Decimal | None) -> str:
    """What a zone is called with its depth: "Right medial cheek, 1.50 mm"."""
    shown = mm(depth_mm) if depth_mm else _("not treated")
    return f"{AREA_NAMES[code]}, {shown}"


# Zones ---------------------------------------------------------------------------


@lru_cache
def zones_of(view: View) -> dict[str, str]:
    """Path data of each zone of a view, in reading order."""
    if view is View.FRONT:
        lines = face.ZONES
    else:
        side = "-R" if view is View.RIGHT else "-L"
        lines = {code.replace("-R", side): line for code, line in profile.ZONES.items()}
    return {code: closed(lines[code]) for code in ZONE_NAMES if code in lines}


@lru_cache
def labels_of(view: View) -> Mapping[str, tuple[float, float]]:
    """Where the number of each zone stands in a view."""
    if view is View.FRONT:
        return face.LABELS
    if view is View.RIGHT:
        return profile.LABELS
    return {
        code.replace("-R", "-L"): (400 - x, y)
        for code, (x, y) in profile.LABELS.items()
    }


def _look(code: str, state: FaceState) -> str:
    shade = band(state.depths.get(code))
    if shade:
        return f"fc-zone d{shade}"
    return "fc-zone left-out" if code in state.left_out else "fc-zone"


@lru_cache(maxsize=512)
def _fill(path: str, css: str) -> SafeString:
    # The attribute draws the hatch; every other fill comes from the style sheet.
    return element("path", css=css, d=path, fill="url(#np-hatch)")


def _zone(code: str, path: str, state: FaceState, interactive: bool) -> SafeString:  # noqa: FBT001
    look, depth_mm = _look(code, state), state.depths.get(code)
    if not interactive:
        return _fill(path, look)
    pressed = "true" if code in state.selected else "false"
    return _button(code, path, look, pressed, depth_mm, get_language())


@lru_cache(maxsize=2048)
def _button(
    code: str,
    path: str,
    look: str,
    pressed: str,
    depth_mm: Decimal | None,
    _language: str | None,
) -> SafeString:
    """A zone to tap: the same few come back with every tap on the sheet."""
    return element(
        "path",
        css=look,
        d=path,
        fill="url(#np-hatch)",
        role="button",
        tabindex=0,
        data_zone=code,
        aria_pressed=pressed,
        aria_label=zone_label(code, depth_mm),
    )


def _rings(zones: Mapping[str, str], selected: Iterable[str]) -> list[SafeString]:
    """A white halo below a black ring: seen on every fill."""
    paths = [zones[code] for code in zones if code in selected]
    halos = [element("path", css="fc-halo", d=path) for path in paths]
    return halos + [element("path", css="fc-ring", d=path) for path in paths]


def _numbers(
    labels: Mapping[str, tuple[float, float]], state: FaceState
) -> list[SafeString]:
    return [
        text(
            short(state.depths.get(code)),
            x,
            y,
            css=f"fc-number d{band(state.depths.get(code))}",
            data_number=code,
            aria_hidden="true",
        )
        for code, (x, y) in labels.items()
    ]


def short(depth_mm: Decimal | None) -> str:
    """The depth as it fits into a zone: 0.75, 1.5, 1.0."""
    return mm_number(depth_mm).removesuffix("0") if depth_mm else ""


def _dots(
    labels: Mapping[str, tuple[float, float]], state: FaceState
) -> list[SafeString]:
    return [
        element("circle", css="fc-dot", cx=x + 13, cy=y - 10, r=4, data_dot=code)
        for code, (x, y) in labels.items()
        if code in state.changed
    ]


# The face itself -------------------------------------------------------------------


def _both(line: Sequence[Spot]) -> tuple[Sequence[Spot], Sequence[Spot]]:
    return line, mirrored(line)


def _closed(css: str, *lines: Sequence[Spot]) -> list[SafeString]:
    return [element("path", css=css, d=closed(line)) for line in lines]


def _opened(css: str, *lines: Sequence[Spot]) -> list[SafeString]:
    return [element("path", css=css, d=opened(line)) for line in lines]


@lru_cache
def _body(view: View) -> SafeString:
    """Head, hair and neck, fading out at the edge of the sheet."""
    if view is View.FRONT:
        parts = [
            *_closed("fc-neck", face.NECK_FILL),
            *_opened("fc-line", *_both(face.NECK_LEFT)),
            *_closed("fc-ear", *_both(face.EAR_LEFT)),
            *_opened("fc-faint", *_both(face.EAR_FOLD_LEFT)),
            *_closed("fc-skin", face.HEAD),
            *_closed("fc-hair", face.HAIR),
            *_closed("fc-band", face.HEADBAND),
        ]
        return group(parts, mask="url(#np-fade-front)")
    parts = [
        *_closed("fc-skin", profile.OUTLINE),
        *_closed("fc-hair", profile.HAIR),
        *_closed("fc-band", profile.HEADBAND),
        *_closed("fc-ear", profile.EAR),
        *_opened("fc-faint", *profile.EAR_FOLDS),
    ]
    return group(parts, mask="url(#np-fade-side)")


@lru_cache
def _features(view: View) -> SafeString:
    """Brow, eye, nose, mouth, above the zones and deaf to the pointer."""
    if view is View.FRONT:
        lashes = [side for lash in face.LASHES_LEFT for side in _both(lash)]
        parts = [
            *_closed("fc-brow", *_both(face.BROW_LEFT)),
            *_opened("fc-thin", *_both(face.LID_LEFT)),
            *_opened("fc-lash-line", *_both(face.LASH_LINE_LEFT)),
            *_opened("fc-lash", *lashes),
            *_opened("fc-line", *_both(face.NOSTRIL_WING_LEFT), face.NOSE_BASE),
            *_opened("fc-thin", *_both(face.NOSTRIL_LEFT)),
            *_opened("fc-faint", *_both(face.NOSE_BRIDGE_LEFT)),
            *_closed("fc-lip", face.UPPER_LIP_RED, face.LOWER_LIP_RED),
            *_opened("fc-line", face.MOUTH),
            *_opened("fc-faint", *_both(face.PHILTRUM_LEFT)),
        ]
        return group(parts, css="fc-features")
    parts = [
        *_closed("fc-brow", profile.BROW),
        *_opened("fc-thin", profile.LID),
        *_opened("fc-lash-line", profile.LASH_LINE),
        *_opened("fc-lash", *profile.LASHES),
        *_opened("fc-line", profile.NOSTRIL_WING),
        *_opened("fc-thin", profile.NOSTRIL),
        *_closed("fc-lip", profile.UPPER_LIP_RED, profile.LOWER_LIP_RED),
        *_opened("fc-line", profile.MOUTH),
        *_opened("fc-faint", profile.JAW_LINE),
    ]
    return group(parts, css="fc-features")


def scale_bar() -> SafeString:
    """The five bands side by side, for a legend."""
    steps = [
        element("rect", css=f"d{shade}", x=26 * (shade - 1), y=0, width=26, height=8)
        for shade in range(1, 6)
    ]
    # Trusted: built by `element`.
    return mark_safe(  # noqa: S308
        element("svg", *steps, css="fc-scale", view_box="0 0 130 8", aria_hidden="true")
    )
