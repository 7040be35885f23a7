"""Puts typed values back into the form of a rendered page, on the server.

Works on the HTML text, so no view has to know about it, no script is needed, and
nothing is executed. Used after a time-out (clinic/staff/resume.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

NEVER_FILLED = frozenset({"password", "file", "submit", "button", "image", "reset"})
NEVER_NAMED = frozenset({"csrfmiddlewaretoken"})
Attributes = list[tuple[str, str | None]]
Values = list[tuple[str, str]]
Edit = tuple[int, int, str]


@dataclass(slots=True, kw_only=True)
class Control:
    """One input, textarea or option, and where it stands in the text."""

    tag: str
    attributes: dict[str, str | None]
    start: int
    end: int
    name: str = ""
    form: int | None = None
    close: int = 0
    text: str = ""
    many: bool = False

    @property
    def kind(self) -> str:
        """`text`, `checkbox` and so on; `textarea` and `option` are their own."""
        if self.tag != "input":
            return self.tag
        return (self.attributes.get("type") or "text").lower()

    @property
    def value(self) -> str:
        """What it sends when it is chosen."""
        value = self.attributes.get("value")
        if value is not None:
            return value
        return self.text.strip() if self.tag == "option" else "on"


@dataclass(slots=True, kw_only=True)
class FormFound:
    """A form of the page: where it sends to, and its controls."""

    action: str
    identity: str
    opens_at: int
    posts: bool
    controls: list[Control] = field(default_factory=list)


def fill(
    html: str, *, page: str, action: str, values: Values, note: Callable[[Values], str]
) -> str:
    """Put `values` into the form on `page` that sends to the path `action`.

    Of several such forms the one that shares most with the values is taken. `note`
    gets the values that found no place, and what it returns stands at the start of
    the form, or of the page's main part when there is no such form.
    """
    finder = _Finder(html)
    wanted = [value for value in values if value[0] not in NEVER_NAMED]
    chosen = _choose(finder.forms, page=page, action=action, values=wanted)
    place, edits, left = finder.main_at, list[Edit](), wanted
    if chosen is not None:
        place = chosen.opens_at
        edits, left = _edits(chosen, wanted)
    edits.append((place, place, note(left)))
    for start, end, text in sorted(edits, reverse=True):
        html = html[:start] + text + html[end:]
    return html


class _Finder(HTMLParser):
    """Finds forms and controls with their places in the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[FormFound] = []
        self.main_at = 0
        self._loose: list[tuple[str, Control]] = []
        self._open: int | None = None
        self._select: tuple[str, str, bool] | None = None
        self._inside: Control | None = None
        self._lines = [0]
        for line in html.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(html)
        self.close()
        for identity, control in self._loose:
            for form in self.forms:
                if form.identity == identity:
                    form.controls.append(control)

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        attributes = dict(attrs)
        start = self._place()
        end = start + len(self.get_starttag_text() or "")
        if tag in {"body", "main"}:
            self.main_at = end
        elif tag == "form":
            self._open_form(attributes, end)
        elif tag == "select":
            self._select = (
                attributes.get("name") or "",
                attributes.get("form") or "",
                "multiple" in attributes,
            )
        elif tag in {"input", "textarea", "option"}:
            self._add(
                Control(tag=tag, attributes=attributes, start=start, end=end, close=end)
            )

    def _open_form(self, attributes: dict[str, str | None], end: int) -> None:
        self._open = len(self.forms)
        self.forms.append(
            FormFound(
                action=attributes.get("action") or attributes.get("hx-post") or "",
                identity=attributes.get("id") or "",
                opens_at=end,
                posts=(attributes.get("method") or "").lower() == "post"
                or "hx-post" in attributes,
            )
        )

    def _add(self, control: Control) -> None:
        owner = control.attributes.get("form") or ""
        control.name = control.attributes.get("name") or ""
        if control.tag == "option":
            if self._select is None:
                return
            control.name, owner, control.many = self._select
        if control.tag in {"textarea", "option"}:
            self._inside = control
        if owner:
            self._loose.append((owner, control))
        elif self._open is not None:
            self.forms[self._open].controls.append(control)

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self._inside.text += data

    def handle_endtag(self, tag: str) -> None:
        if self._inside is not None and tag == self._inside.tag:
            self._inside.close = self._place()
            self._inside = None
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None


def _choose(
    forms: list[FormFound], *, page: str, action: str, values: Values
) -> FormFound | None:
    names = {name for name, _ in values}

    def shared(form: FormFound) -> tuple[int, int]:
        hidden = [c for c in form.controls if c.kind == "hidden"]
        agreeing = sum((c.name, c.value) in values for c in hidden)
        return agreeing, len({c.name for c in form.controls} & names)

    fitting = [
        form
        for form in forms
        if form.posts and urlsplit(urljoin(page, form.action)).path == action
    ]
    return max(fitting, key=shared, default=None)


def _edits(form: FormFound, values: Values) -> tuple[list[Edit], Values]:
    left = list(values)
    edits = []
    names = {name for name, _ in values}
    for control in form.controls:
        if not control.name or control.kind in NEVER_FILLED:
            continue
        if control.kind in {"checkbox", "radio", "option"}:
            mark = "selected" if control.tag == "option" else "checked"
            is_sent = (control.name, control.value) in values
            edits.append(_marked(control, mark=mark, is_on=is_sent))
            left = [value for value in left if value != (control.name, control.value)]
        elif control.name in names:
            sent = next((value for value in left if value[0] == control.name), None)
            if sent is not None:
                left.remove(sent)
                edits.append(_typed(control, sent[1]))
    return edits, left


def _marked(control: Control, *, mark: str, is_on: bool) -> Edit:
    attributes = {name: v for name, v in control.attributes.items() if name != mark}
    if is_on:
        attributes[mark] = None
    return control.start, control.end, _tag(control.tag, attributes)


def _typed(control: Control, value: str) -> Edit:
    if control.tag == "textarea":
        # A browser drops one newline right after the tag.
        return control.end, control.close, "\n" + escape(value, quote=False)
    attributes = {**control.attributes, "value": value}
    return control.start, control.end, _tag(control.tag, attributes)


def _tag(name: str, attributes: dict[str, str | None]) -> str:
    written = [
        attribute if value is None else f'{attribute}="{escape(value)}"'
        for attribute, value in attributes.items()
    ]
    return f"<{' '.join([name, *written])}>"
