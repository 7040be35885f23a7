"""What is repeated is what the product made; and where that is in doubt, it is made."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from patients.models import Patient
from sessions.charting.actions import starting
from tests import factories
from tests.chair import make_chair
from tests.kept import Shelf, shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare() -> Iterator[Shelf]:
    """The shelf without what other tests put on it, nor keeps what this one does."""
    others, shelf.records = shelf.records, {}
    yield shelf
    shelf.records = others


def everything() -> dict[str, list[Any]]:
    """Every row of the database."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            found[table] = cursor.fetchall()
    return {table: rows for table, rows in found.items() if rows}


def fields(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name[0] != "_"}


def test_a_repeated_beginning_is_row_for_row_what_the_product_made(
    bare: Shelf,
) -> None:
    point = transaction.savepoint()
    chair = make_chair()
    session = chair.signed()
    made, next_key = everything(), factories.make_site().pk
    transaction.savepoint_rollback(point)
    assert len(made) > 20
    first, second = bare.records.values()
    repeated = first.repeat(None)
    again = second.repeat(repeated)
    assert everything() == made
    assert factories.make_site().pk == next_key
    assert repr(repeated) == repr(chair)
    assert fields(again) == fields(session)
    assert fields(repeated.plan) == fields(chair.plan)


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_of_two_chairs_is_opened_by_itself(time: str) -> None:
    one, other = make_chair(), make_chair()
    assert other.open().patient == other.patient
    assert one.open().patient == one.patient
    assert one.patient != other.patient


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_sheet_holds_the_rows_of_its_chair(time: str) -> None:
    chair = make_chair()
    assert chair.start().visit.patient is chair.patient


def test_after_another_write_it_is_made_anew(bare: Shelf) -> None:
    chair = make_chair()
    Patient.objects.update(desk_note="Comes late")
    chair.open()
    assert len(bare.records) == 1
    assert chair.patient.pk == Patient.objects.get(desk_note="Comes late").pk


def test_after_a_write_that_was_taken_back_it_is_made_anew(bare: Shelf) -> None:
    point = transaction.savepoint()
    factories.make_site()
    transaction.savepoint_rollback(point)
    make_chair()
    assert not bare.records


def test_where_something_is_replaced_the_replaced_is_called(
    bare: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        raise LookupError

    monkeypatch.setattr(starting, "start", refuse)
    with pytest.raises(LookupError):
        make_chair().start()
    assert not bare.records


@pytest.mark.django_db(transaction=True)
def test_in_a_real_transaction_everything_is_made(bare: Shelf) -> None:
    make_chair().start()
    assert not bare.records
