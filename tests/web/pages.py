"""Reading answers in tests: sign in, ask, and take the page apart."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
)
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from clinic.staff.models import User

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "wbr"})
LABELLED = frozenset({"input", "select", "textarea"})
UNLABELLED_TYPES = frozenset({"hidden", "submit", "button"})
# Well-formed pages in one pass, three times as fast as `html.parser`.
MARKUP = re.compile(
    r"<!--.*?-->|<![^>]*>|<(?P<is_end>/?)(?P<tag>[a-zA-Z][^\s/>]*)"
    r"(?P<attributes>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r"""([^\s=/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s]+)))?""")


def signed_in(user: User) -> Client:
    """A browser in which this person is signed in; nothing but that is written."""
    client, session = Client(), SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def html(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())


@dataclass(eq=False, slots=True)
class Element:
    """One element: its name, attributes, and the elements around it."""

    tag: str
    attributes: dict[str, str]
    around: tuple["Element", ...] = field(repr=False)
    said: list[str] = field(repr=False)  # all texts of the page, in order
    begin: int = field(repr=False)
    end: int | None = field(repr=False, default=None)  # open: to the end of the page

    @property
    def text(self) -> str:
        """What stands between its tags, within other elements as well."""
        return "".join(self.said[self.begin : self.end])


@dataclass
class Page:
    """A page taken apart; `faults` says what no page may have."""

    source: str = field(repr=False)
    elements: list[Element] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self._open: list[Element] = []
        self._said: list[str] = []
        at = 0
        for found in MARKUP.finditer(self.source):
            if found.start() > at:
                self._said.append(unescape(self.source[at : found.start()]))
            at = found.end()
            if found["is_end"]:
                self._end(found["tag"].lower())
            elif found["tag"]:
                self._begin(found["tag"].lower(), found["attributes"])
        self._said.append(unescape(self.source[at:]))

    def __hash__(self) -> int:
        return id(self)

    def _begin(self, tag: str, text: str) -> None:
        attributes = {
            name.lower(): unescape(one or other or bare)
            for name, one, other, bare in ATTRIBUTE.findall(text)
        }
        around, here = tuple(self._open), len(self._said)
        element = Element(tag, attributes, around, self._said, here)
        self.elements.append(element)
        if tag in VOID or text.endswith("/"):
            element.end = here
        else:
            self._open.append(element)

    def _end(self, tag: str) -> None:
        while self._open:
            closed = self._open.pop()
            closed.end = len(self._said)
            if closed.tag == tag:
                return

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements of a name that have these attributes."""
        return [
            e
            for e in self.elements
            if e.tag == tag
            and all(e.attributes.get(k) == v for k, v in attributes.items())
        ]

    @property
    def text(self) -> str:
        """What is read, in one line."""
        roots = [e for e in self.elements if not e.around]
        return " ".join(" ".join(e.text for e in roots).split())

    def faults(self) -> list[str]:
        """What breaks a page: labels, ids, headings, inline code, csrf."""
        return [
            *self._heading_faults(),
            *self._id_faults(),
            *self._label_faults(),
            *self._group_faults(),
            *self._inline_faults(),
            *self._form_faults(),
        ]

    def _heading_faults(self) -> list[str]:
        count = len(self.all("h1"))
        return [] if count == 1 else [f"{count} h1"]

    def _id_faults(self) -> list[str]:
        ids = [e.attributes["id"] for e in self.elements if "id" in e.attributes]
        twice = [i for i, count in Counter(ids).items() if count > 1]
        named = {
            e.attributes[a]
            for e in self.elements
            for a in ("for", "aria-labelledby", "aria-describedby")
            if a in e.attributes
        }
        missing = {i for names in named for i in names.split()} - set(ids)
        return [f"id twice: {i}" for i in twice] + [f"no such id: {i}" for i in missing]

    def _label_faults(self) -> list[str]:
        labelled = {e.attributes.get("for") for e in self.all("label")}
        return [
            f"no label: {e.attributes}"
            for e in self.elements
            if e.tag in LABELLED
            and e.attributes.get("type") not in UNLABELLED_TYPES
            and e.attributes.get("id") not in labelled
            and not any(around.tag == "label" for around in e.around)
            and not {"aria-label", "aria-labelledby"} & set(e.attributes)
        ]

    def _group_faults(self) -> list[str]:
        """A legend names its group only as a child of it; nothing else is read out."""
        legends = [e.around[-1] for e in self.all("legend") if e.around]
        return [
            f"group without a name: {group.attributes}"
            for group in self.all("fieldset")
            if group not in legends
            and not {"aria-label", "aria-labelledby"} & set(group.attributes)
        ]

    def _inline_faults(self) -> list[str]:
        return [
            f"inline {name} on {e.tag}"
            for e in self.elements
            for name in e.attributes
            if name == "style" or name.startswith("on")
        ] + ["inline script" for e in self.all("script") if not e.attributes.get("src")]

    def _form_faults(self) -> list[str]:
        tokens = self.all("input", name="csrfmiddlewaretoken")
        inside = [
            f"form inside a form: {form.attributes}"
            for form in self.all("form")
            if any(around.tag == "form" for around in form.around)
        ]
        return inside + [
            f"no csrf token: {form.attributes}"
            for form in self.all("form", method="post")
            if not any(form in token.around for token in tokens)
        ]
