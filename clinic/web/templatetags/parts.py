"""Tags for pills, tabs, tables, lists and findings; part of `{% load ui %}`."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.widgets import (
    CheckboxInput,
    RadioSelect,
    Select,
)
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.book import load_book
from clinic.rules.findings import Finding, Verdict, worst_first
from clinic.web import icons

register = template.Library()

# Fill, border and word carry the state of a visit (UX 8).
VISIT_LOOKS = {
    "unconfirmed": (gettext_lazy("Not confirmed"), "dashed", "clock"),
    "confirmed": (gettext_lazy("Confirmed"), "", "check"),
    "arrived": (gettext_lazy("Arrived"), "soft", "user-check"),
    "numbing": (gettext_lazy("Numbing"), "soft", "timer"),
    "in_room": (gettext_lazy("In room"), "solid", "door-open"),
    "done": (gettext_lazy("Done"), "done", "check-check"),
    "missed": (gettext_lazy("Missed"), "missed", "user-x"),
    "cancelled": (gettext_lazy("Cancelled"), "done", "x"),
}
VERDICT_LOOKS = {
    Verdict.OK: (gettext_lazy("Clear"), "circle-check"),
    Verdict.WARN: (gettext_lazy("Take care"), "triangle-alert"),
    Verdict.ASK: (gettext_lazy("Not asked yet"), "circle-help"),
    Verdict.SIGNOFF: (gettext_lazy("Needs sign-off"), "pen-line"),
    Verdict.DEFER: (gettext_lazy("Wait"), "calendar-clock"),
    Verdict.BLOCK: (gettext_lazy("Do not treat"), "octagon-x"),
}
TONE_ICONS = {
    "ok": "circle-check",
    "warn": "circle-alert",
    "bad": "triangle-alert",
    "info": "info",
}
STEP_CLASSES = {"done": "done", "now": "on", "next": ""}
DOT_CLASSES = {"done": " dot-done", "now": " dot-now", "missed": " dot-bad"}


# Pills and tags -----------------------------------------------------------


@register.simple_tag
def pill(text: object, tone: str = "", symbol: str = "") -> SafeString:
    """`{% pill "Latex allergy" "bad" %}`: tones ok warn bad info soft solid done."""
    symbol = symbol or TONE_ICONS.get(tone, "")
    drawing = icons.icon(symbol) if symbol else ""
    css = f"pill pill-{tone}" if tone else "pill"
    return format_html('<span class="{}">{}{}</span>', css, drawing, text)


@register.simple_tag
def tag(text: object, tone: str = "", symbol: str = "") -> SafeString:
    """`{% tag "All clear" "ok" "shield-check" %}`: a flag in a row, without a box."""
    symbol = symbol or TONE_ICONS.get(tone, "flag")
    css = f"tag tag-{tone}" if tone else "tag"
    return format_html('<span class="{}">{}{}</span>', css, icons.icon(symbol), text)


@register.simple_tag
def visit_status(status: str, detail: str = "") -> SafeString:
    """`{% visit_status visit.status "to 11:08" %}`: the pill of a visit's state."""
    word, tone, symbol = VISIT_LOOKS[status]
    text = f"{word} {detail}" if detail else str(word)
    return pill(text, tone, symbol)


# Links side by side ---------------------------------------------------------


def is_current(context: Context, url: str, *, current: bool | None) -> bool:
    """Whether a link leads to the page shown: as told, else by the address."""
    if current is not None:
        return current
    request = context.get("request")
    return request is not None and url in {request.path, request.get_full_path()}


@register.simple_block_tag
def segments(content: str, label: str) -> SafeString:
    """`{% segments "View" %}{% segment ... %}{% endsegments %}`: views of one thing."""
    return format_html('<nav class="segments" aria-label="{}">{}</nav>', label, content)


@register.simple_tag(takes_context=True)
def segment(
    context: Context,
    text: str,
    url: str,
    symbol: str = "",
    *,
    current: bool | None = None,
) -> SafeString:
    """`{% segment "Day" day_url %}`: the one shown is found by its address."""
    mark = current_mark(is_current(context, url, current=current))
    drawing = icons.icon(symbol) if symbol else ""
    return format_html('<a href="{}"{}>{}{}</a>', url, mark, drawing, text)


@register.simple_block_tag
def tabs(content: str, label: str) -> SafeString:
    """`{% tabs "Patient" %}{% tab ... %}{% endtabs %}`: pages of one thing."""
    return format_html('<nav class="tabs" aria-label="{}">{}</nav>', label, content)


