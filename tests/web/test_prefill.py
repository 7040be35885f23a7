"""Typed values go back into the fields of a rendered page, exactly."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clinic.web.prefill import Values, fill

PAGE = """<body><main><h1>Room</h1>
<form method="get" action="/rooms/1/"><input name="name" value="search"></form>
<form method="post" action="/rooms/2/"><input name="name" value="other"></form>
<form class="x" method="post" novalidate>
<input type="hidden" name="csrfmiddlewaretoken" value="new">
<input type="hidden" name="version" value="7">
<input name="name" value="old">
<input name="code" type="password">
<textarea name="notes">before &amp; after</textarea>
<select name="site"><option value="1" selected>One</option>
<option value="2">Two</option></select>
<select name="days" multiple><option>Mon</option><option selected>Tue</option></select>
<input type="radio" name="kind" value="a" checked>
<input type="radio" name="kind" value="b">
<input type="checkbox" name="zone" value="L" checked>
<input type="checkbox" name="zone" value="R">
<input name="at" value=""><input name="at" value="">
<button name="name" value="save">Save</button>
</form></main></body>"""


def refill(values: Values, page: str = PAGE, action: str = "/rooms/1/") -> str:
    return fill(page, page="/rooms/1/", action=action, values=values, note=str)


class Sent(HTMLParser):
    """What a browser would send from the last form of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: list[tuple[str, str]] = []
        self._select = ""
        self._text: tuple[str, bool] | None = None
        self._said = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "form":
            self.values = []
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text, self._said = (name, True), ""
        elif tag == "option" and "value" not in found:
            self._text, self._said = (self._select, "selected" in found), ""
        elif is_sent(tag, found):
            self.values.append((name or self._select, found.get("value") or ""))

    def handle_data(self, data: str) -> None:
        self._said += data

    def handle_endtag(self, tag: str) -> None:
        if self._text and tag in {"textarea", "option"}:
            name, is_sent = self._text
            if is_sent:
                self.values.append((name, self._said.removeprefix("\n")))
            self._text = None


def is_sent(tag: str, found: dict[str, str | None]) -> bool:
    if tag == "option":
        return "selected" in found
    chosen = found.get("type") not in {"radio", "checkbox"} or "checked" in found
    return tag == "input" and chosen


TYPED = [
    ("version", "6"),
    ("name", 'Blue "room" <b>'),
    ("notes", "one\ntwo </textarea> &amp; three"),
    ("site", "2"),
    ("days", "Mon"),
    ("kind", "b"),
    ("zone", "R"),
    ("at", "08:00"),
    ("at", "09:00"),
]


def test_every_kind_of_field_gets_its_value_back() -> None:
    sent = Sent(refill(TYPED)).values
    assert [v for v in sent if v[0] not in {"csrfmiddlewaretoken", "code"}] == TYPED


def test_the_token_of_the_new_page_stays_and_passwords_are_never_filled() -> None:
    sent = Sent(
        refill([*TYPED, ("csrfmiddlewaretoken", "old"), ("code", "secret")])
    ).values
    assert ("csrfmiddlewaretoken", "new") in sent
    assert ("code", "") in sent


def test_other_forms_of_the_page_stay_as_they_are() -> None:
    html = refill(TYPED)
    assert '<input name="name" value="search">' in html
    assert '<input name="name" value="other">' in html


def test_what_was_not_sent_is_not_chosen() -> None:
    sent = Sent(refill([("name", "Blue")])).values
    assert not [v for v in sent if v[0] in {"kind", "zone", "days"}]


def test_what_finds_no_place_is_said_at_the_start_of_the_form() -> None:
    html = refill([("name", "Blue"), ("gone", "typed words")])
    start = html.index("novalidate>") + len("novalidate>")
    assert html[start:].startswith("[('gone', 'typed words')]")


def test_without_the_form_everything_is_said_at_the_start_of_the_page() -> None:
    html = refill([("name", "Blue")], action="/elsewhere/")
    assert "<main>[('name', 'Blue')]<h1>" in html


def test_of_two_forms_to_one_address_the_one_with_the_same_hidden_values_is_taken() -> (
    None
):
    two = "".join(
        f'<form method="post" action="/rooms/1/"><input type="hidden" name="row" '
        f'value="{row}"><input name="name" value=""></form>'
        for row in "12"
    )
    html = refill([("row", "1"), ("name", "Blue")], page=two)
    assert html.index('value="Blue"') < html.index('value="2"')


def test_a_field_outside_its_form_is_found_by_its_form_attribute() -> None:
    page = '<input name="name" form="f"><form id="f" method="post"></form>'
    assert 'value="Blue"' in refill([("name", "Blue")], page=page)


@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n")),
    line=st.text(st.characters(exclude_categories=["Cs", "Cc"])),
)
@example(text="\n\nstarts with lines", line='"')
def test_any_text_comes_back_unchanged(text: str, line: str) -> None:
    values = dict(Sent(refill([("name", line), ("notes", text)])).values)
    assert (values["name"], values["notes"]) == (line, text)


@pytest.mark.parametrize("page", ["", "<p>no form", "<form method=post>", "<<<>"])
def test_a_broken_page_breaks_nothing(page: str) -> None:
    assert "[" in refill([("name", "Blue")], page=page)
