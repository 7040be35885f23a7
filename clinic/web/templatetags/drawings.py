"""Tags for what is drawn: rulers, gauges, faces, charts; part of `{% load ui %}`."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from clinic.web.drawing import facechart, needles
from clinic.web.drawing.facechart import FaceState, View
from clinic.web.drawing.needles import Needle
from clinic.web.templatetags.formats import decimal_of

register = template.Library()


@register.simple_tag
def plan_ruler(
    sessions: Sequence[Needle], label: str = "", size: str = "small"
) -> SafeString:
    """`{% plan_ruler plan.needles %}`: one needle per session; sizes small, large."""
    return needles.plan_ruler(needles=sessions, label=label, size=size)


@register.simple_tag
def depth_gauge(
    depth_mm: Decimal | None,
    *,
    low: Decimal | None = None,
    high: Decimal | None = None,
    last: Decimal | None = None,
    deepest: Decimal = Decimal("2.5"),
) -> SafeString:
    """`{% depth_gauge 1.5 low=1.0 high=1.5 last=1.25 %}`, all in mm."""
    return needles.depth_gauge(
        depth_mm=decimal_of(depth_mm),
        low_mm=decimal_of(low),
        high_mm=decimal_of(high),
        last_mm=decimal_of(last),
        deepest_mm=deepest,
    )


@register.simple_tag
def mini_face(depths: Mapping[str, Decimal]) -> SafeString:
    """`{% mini_face depths %}`: depth in mm by zone code, as a small picture."""
    return facechart.mini(state=FaceState(depths=depths))


@register.simple_tag
def face_chart(
    state: FaceState,
    view: str = "front",
    crop: str = "full",
    *,
    interactive: bool = False,
    labels: bool = True,
) -> SafeString:
    """`{% face_chart state "right" "tight" interactive=True %}`: one view."""
    return facechart.chart(
        state=state,
        view=View(view),
        crop=crop,
        interactive=interactive,
        labelled=labels,
    )


@register.simple_tag
def depth_scale() -> SafeString:
    """`{% depth_scale %}`: the five depth bands, for a legend."""
    return facechart.scale_bar()
