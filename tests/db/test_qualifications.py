"""Who may needle how deep, on which day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.models import User
from clinic.staff.queries import valid_depth_mm
from clinic.staff.roles import Role
from tests import factories
from tests.factories import NOW, TODAY


@pytest.fixture
def nurse(db: None) -> User:
    return factories.make_user(Role.PRACTITIONER)


def test_without_a_qualification_there_is_no_depth(nurse: User) -> None:
    assert valid_depth_mm(nurse, TODAY) is None


def test_the_greatest_valid_depth_counts(nurse: User) -> None:
    for depth_mm in ("0.50", "1.50", "1.00"):
        factories.make_qualification(user=nurse, greatest_depth_mm=Decimal(depth_mm))
    factories.make_qualification(user=factories.make_user(Role.PRACTITIONER))
    assert valid_depth_mm(nurse, TODAY) == Decimal("1.50")


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "valid"),
    [
        (TODAY, TODAY, True),
        (TODAY + timedelta(days=1), None, False),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), False),
        (TODAY - timedelta(days=9), None, True),
    ],
    ids=["exactly today", "from tomorrow", "until yesterday", "without an end"],
)
def test_a_qualification_counts_on_its_own_days(
    nurse: User, valid_from: date, valid_until: date | None, valid: bool
) -> None:
    factories.make_qualification(
        user=nurse, valid_from=valid_from, valid_until=valid_until
    )
    assert (valid_depth_mm(nurse, TODAY) is not None) is valid


def test_a_withdrawn_qualification_counts_no_more(nurse: User) -> None:
    factories.make_qualification(user=nurse, withdrawn_at=NOW)
    assert valid_depth_mm(nurse, TODAY) is None
