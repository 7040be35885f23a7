"""Every page that opens is sound: labels, ids, one heading, forms, no dead links."""

import pytest

from clinic.staff.roles import Role
from tests.web.walk import EVERY_ROLE, walked

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_no_page_has_a_fault_that_can_be_read_off_it(role: Role) -> None:
    found = [(one.name, one.page) for one in walked(role).answers if one.page]
    assert len(found) > 15  # so that it looked at something
    assert not [f"{name}: {fault}" for name, page in found for fault in page.faults()]


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_no_page_links_to_what_is_absent_or_shut(role: Role) -> None:
    links = walked(role).links
    assert len(links) > 30
    assert not [
        f"{name}: {link} answers {status}"
        for link, (name, status) in links.items()
        if status != 200
    ]
