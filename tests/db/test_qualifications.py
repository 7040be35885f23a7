"""Who may needle how deep, on which day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from clinic.models import DepthScope, User
from clinic.rules.book import load_book
from clinic.staff.models import QUALIFICATION_LABELS
from clinic.staff.queries import permits_of, valid_depth_mm
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


def law_of(place: str) -> None:
    DepthScope.objects.update_or_create(
        pk=1, defaults={"jurisdiction": place, "checked_on": TODAY}
    )


def test_the_rules_by_law_name_the_qualifications_that_there_are() -> None:
    named = {kind for rule in load_book().scope for kind in rule.qualifications}
    assert named == set(QUALIFICATION_LABELS)


@pytest.mark.parametrize(
    ("place", "held", "expected"),
    [
        ("", [("aesthetic", "2.00")], "2.00"),
        ("Utah", [("aesthetic", "2.00")], "1.5"),
        ("Utah", [("aesthetic", "1.00")], "1.00"),
        ("Utah", [("needling", "2.00")], "1.5"),
        ("Utah", [("aesthetic", "1.00"), ("medical", "0.50")], "1.00"),
        ("Utah", [("needling", "3.00"), ("nursing", "0.50")], "2.5"),
        ("Florida", [("aesthetic", "2.00")], "2.00"),
        ("Illinois, Ohio, California and others", [("aesthetic", "2.00")], None),
        ("Illinois, Ohio, California and others", [("nursing", "2.00")], "2.00"),
    ],
)
@pytest.mark.regression
def test_the_smaller_of_law_and_qualification_counts(
    nurse: User, place: str, held: list[tuple[str, str]], expected: str | None
) -> None:
    law_of(place)
    for kind, depth_mm in held:
        factories.make_qualification(
            user=nurse, kind=kind, greatest_depth_mm=Decimal(depth_mm)
        )
    wanted = None if expected is None else Decimal(expected)
    assert valid_depth_mm(nurse, TODAY) == wanted
    permits = permits_of([nurse.pk])
    days = {"first": TODAY, "last": TODAY + timedelta(days=3)}
    assert permits.reaches(nurse.pk, wanted, **days) is (
        wanted is not None and (place, wanted) not in NO_QUALIFICATION_ALONE
    )
    if wanted is not None:
        assert not permits.reaches(nurse.pk, wanted + Decimal("0.01"), **days)


# There the slower way is taken, day by day.
NO_QUALIFICATION_ALONE = {("Utah", Decimal("2.5")), ("Florida", Decimal("2.00"))}


@pytest.mark.regression
def test_a_licence_that_has_run_out_widens_nothing(nurse: User) -> None:
    law_of("Arizona")
    factories.make_qualification(user=nurse, kind="aesthetic")
    factories.make_qualification(user=nurse, kind="medical", valid_until=TODAY)
    assert valid_depth_mm(nurse, TODAY) == Decimal("2.5")
    assert valid_depth_mm(nurse, TODAY + timedelta(days=1)) == Decimal("0.5")


def test_how_deep_everybody_may_go_is_one_query(
    nurse: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    law_of("Utah")
    factories.make_qualification(user=nurse)
    with django_assert_num_queries(1):
        permits_of([nurse.pk]).depth_mm(nurse.pk, TODAY)
