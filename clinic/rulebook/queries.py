"""The rule book as it holds in this clinic: the shipped book and its modes here."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from django.db import connection

from clinic.rulebook.models import RuleSetting
from clinic.rules.book import RuleBook, load_book

SHORT_DIGEST = 6
# One place for the book of the request that is being answered; None outside of one.
_kept: "ContextVar[list[EffectiveBook] | None]" = ContextVar("_kept", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveBook:
    """The book, the rules that run strict here, and those nobody overrides here.

    `revision` names both the shipped knowledge and the modes: the same revision
    means the same decisions. It is stored with every decision.
    """

    book: RuleBook
    strict: frozenset[str]
    fixed: frozenset[str]
    revision: str


def effective_book() -> EffectiveBook:
    """The book in force now: kept per process, checked by one small query.

    The few rules that do not run as shipped are themselves the check, so that
    nothing stale survives a roll-back or a restored database. While a page is only
    read (`read_once`), the first answer holds.
    """
    kept = _kept.get()
    if kept is None:
        return _read()
    if not kept:
        kept.append(_read())
    return kept[0]


@contextmanager
def read_once() -> Iterator[None]:
    """Within it the book is asked for once: for what changes nothing itself."""
    token = _kept.set([])
    try:
        yield
    finally:
        _kept.reset(token)


# Asked for every page with a rule on it: the ORM took longer to write it than the
# database to answer.
_CHANGED = """
SELECT code, strict, NOT overridable FROM clinic_rulesetting
 WHERE strict OR NOT overridable
"""


def _read() -> EffectiveBook:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED)
        changed = cursor.fetchall()
    return in_modes(
        strict=[code for code, is_strict, _is_fixed in changed if is_strict],
        fixed=[code for code, _is_strict, is_fixed in changed if is_fixed],
    )


def in_modes(*, strict: Iterable[str] = (), fixed: Iterable[str] = ()) -> EffectiveBook:
    """The shipped book with some rules strict and some that nobody overrides."""
    return _in_modes(frozenset(strict), frozenset(fixed))


@lru_cache(maxsize=16)
def _in_modes(strict: frozenset[str], fixed: frozenset[str]) -> EffectiveBook:
    book = load_book()
    return EffectiveBook(
        book=book,
        strict=strict,
        fixed=fixed,
        revision=_revision(book, strict=strict, fixed=fixed),
    )


def _revision(book: RuleBook, *, strict: frozenset[str], fixed: frozenset[str]) -> str:
    if not strict and not fixed:
        return book.revision
    modes = f"strict {sorted(strict)} fixed {sorted(fixed)}"
    digest = hashlib.sha256(modes.encode()).hexdigest()[:SHORT_DIGEST]
    return f"{book.revision}-{digest}"


def settings_by_code() -> Mapping[str, RuleSetting]:
    """The settings of this clinic, with who changed them."""
    settings = RuleSetting.objects.select_related("changed_by")
    return MappingProxyType({setting.code: setting for setting in settings})
