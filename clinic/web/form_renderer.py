"""Writes the plain form fields without the template engine, letter by letter the same.

Django renders every input, choice and attribute list as templates of their own. A
screening has 240 of them, and that was a third of its page. `tests/web/
test_form_renderer.py` holds each against Django's own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape, escape

Widget = Mapping[str, Any]
FOLDER = "django/forms/widgets/"


def _attributes(attrs: Mapping[str, Any]) -> str:
    written = []
    for name, value in attrs.items():
        if value is True:
            written.append(f" {conditional_escape(name)}")
        elif value is not False:
            written.append(f' {conditional_escape(name)}="{escape(str(value))}"')
    return "".join(written)


def _text(value: Any) -> str:
    return conditional_escape(localize(value))


def _input(widget: Widget) -> str:
    value = widget["value"]
    shown = "" if value is None else f' value="{escape(str(value))}"'
    attributes = _attributes(widget["attrs"])
    kind, name = _text(widget["type"]), _text(widget["name"])
    return f'<input type="{kind}" name="{name}"{shown}{attributes}>'


def _choice(widget: Widget) -> str:
    if not widget.get("wrap_label"):
        return _input(widget)
    id_ = widget["attrs"].get("id")
    points_at = f' for="{_text(id_)}"' if id_ else ""
    return f"<label{points_at}>{_input(widget)}\n {_text(widget['label'])}</label>"


def _textarea(widget: Widget) -> str:
    value = _text(widget["value"]) if widget["value"] else ""
    attributes = _attributes(widget["attrs"])
    return f'<textarea name="{_text(widget["name"])}"{attributes}>\n{value}</textarea>'


def _option(widget: Widget) -> str:
    value, attributes = escape(str(widget["value"])), _attributes(widget["attrs"])
    return f'<option value="{value}"{attributes}>{_text(widget["label"])}</option>'


def _select(widget: Widget) -> str:
    rows = [f'<select name="{_text(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            rows.append(f'\n  <optgroup label="{_text(group)}">')
        rows += [f"\n  {_option(option)}\n" for option in options]
        if group:
            rows.append("\n  </optgroup>")
    return "".join([*rows, "\n</select>"])


QUICK: dict[str, Callable[[Widget], str]] = {
    **{
        f"{FOLDER}{kind}.html": _input
        for kind in (
            *("checkbox", "date", "datetime", "email", "hidden", "number"),
            *("password", "tel", "text", "time", "url"),
        )
    },
    f"{FOLDER}checkbox_option.html": _choice,
    f"{FOLDER}radio_option.html": _choice,
    f"{FOLDER}select.html": _select,
    f"{FOLDER}select_option.html": _option,
    f"{FOLDER}textarea.html": _textarea,
}


class QuickRenderer(DjangoTemplates):
    """Django's form renderer, quicker where a field is one plain element."""

    def render(
        self,
        template_name: str,
        context: dict[str, Any],
        request: HttpRequest | None = None,
    ) -> str:
        """The field as HTML; `context` holds its widget as Django describes it."""
        quick = QUICK.get(template_name)
        if quick:
            return quick(context["widget"])
        return super().render(template_name, context, request)
