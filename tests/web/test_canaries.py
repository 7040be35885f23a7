"""What a role may not read is on no page of theirs: planted words, every address.

The words hold markup as well, so the same walk shows that nothing that was stored
becomes part of a page (SECURITY S4, S14, P4).
"""

import pytest

from clinic.staff.roles import Role
from tests import factories
from tests.web.walk import MARKUP, NAME, WORD, as_role, walked, written

pytestmark = pytest.mark.django_db


def having(role: Role, words: str) -> list[str]:
    """The addresses whose answer to the role has the words."""
    return [one.name for one in walked(role).answers if words in one.whole]


@pytest.mark.parametrize("role", [as_role(Role.PRACTITIONER)])
def test_a_practitioner_reads_it_and_none_of_it_becomes_markup(role: Role) -> None:
    assert len(having(role, WORD)) > 3
    assert len(having(role, NAME)) > 10
    assert not having(role, MARKUP)


@pytest.mark.parametrize("role", [as_role(Role.FRONT_DESK)])
def test_the_desk_reads_names_and_nothing_clinical(role: Role) -> None:
    assert len(having(role, NAME)) > 5
    assert not having(role, WORD)
    assert not having(role, MARKUP)


@pytest.mark.parametrize("role", [as_role(Role.OWNER)])
def test_an_owner_reads_neither_names_nor_charts(role: Role) -> None:
    assert not having(role, NAME)
    assert not having(role, WORD)


@pytest.mark.parametrize("role", [as_role(Role.PRACTITIONER)])
def test_no_name_stands_in_an_address_or_a_title(role: Role) -> None:
    """UX 5.2: a title goes to the browser's history, like the address."""
    titles = {
        one.name: one.body.partition("<title>")[2].partition("</title>")[0]
        for one in walked(role).answers
    }
    assert not [name for name, title in titles.items() if NAME in title]
    assert not [link for link in walked(role).links if NAME in link]


def test_the_words_are_planted_where_they_can_be() -> None:
    """The control: a patient's page without its words would prove nothing."""
    patient = factories.make_patient()
    assert written("patients.Patient", "clinical_note", WORD) == 1
    patient.refresh_from_db()
    assert patient.clinical_note == WORD
