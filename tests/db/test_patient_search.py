"""The search finds people by any part of what is known of them."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from patients.models import Patient
from patients.records import dates, names, queries
from tests.factories import TODAY, make_patient

pytestmark = pytest.mark.django_db


def found(text: str, limit: int = 20) -> list[int]:
    patients = queries.search(text=text, limit=limit, today=TODAY).patients
    return [patient.pk for patient in patients]


@pytest.fixture
def amara() -> Patient:
    make_patient(
        given_name="Binta",
        family_name="Whitfield",
        phone="+447700900199",
        born_on=date(1980, 12, 24),
    )
    return make_patient(
        given_name="Amára Grace",
        family_name="O'Connor-Müller",
        preferred_name="Ammi",
        phone="+447700900142",
        born_on=date(1991, 2, 3),
    )


@pytest.mark.parametrize(
    "text",
    [
        *("amara", "AMARA", "mar", "o'connor", "oconnor", "connor", "müller", "muller"),
        *(
            "mueller",
            "ammi",
            "grace amara",
            "muller grace",
            "am mu",
            "o\N{RIGHT SINGLE QUOTATION MARK}connor ama",
        ),
        *("1991-02-03", "3/2/1991", "03.02.1991", "3-2-91", "3 Feb 1991"),
        *("3 february 1991", "February 3, 1991", "amara 3/2/1991", "1991 amara"),
        *(
            "142",
            "0142",
            "900142",
            "07700 900142",
            "+44 7700 900142",
            "0044 7700 900142",
        ),
        *("amara 142", "(07700) 900-142"),
    ],
)
def test_any_part_finds_the_person_and_nobody_else(text: str, amara: Patient) -> None:
    assert found(text) == [amara.pk]


@pytest.mark.parametrize(
    "text",
    [
        *("amarx", "amara binta", "1991-02-04", "amara 24/12/1980", "143", "42"),
        *("", "   ", "'", "%", "_", "\\", "a%x", "31/02/1991 amara", "(", "- -"),
    ],
)
def test_what_does_not_fit_finds_nobody(text: str, amara: Patient) -> None:
    assert found(text) == []


def test_a_reference_finds_its_patient(amara: Patient) -> None:
    assert found(amara.reference) == [amara.pk]
    assert found(amara.reference.lower()) == [amara.pk]


def test_a_date_of_two_meanings_finds_both() -> None:
    third, second = (
        make_patient(born_on=date(1991, 2, 3)),
        make_patient(born_on=date(1991, 3, 2)),
    )
    assert set(found("3/2/1991")) == {third.pk, second.pk}


def test_one_or_two_letters_stand_at_the_start_of_a_name(amara: Patient) -> None:
    assert found("am") == [amara.pk]
    assert found("ra") == []


def test_names_that_begin_with_the_word_come_first() -> None:
    inside = make_patient(given_name="Zoe", family_name="Okafor")
    first_name = make_patient(given_name="Kafi", family_name="Zimmer")
    family_name = make_patient(given_name="Zoe", family_name="Kafka")
    assert found("kaf") == [family_name.pk, first_name.pk, inside.pk]


def test_more_than_the_limit_is_told() -> None:
    for _ in range(3):
        make_patient(family_name="Same")
    two = queries.search(text="same", limit=2, today=TODAY)
    assert (len(two.patients), two.has_more) == (2, True)
    three = queries.search(text="same", limit=3, today=TODAY)
    assert (len(three.patients), three.has_more) == (3, False)


def test_a_search_is_two_queries_at_most(
    django_assert_max_num_queries: Any, amara: Patient
) -> None:
    with django_assert_max_num_queries(2):
        found("amara 142 3/2/1991")
    with django_assert_max_num_queries(1):
        found("142 3/2/1991")


class Anything(TestCase):
    """Whatever is typed, the search answers."""

    @given(st.text(max_size=60))
    def test_no_text_breaks_the_search(self, text: str) -> None:
        queries.search(text=text, limit=5, today=TODAY)

    @given(st.text(alphabet=st.characters(categories=["L"]), min_size=3, max_size=12))
    def test_a_stored_name_is_found_by_itself(self, name: str) -> None:
        if not names.fold(name):
            return
        patient = make_patient(given_name="Zz", family_name=name)
        assert patient.pk in found(name, limit=1000)


@given(st.dates(min_value=date(1900, 1, 1), max_value=TODAY))
def test_a_written_date_is_read_back(day: date) -> None:
    for way in ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%b %d, %Y"):
        text = f"ana {day.strftime(way)} sample"
        days, rest = dates.take_days(text, today=TODAY)
        assert day in days
        assert rest.split() == ["ana", "sample"]


def test_a_year_of_two_digits_has_come() -> None:
    assert dates.take_days("3/2/26", today=TODAY)[0] == {
        date(2026, 2, 3),
        date(2026, 3, 2),
    }
    assert dates.take_days("3/2/27", today=TODAY)[0] == {
        date(1927, 2, 3),
        date(1927, 3, 2),
    }
