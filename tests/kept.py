"""Beginnings that many tests share: made by the product once, then repeated.

The first time that a test process begins with one, the real actions run, and what
they sent to the database to be written is remembered. A later test whose database
stands as it stood then gets the same rows by the same statements in one go, past
the same triggers and constraints, and a copy of the same objects. After any other
write, in a real transaction or where something is replaced, all is made anew.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

Made = TypeVar("Made")
Steps = tuple[str, ...]

# A sign-in stands in the way of nothing.
WRITTEN = """SELECT pg_current_xact_id_if_assigned()::text,
    (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables
     WHERE relname <> 'django_session')"""
SEQUENCES = """SELECT format('%I.%I', schemaname, sequencename), last_value
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"""
WRITES_NOTHING = ("SELECT", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a step wrote, and what it gave back."""

    statements: str
    around: Any
    made: Any

    def repeat(self, around: Any) -> Any:
        """Write it again; what stands `around` becomes as it was after the step."""
        with connection.cursor() as cursor:
            cursor.execute(self.statements)
        memo: dict[int, Any] = {}
        if around is not None:
            _become(around, self.around, memo)
        return deepcopy(self.made, memo)


class Shelf:
    """The records of this process, and where the test that runs now stands."""

    def __init__(self) -> None:
        self.records: dict[Steps, Record] = {}
        self.is_open = True
        self._stands_at: tuple[Any, Steps] = (None, ())

    def kept(self, step: str, make: Callable[[], Made], *, around: Any = None) -> Made:
        """What `make` makes; `around` is what it may change besides."""
        before = self._before() if self.is_open else None
        if before is None:
            return make()
        steps = (*before, f"{step} {around!r}")
        if steps in self.records:
            made: Made = self.records[steps].repeat(around)
        else:
            made = self._recorded(steps, make, around)
        self._stands_at = (_written(), steps)
        return made

    def _before(self) -> Steps | None:
        """The steps that led to the database as it stands; None when others did."""
        if not connection.in_atomic_block:
            return None
        written, (known, steps) = _written(), self._stands_at
        if written[0] is None:
            return ()
        return steps if written == known else None

    def _recorded(self, steps: Steps, make: Callable[[], Made], around: Any) -> Made:
        heard = Heard()
        begin = _sequences()
        self.is_open = False
        try:
            with connection.execute_wrapper(heard):
                made = make()
        finally:
            self.is_open = True
        end = {name: at for name, at in _sequences().items() if begin.get(name) != at}
        back = {name: begin.get(name) for name in end}
        statements = [*_set(back), *heard.statements, *_set(end)]
        if not heard.is_undone:
            around_then, made_then = deepcopy((around, made))
            self.records[steps] = Record(
                statements=";\n".join(statements), around=around_then, made=made_then
            )
        return made


class Heard:
    """Keeps the statements that write, with their values in them."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.is_undone = False

    def __call__(
        self, execute: Any, sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if sql.startswith("ROLLBACK") or many:
            self.is_undone = True
        elif not sql.startswith(WRITES_NOTHING):
            cursor = context["cursor"].cursor
            self.statements.append(cursor.mogrify(sql, params).decode())
        return execute(sql, params, many, context)


def _written() -> tuple[str | None, int]:
    """The transaction, None before its first write, and how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        transaction, count = cursor.fetchone()
    return transaction, count


def _sequences() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(SEQUENCES)
        return dict(cursor.fetchall())


def _set(places: Mapping[str, int | None]) -> list[str]:
    """Statements that put sequences in their places; None: never counted yet."""
    return [
        f"SELECT setval('{name}', {at or 1}, {'true' if at else 'false'})"
        for name, at in places.items()
    ]


def _become(one: Any, other: Any, memo: dict[int, Any]) -> None:
    """Give `one` the fields of `other`; the rows it holds stay the same objects."""
    names = [field.name for field in fields(one)]
    memo[id(other)] = one
    rows = [
        (getattr(one, name), getattr(other, name))
        for name in names
        if isinstance(getattr(other, name), Model)
    ]
    memo |= {id(there): here for here, there in rows}
    for here, there in rows:
        here.__dict__.update(deepcopy(there.__dict__, memo))
    for name in names:
        setattr(one, name, deepcopy(getattr(other, name), memo))


shelf = Shelf()
kept = shelf.kept
