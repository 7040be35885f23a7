"""Tags of health pages: `{% load health %}`."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from clinic.rules.findings import Verdict
from clinic.web.drawing import facechart
from clinic.web.drawing.facechart import FaceState, View
from clinic.web.templatetags.parts import VERDICT_LOOKS, pill

register = template.Library()
TONES = {
    Verdict.OK: "ok",
    Verdict.WARN: "warn",
    Verdict.ASK: "info",
    Verdict.SIGNOFF: "warn",
    Verdict.DEFER: "bad",
    Verdict.BLOCK: "bad",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneOption:
    """One zone that can be chosen."""

    code: str
    name: str
    is_chosen: bool


@register.filter
def zone_options(field: BoundField) -> list[tuple[str, list[ZoneOption]]]:
    """The zones of a `ZonesField` by part of the body, the chosen ones marked."""
    chosen = {str(code) for code in (field.value() or ())}
    groups: Any = getattr(field.field, "choices", ())
    return [
        (
            str(label),
            [
                ZoneOption(code=code, name=name, is_chosen=code in chosen)
                for code, name in options
            ],
        )
        for label, options in groups
    ]


@register.simple_tag
def blank_face(view: str) -> SafeString:
    """`{% blank_face "front" %}`: a view whose zones are buttons, without depths."""
    return facechart.chart(
        state=FaceState(),
        view=View(view),
        crop="tight",
        interactive=True,
        labelled=False,
    )


@register.simple_tag
def verdict_pill(verdict: str) -> SafeString:
    """`{% verdict_pill screening.verdict %}`: a kept verdict in a word."""
    if not verdict:
        return SafeString("")
    word, symbol = VERDICT_LOOKS[Verdict(verdict)]
    return pill(word, TONES[Verdict(verdict)], symbol)
