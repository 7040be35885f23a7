"""Pages are taken apart as the standard library's parser does, only sooner."""

from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.pages import Page, html

TRICKY = """<!doctype html><html lang=en><!-- <p> --><BODY Data-x='a "b"'>
<p title="1 > 0 &amp; more">A &lt;b&gt;<br>c<img src="/x.svg"/><svg><path d="M0 0"/>
<use href="#a" /></svg></p><input disabled value="">1 < 2</body></html>"""


class Standard(HTMLParser):
    """Every element and every text, in order."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.begun: list[tuple[str, dict[str, str]]] = []
        self.said = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.begun.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.said += data


def compare(source: str) -> Page:
    page, standard = Page(source), Standard(source)
    assert [(e.tag, e.attributes) for e in page.elements] == standard.begun
    assert page.text == " ".join(standard.said.split())
    return page


def test_tricky_markup_is_read_as_the_standard_reads_it() -> None:
    page = compare(TRICKY)
    (use,) = page.all("use")
    assert [around.tag for around in use.around] == ["html", "body", "p", "svg"]
    assert page.all("p")[0].text.split() == ["A", "<b>c"]


@pytest.mark.django_db
def test_a_whole_page_is_read_as_the_standard_reads_it() -> None:
    page = compare(html(Client().get(reverse("clinic:help"))))
    assert len(page.elements) > 30