@register.simple_tag(takes_context=True)
def tab(
    context: Context,
    text: str,
    url: str,
    count: int | str = "",
    *,
    current: bool | None = None,
) -> SafeString:
    """`{% tab "Photos" url 24 %}`: one page, with how much is on it."""
    mark = current_mark(is_current(context, url, current=current))
    number = format_html("<small>{}</small>", count) if count != "" else ""
    return format_html('<a href="{}"{}>{}{}</a>', url, mark, text, number)


@register.simple_block_tag
def crumbs(content: str) -> SafeString:
    """`{% crumbs %}{% crumb "Patients" url %}{% crumb name %}{% endcrumbs %}`."""
    return format_html(
        '<nav class="crumbs" aria-label="{}"><ol>{}</ol></nav>',
        _("You are here"),
        content,
    )


@register.simple_tag
def crumb(text: str, url: str = "") -> SafeString:
    """One place on the way here; the last has no address."""
    if not url:
        return format_html('<li><span aria-current="page">{}</span></li>', text)
    arrow = icons.icon("chevron-right", size_px=14)
    return format_html('<li><a href="{}">{}</a>{}</li>', url, text, arrow)


def current_mark(shown: bool) -> SafeString:  # noqa: FBT001
    """The attribute that marks the link of the page shown."""
    return mark_safe(' aria-current="page"' if shown else "")  # noqa: S308  constant


# Figures, facts, lists ----------------------------------------------------------


@register.inclusion_tag("components/kpi.html")
def kpi(
    label: str,
    value: object,
    unit: str = "",
    hint: str = "",
    *,
    tone: str = "",
    drawing: str = "",
) -> dict[str, object]:
    """`{% kpi "No-shows" "5.4" "%" "1.2 points fewer" tone="good" drawing=spark %}`."""
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "hint": hint,
        "tone": tone,
        "drawing": drawing,
    }


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """`{% facts %}{% fact "Device" "Pen 2" %}{% endfacts %}`: names and values."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_tag
def fact(name: str, value: object, css: str = "") -> SafeString:
    """One name and its value; an empty value is left out, zero is not."""
    if value is None or value == "":
        return mark_safe("")
    classes = format_html(' class="{}"', css) if css else ""
    return format_html("<dt>{}</dt><dd{}>{}</dd>", name, classes, value)


@register.simple_block_tag
def timeline(content: str) -> SafeString:
    """`{% timeline %}{% milestone ... %}{% endtimeline %}`."""
    return format_html('<ol class="timeline">{}</ol>', content)


@register.simple_tag
def milestone(
    number: int | str, state: str, title: str, detail: str = "", result: str = ""
) -> SafeString:
    """`{% milestone 3 "done" "1 Oct" "1.50 mm" "13 to 10" %}`.

    The states are done, now, next and missed. Drawn in one pass: a course has many.
    """
    mark = _done(number) if state == "done" else _escaped(str(number))
    return SafeString(
        f'<li><span class="dot{DOT_CLASSES.get(state, "")}">{mark}</span>'
        f'<div class="grow">{_line("strong", title)}{_line("sec", detail)}</div>'
        f"{_line('num now' if state == 'now' else 'num sec', result)}</li>"
    )


@register.simple_tag
def milestones(rows: Iterable[tuple[int | str, str, str, str, str]]) -> SafeString:
    """`{% milestones page.milestones %}`: many at once, each what `milestone` takes."""
    return SafeString("".join([milestone(*row) for row in rows]))


def _done(number: int | str) -> SafeString:
    """A tick, with the number and what the tick means for who does not see it."""
    number = _escaped(str(number))
    said = f"{number} {_escaped(_('done'))}"
    tick = icons.icon("check", size_px=14)
    return SafeString(f'{tick}<span class="visually-hidden">{said}</span>')


def _line(css: str, words: str) -> SafeString:
    """Words on a line of their own, nothing without words; `css` is our own."""
    if not words:
        return SafeString()
    return SafeString(f'<div class="{css}">{_escaped(words)}</div>')


def _escaped(words: str) -> str:
    """Django's own looks for lazy words first, which takes longer than the escaping."""
    return words if isinstance(words, SafeString) else escape(words)


@register.simple_block_tag
def steps(content: str, label: str) -> SafeString:
    """`{% steps "Session" %}{% step ... %}{% endsteps %}`: the steps of a sheet."""
    return format_html(
        '<nav class="grow" aria-label="{}"><ol class="steps">{}</ol></nav>',
        label,
        content,
    )


