"""Tags for what is drawn: rulers, gauges, faces, charts; part of `{% load ui %}`."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from clinic.web.charts import planning, progress, report, tables
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
def body_map(
    code: str, state: FaceState, *, interactive: bool = False, labels: bool = True
) -> SafeString:
    """`{% body_map "SC" state interactive=True %}`: SC, DE, HA, AB or TR."""
    return facechart.body_map(
        code, state=state, interactive=interactive, labelled=labels
    )


@register.simple_tag
def depth_scale() -> SafeString:
    """`{% depth_scale %}`: the five depth bands, for a legend."""
    return facechart.scale_bar()


# Charts: each takes what its module describes ---------------------------------------


@register.simple_tag
def progress_lanes(course: progress.Course) -> SafeString:
    """`{% progress_lanes course %}`: score, needles and days to calm of a patient."""
    return progress.progress_lanes(course)


@register.simple_tag
def plan_timeline(plan: planning.PlanPicture) -> SafeString:
    """`{% plan_timeline plan %}`: a plan between today and its occasion."""
    return planning.plan_timeline(plan)


@register.simple_tag
def dumbbell(
    rows: Sequence[report.Outcome], caption: str, before_label: str = ""
) -> SafeString:
    """`{% dumbbell rows "Improvement by condition" "2024" %}`."""
    return report.dumbbell(rows, caption=caption, before_label=before_label)


@register.simple_tag
def matrix(
    rows: Sequence[tables.MatrixRow],
    columns: Sequence[str],
    caption: str,
    mark_label: str = "",
) -> SafeString:
    """`{% matrix rows depths "Depth and result" "more events than average" %}`."""
    return tables.matrix(rows, columns=columns, caption=caption, mark_label=mark_label)


@register.simple_tag
def heat_table(
    rows: Sequence[tables.HeatRow], columns: Sequence[str], caption: str
) -> SafeString:
    """`{% heat_table hours weekdays "Missed visits, % of visits" %}`."""
    return tables.heat(rows, columns=columns, caption=caption)


@register.simple_tag
def drop_off(
    shares: Sequence[Decimal],
    caption: str,
    before: Sequence[Decimal] = (),
    before_label: str = "",
) -> SafeString:
    """`{% drop_off shares "71% finish" before "2024" %}`: who reaches which session."""
    return report.drop_off(
        shares, before=before, caption=caption, before_label=before_label
    )


@register.simple_tag
def use_bars(rows: Sequence[report.Use], caption: str) -> SafeString:
    """`{% use_bars rows "Rooms in use" %}`: percent of open hours."""
    return report.use_bars(rows, caption=caption)


@register.simple_tag
def sparkline(values: Sequence[Decimal]) -> SafeString:
    """`{% sparkline values as spark %}`, then into `{% kpi ... drawing=spark %}`."""
    return report.sparkline(values)
