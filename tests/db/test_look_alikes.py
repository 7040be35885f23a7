"""Who is shown before somebody is added a second time."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.models import Patient
from patients.records import queries
from tests.factories import make_patient

pytestmark = pytest.mark.django_db
BIRTH = date(1984, 3, 7)


def newcomer(**changes: Any) -> queries.Newcomer:
    known: dict[str, Any] = {
        "given_name": "Rosa",
        "family_name": "Kilburn",
        "preferred_name": "",
        "born_on": BIRTH,
        "phone": "",
        "email": "",
    }
    return queries.Newcomer(**{**known, **changes})


def reasons(person: queries.Newcomer) -> list[tuple[str, ...]]:
    return [one.reasons for one in queries.look_alikes(person=person)]


def rosa(**changes: Any) -> Patient:
    known = {"given_name": "Rosa", "family_name": "Kilburn", "born_on": BIRTH}
    return make_patient(**{**known, **changes})


DATES = [
    (BIRTH, BIRTH, ["birth"]),
    (BIRTH, None, ["name"]),
    (None, BIRTH, ["name"]),
    (None, None, ["name"]),
    (BIRTH, date(1984, 7, 3), ["near"]),  # day and month swapped
    (BIRTH, date(1984, 3, 1), ["near"]),  # one digit of the day
    (BIRTH, date(1984, 3, 27), ["near"]),
    (BIRTH, date(1984, 8, 7), ["near"]),  # of the month
    (BIRTH, date(1934, 3, 7), ["near"]),  # of the year
    (BIRTH, date(1984, 3, 16), None),  # two digits
    (BIRTH, date(1984, 8, 3), None),
    (BIRTH, date(1948, 3, 7), None),
    (BIRTH, date(1985, 7, 3), None),  # swapped, and another year
    (date(1984, 3, 17), date(1984, 4, 17), ["near"]),  # the 17th is no month
    (date(1984, 3, 17), date(1984, 4, 18), None),
]


@pytest.mark.parametrize(("typed", "theirs", "why"), DATES)
def test_the_same_name_is_shown_unless_the_birth_dates_tell_apart(
    typed: date | None, theirs: date | None, why: list[str] | None
) -> None:
    rosa(born_on=theirs)
    shown = reasons(newcomer(born_on=typed))
    assert shown == ([] if why is None else [tuple(why)])


NAMES: list[tuple[dict[str, str], bool]] = [
    ({"given_name": "ROSA", "family_name": "Kílburn"}, True),
    ({"given_name": "Kilburn", "family_name": "Rosa"}, True),
    ({"given_name": "Rosemary", "preferred_name": "Rosa"}, True),
    ({"given_name": "Rosa", "preferred_name": "Rosie"}, True),
    ({"given_name": "Rosa Kilburn", "family_name": ""}, True),
    ({"family_name": "Kilburne"}, False),
    ({"given_name": "Rosanna"}, False),
    ({"given_name": "Rosa Maria"}, False),
    ({"given_name": "Rosa", "family_name": ""}, False),
    ({"given_name": "Kilburn", "family_name": ""}, False),
]


@pytest.mark.parametrize(("theirs", "is_shown"), NAMES)
def test_without_a_birth_date_the_full_name_must_be_the_same(
    theirs: dict[str, str], *, is_shown: bool
) -> None:
    rosa(born_on=None, **theirs)
    assert reasons(newcomer()) == ([("name",)] if is_shown else [])


def test_the_preferred_name_of_the_newcomer_counts_as_well() -> None:
    rosa(given_name="Rosie", born_on=None)
    assert reasons(newcomer(preferred_name="Rosie")) == [("name",)]


def test_an_umlaut_may_be_typed_in_two_letters() -> None:
    rosa(family_name="Mueller", born_on=None)
    assert reasons(newcomer(family_name="Müller")) == [("name",)]
    assert reasons(newcomer(family_name="Mueller")) == [("name",)]


def test_those_alike_in_more_come_first() -> None:
    rosa(born_on=None)
    second = rosa(born_on=None, phone="+447700900142")
    first, _ = queries.look_alikes(person=newcomer(phone="+447700900142"))
    assert first.patient == second
    assert first.reasons == ("name", "phone")


def test_the_same_name_stands_before_longer_ones_with_its_words() -> None:
    for number in range(queries.MOST_NAMESAKES):
        rosa(given_name=f"Rosa Maria{number}", born_on=None)
    same = rosa(born_on=None)
    assert [one.patient for one in queries.look_alikes(person=newcomer())] == [same]


def test_namesakes_are_read_from_the_index_and_no_more_than_fifty() -> None:
    rosa(born_on=None)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        queries.look_alikes(person=newcomer(born_on=None))
    (statement,) = [one["sql"] for one in asked.captured_queries]
    assert "LIMIT 50" in statement
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "patient_by_any_part" in plan