@register.inclusion_tag("components/step.html")
def step(
    number: int, state: str, title: str, detail: str = "", url: str = ""
) -> dict[str, object]:
    """`{% step 2 "now" "Treatment" "15 zones" url %}`: done, now or next."""
    return {
        "number": number,
        "css": STEP_CLASSES[state],
        "is_done": state == "done",
        "is_now": state == "now",
        "title": title,
        "detail": detail,
        "url": url,
    }


@register.simple_block_tag
def empty(content: str, symbol: str, text: str) -> SafeString:
    """`{% empty "users" "Add your first patient." %}<a ...>{% endempty %}`."""
    return format_html(
        '<div class="empty">{}<p>{}</p>{}</div>', icons.icon(symbol), text, content
    )


@register.simple_block_tag
def need(
    content: str, symbol: str, title: str, line: str, tone: str = ""
) -> SafeString:
    """`{% need "pen-line" title line "warn" %}<a ...>{% endneed %}`: what waits.

    An item of a `list-plain`, with the way to it as content; tones warn bad primary.
    """
    return format_html(
        '<li class="need"><span class="need-icon{}" aria-hidden="true">{}</span>'
        '<span class="grow"><strong>{}</strong><span class="small sec">{}</span></span>'
        "{}</li>",
        f" need-{tone}" if tone else "",
        icons.icon(symbol),
        title,
        line,
        content,
    )


@register.simple_tag
def progress_bar(value: int, total: int, label: str) -> SafeString:
    """`{% progress_bar 3 6 "3 of 6 sessions done" %}`."""
    return format_html(
        '<progress class="progress" value="{}" max="{}" aria-label="{}">{}</progress>',
        value,
        total,
        label,
        label,
    )


# Findings and errors ---------------------------------------------------------------


@register.inclusion_tag("components/findings.html")
def findings(
    items: Sequence[Finding], heading: int = 3, *, show_ok: bool = True
) -> dict[str, Any]:
    """`{% findings items %}`: what the rules say, worst first, with its sources."""
    shown = [f for f in worst_first(items) if show_ok or f.verdict is not Verdict.OK]
    # Flags that only inform stand above what is clear.
    ordered = sorted(shown, key=lambda f: f.verdict is Verdict.OK and not f.info)
    rows = [finding_row(finding) for finding in ordered]
    return {"rows": rows, "heading": f"h{heading}"}


def finding_row(finding: Finding) -> dict[str, Any]:
    """One finding as its template needs it."""
    word, symbol = VERDICT_LOOKS[finding.verdict]
    if finding.info:
        word, symbol = gettext_lazy("Note"), "info"
    return {
        "finding": finding,
        "word": word,
        "symbol": symbol,
        "css": "info" if finding.info else finding.verdict.value,
        "is_waiting": finding.verdict in {Verdict.DEFER, Verdict.BLOCK},
        "is_open": finding.verdict is Verdict.DEFER and finding.until is None,
        "is_final": finding.verdict is Verdict.BLOCK and finding.absolute,
    }


@register.filter
def source_title(key: str) -> str:
    """The title of a source of the rule book, or its id when it has none."""
    source = load_book().sources.get(key)
    return source.title if source else key


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """`{% error_summary form %}`: what to mend, linked to the fields."""
    fields = [form[name] for name in form.errors if name in form.fields]
    linked = [(field, error) for field in fields for error in field.errors]
    return {"form": form, "linked": linked, "general": form.non_field_errors()}


@register.simple_tag
def error_prefix(*forms: "BaseForm | BaseFormSet[Any] | str | None") -> str:
    """For the title: "Error: " when one of the forms was refused."""
    bound = [form for form in forms if form and not isinstance(form, str)]
    refused = any(form.is_bound and not form.is_valid() for form in bound)
    return _("Error: ") if refused else ""


@register.filter
def look(field: BoundField) -> str:
    """How a field is drawn: as its widget says, else by the kind of widget."""
    widget = field.field.widget
    named = getattr(widget, "look", "")
    if named:
        return str(named)
    kinds = (
        (RadioSelect, "options"),  # checkbox lists are a kind of it
        (CheckboxInput, "checkbox"),
        (Select, "select"),
    )
    return next((name for kind, name in kinds if isinstance(widget, kind)), "input")


@register.filter
def option_input(option: BoundWidget) -> SafeString:
    """The bare input of one option of a list of choices, with our class."""
    option.data["attrs"]["class"] = "form-check-input"
    return option.tag()
