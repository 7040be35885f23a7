"""Ways to see what fewer than ten people got from the report, each of them closed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from clinic.rules.book import load_book
from patients.models import PatientCondition
from sessions.models import Plan, Score
from sessions.reports import behind, files, pictures, report
from sessions.reports.queries import outcomes
from tests import factories
from tests.db.test_report_queries import LAST, PERIOD, TREATED, Clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def _many(clinic: Clinic, count: int, *, kind: str = "ACNE_ROLLING") -> list[Plan]:
    plans = [clinic.reviewed(10, 5) for _ in range(count)]
    PatientCondition.objects.filter(plans__in=plans).update(kind=kind)
    return plans


def _rated(plan: Plan, clinic: Clinic) -> None:
    Score.objects.create(
        patient=plan.patient,
        condition=plan.condition,
        plan=plan,
        scale="nrs-own",
        value=7,
        rater="patient",
        rated_on=LAST,
        rated_by=clinic.practitioner,
        recorded_at=factories.NOW,
    )


def test_ten_plans_of_nine_people_are_nine_people(clinic: Clinic) -> None:
    first, *_rest, last = _many(clinic, 10)
    assert outcomes.outcomes(PERIOD).whole.is_shown
    Plan.objects.filter(pk=last.pk).update(patient=first.patient)
    found = outcomes.outcomes(PERIOD)
    assert not found.whole.is_shown
    assert not found.conditions["ACNE_ROLLING"].is_shown
    assert not any(group.is_shown for group in (*found.depths, *found.months))
    for of in ("outcome", "outcome:ACNE_ROLLING", "depth:ACNE_ROLLING:pen:1.50"):
        with pytest.raises(behind.TooFewError):
            behind.behind(of, PERIOD)


def test_the_own_rating_of_nine_among_ten_is_not_shown(clinic: Clinic) -> None:
    *nine, tenth = _many(clinic, 10)
    for plan in nine:
        _rated(plan, clinic)
    assert outcomes.outcomes(PERIOD).whole.own is None
    _rated(tenth, clinic)
    assert outcomes.outcomes(PERIOD).whole.own == Decimal("7.0")


def test_the_list_of_all_leaves_out_the_conditions_of_few(clinic: Clinic) -> None:
    _many(clinic, 10)
    few = _many(clinic, 9, kind="MELASMA")
    listed = {line.patient for line in behind.behind("outcome", PERIOD).lines}
    assert len(listed) == 10
    assert not listed & {plan.patient for plan in few}
    _many(clinic, 1, kind="MELASMA")
    assert len(behind.behind("outcome", PERIOD).lines) == 20


def test_no_list_opens_when_every_condition_has_few(clinic: Clinic) -> None:
    _many(clinic, 9)
    _many(clinic, 9, kind="MELASMA")
    assert outcomes.outcomes(PERIOD).whole.is_shown
    with pytest.raises(behind.TooFewError):
        behind.behind("outcome", PERIOD)
    counted = report.progress(PERIOD, now=factories.NOW)
    assert not pictures.figures(counted, is_own=False)[1].of


def test_the_whole_less_its_parts_tells_nothing_of_few(clinic: Clinic) -> None:
    _many(clinic, 10)
    few = [clinic.reviewed(10, 1) for _ in range(9)]
    PatientCondition.objects.filter(plans__in=few).update(kind="MELASMA")
    found = outcomes.outcomes(PERIOD)
    assert found.conditions["ACNE_ROLLING"].is_shown
    assert (found.whole.plans, found.whole.median) == (10, Decimal("50.0"))
    assert outcomes.by_condition(PERIOD).whole == found.whole
    _many(clinic, 1, kind="FINE_LINES")
    assert outcomes.outcomes(PERIOD).whole.plans == 10
    _many(clinic, 1, kind="MELASMA")
    assert outcomes.outcomes(PERIOD).whole.plans == 20


def test_a_filter_that_leaves_few_closes_figures_and_lists(clinic: Clinic) -> None:
    plans = _many(clinic, 10)
    other = factories.make_practitioner(site=clinic.site)
    Plan.objects.filter(pk=plans[0].pk).update(practitioner=other)
    elsewhere = factories.make_site()
    for part in (
        replace(PERIOD, practitioner_id=other.pk),
        replace(PERIOD, practitioner_id=clinic.practitioner.pk),
        replace(PERIOD, site_id=elsewhere.pk),
        replace(PERIOD, condition="MELASMA"),
    ):
        assert not outcomes.outcomes(part).whole.is_shown
        with pytest.raises(behind.TooFewError):
            behind.behind("outcome", part)


def test_a_list_names_no_practitioner_with_few_of_its_people(clinic: Clinic) -> None:
    plans = _many(clinic, 19)
    other = factories.make_practitioner(site=clinic.site)
    Plan.objects.filter(pk__in=[one.pk for one in plans[:9]]).update(practitioner=other)
    lines = behind.behind("outcome:ACNE_ROLLING", PERIOD).lines
    named = {
        line.plan.practitioner_id
        for line in lines
        if line.is_practitioner_shown and line.plan
    }
    assert named == {clinic.practitioner.pk}
    assert sum(not line.is_practitioner_shown for line in lines) == 9


def test_months_of_few_have_no_figure(clinic: Clinic) -> None:
    _many(clinic, 10)
    clinic.reviewed(10, 2, wait=LAST.day + 60)
    clinic.reviewed(10, 2, wait=100)
    months = outcomes.outcomes(PERIOD).months
    assert sum(group.is_shown for group in months) == 1
    review = TREATED + timedelta(days=outcomes.REVIEW_AFTER_DAYS)
    rest = replace(PERIOD, first_day=review + timedelta(days=1))
    assert not outcomes.outcomes(rest).whole.is_shown
    with pytest.raises(behind.TooFewError):
        behind.behind("outcome", rest)


@pytest.mark.parametrize("name", ["outcomes", "depths"])
def test_files_hide_what_the_page_hides(clinic: Clinic, name: str) -> None:
    _many(clinic, 9)
    counted = report.progress(PERIOD, now=factories.NOW)
    table = files.table(name, counted, load_book())
    assert table is not None
    (row,) = table.rows
    assert Decimal("50.0") not in row
    assert 9 not in row


@pytest.mark.parametrize("depth", ["NaN", "sNaN", "Infinity", "deep"])
def test_a_depth_that_is_no_number_is_refused(clinic: Clinic, depth: str) -> None:
    _many(clinic, 1)
    with pytest.raises(behind.UnknownListError):
        behind.behind(f"depth:ACNE_ROLLING:pen:{depth}", PERIOD)
