"""Names for the search: spelling habits do not matter, and nothing crashes it."""
# ruff: noqa: RUF001

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.records import names

SAME_WHEN_FOLDED = [
    ("Müller", "muller"),
    ("STRAẞE", "strasse"),
    ("straße", "strasse"),
    ("İstanbul", "istanbul"),
    ("Łódź", "lodz"),
    ("Nguyễn", "nguyen"),
    ("Søren Æbelø", "soren aebelo"),
    ("O'Connell", "oconnell"),
    ("O’Connell", "oconnell"),
    ("Smith-Jones", "smith jones"),
    ("  two   spaces ", "two spaces"),
    ("Þór", "thor"),
    ("Ελένη", "ελενη"),
    ("山田 太郎", "山田 太郎"),
    ("...", ""),
]
ALIKE = [
    ("Amara Okafor", "Okafor Amara"),
    ("Amara Okafor", "AMARA OKÁFOR"),
    ("Amara Grace Okafor", "Amara Okafor"),
    ("Amara Okafor", "Amara Okafo"),
    ("Jon Smith", "John Smith"),
    ("J Smith", "John Smith"),
    ("Maria Sample", "Mraia Sample"),
    ("Katherine Hall", "Katharyne Hall"),
    ("Amara", "Amara Okafor"),
]
UNLIKE = [
    ("Amara Okafor", "Binta Okafor"),
    ("Amara Okafor", "Amara Whitfield"),
    ("Jon Smith", "Joanna Smith"),
    ("Li Wang", "Lu Wang"),
    ("Maria Sample", "Marta Simple"),
    ("", "Amara Okafor"),
    ("Katherine Hall", "Kethorine Holl"),
]


@pytest.mark.parametrize(("written", "folded"), SAME_WHEN_FOLDED)
def test_spelling_habits_fold_to_the_same(written: str, folded: str) -> None:
    assert names.fold(written) == folded


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_of_probably_one_person_are_alike(one: str, other: str) -> None:
    assert names.alike(names.words_of(one), names.words_of(other))
    assert names.alike(names.words_of(other), names.words_of(one))


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_names_of_two_people_are_not_alike(one: str, other: str) -> None:
    assert not names.alike(names.words_of(one), names.words_of(other))
    assert not names.alike(names.words_of(other), names.words_of(one))


def test_an_umlaut_is_found_in_both_ways_of_typing_it() -> None:
    stored = names.search_name(family="Müller", given="Jürgen")
    assert stored == " muller mueller jurgen juergen"


def test_a_long_word_may_slip_twice_and_a_short_one_once() -> None:
    assert names.slips("abcdefg", "abcxyfg") == 2
    assert not names.alike(frozenset({"abcdefg"}), frozenset({"abcxyfg"}))
    assert names.alike(frozenset({"abcdefgh"}), frozenset({"abcxyfgh"}))


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert names.fold(names.fold(text)) == names.fold(text)


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_what_the_search_reads_fits_its_column(one: str, two: str, three: str) -> None:
    stored = names.search_name(family=one, given=two, preferred=three)
    assert len(stored) <= names.SEARCH_NAME_LENGTH
    assert "  " not in stored
    assert not stored or stored.startswith(" ")


@given(st.text(alphabet=string.ascii_letters + "äöüßé'- ", max_size=40))
def test_every_word_typed_is_found_in_what_is_stored(name: str) -> None:
    stored = names.search_name(family="", given=name)
    for way in names.spellings(name):
        assert all(f" {word}" in stored for word in way.split())


@given(st.text(alphabet="abc", max_size=8), st.text(alphabet="abc", max_size=8))
def test_slips_count_the_same_both_ways(one: str, other: str) -> None:
    assert names.slips(one, other) == names.slips(other, one)
    assert (names.slips(one, other) == 0) == (one == other)
    assert names.slips(one, other) <= max(len(one), len(other))
