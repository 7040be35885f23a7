"""Who is proposed for a plan: only those whose qualification reaches it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from clinic.models import Qualification
from sessions.models import Plan, ProtocolZone, Visit
from tests import factories
from tests.web.pages import Page, html
from tests.web.test_plan_builder import Desk, posted

pytestmark = pytest.mark.django_db


def limit(desk: Desk, depth_mm: str) -> None:
    Qualification.objects.filter(user=desk.practitioner).update(
        greatest_depth_mm=Decimal(depth_mm)
    )


def planned_depths() -> list[Decimal | None]:
    rows = Plan.objects.get().planned_sessions.order_by("number")
    return list(rows.values_list("planned_mm", flat=True))


@pytest.mark.parametrize(("depth_mm", "deepest"), [("1.50", "1.50"), ("1.25", "1.25")])
def test_a_plan_goes_no_deeper_than_the_only_practitioner_may(
    depth_mm: str, deepest: str
) -> None:
    desk = Desk(clinical=True)
    limit(desk, depth_mm)
    assert desk.post(desk.ask()).status_code == 302
    assert planned_depths()[-1] == Decimal(deepest)


def test_with_anybody_only_those_who_may_go_so_deep_are_proposed() -> None:
    desk = Desk()
    shallow = factories.make_practitioner(
        site=desk.site, depth_mm="1.25", full_name="Ada Shallow"
    )
    factories.make_room(site=desk.site)
    page = desk.ask()
    assert "Ada Shallow is qualified for a part of it only." in page.text
    assert desk.post(page).status_code == 302
    assert not Visit.objects.filter(practitioner=shallow).exists()
    assert max(d for d in planned_depths() if d) == Decimal("1.50")


def test_who_is_chosen_by_name_keeps_the_plan_within_their_limit() -> None:
    desk = Desk(clinical=True)
    shallow = factories.make_practitioner(
        site=desk.site, depth_mm="1.25", full_name="Ada Shallow"
    )
    told = desk.ask(practitioner="").text
    assert "Ada Shallow is qualified to 1.25 mm: choose to stay within." in told
    page = desk.ask(practitioner=shallow.pk)
    assert "Ada Shallow is qualified" not in page.text
    assert "Depths stay within 1.25 mm, as the qualification allows." in page.text
    assert "Depths stay within" not in told
    assert desk.post(page).status_code == 302
    assert set(Visit.objects.values_list("practitioner", flat=True)) == {shallow.pk}
    assert max(d for d in planned_depths() if d) == Decimal("1.25")


@pytest.mark.parametrize("clinical", [True, False])
def test_who_cannot_even_begin_it_is_not_offered(clinical: bool) -> None:
    desk = Desk(clinical=clinical)
    too_low = factories.make_practitioner(
        site=desk.site, depth_mm="0.50", full_name="Ada Shallow"
    )
    factories.make_practitioner(site=desk.site)
    page = desk.ask(practitioner=too_low.pk)
    (choice,) = page.all("select", name="practitioner")
    values = [
        e.attributes.get("value") for e in page.all("option") if choice in e.around
    ]
    assert str(too_low.pk) not in values
    assert str(desk.practitioner.pk) in values
    why = "Ada Shallow is not qualified for this."
    if clinical:
        why = "Ada Shallow is qualified to 0.50 mm, this begins deeper."
    assert why in page.text
    assert ("0.50 mm" in page.text) is clinical


def test_without_anybody_qualified_nothing_is_proposed_and_the_page_says_why() -> None:
    desk = Desk()
    Qualification.objects.all().delete()
    page = desk.ask()
    assert "Nobody here is qualified for this protocol." in page.text
    assert f"{desk.practitioner.full_name} has no valid qualification." in page.text
    assert "slot" not in posted(page)


def test_a_qualification_that_ends_hands_the_later_visits_to_another() -> None:
    desk = Desk()
    other = factories.make_practitioner(site=desk.site, full_name="Zoe Later")
    last = timezone.localdate() + timedelta(days=40)
    Qualification.objects.filter(user=desk.practitioner).update(valid_until=last)
    page = desk.ask()
    name = desk.practitioner.get_short_name()
    assert f"{name} is not qualified for it on" in page.text
    assert desk.post(page).status_code == 302
    for visit in Visit.objects.all():
        expected = desk.practitioner if visit.day <= last else other
        assert visit.practitioner == expected


def test_a_posted_slot_of_somebody_who_may_not_is_refused() -> None:
    desk = Desk()
    page = desk.ask()
    factories.make_practitioner(site=desk.site)
    limit(desk, "1.00")
    answer = desk.post(page)
    assert answer.status_code == 422
    assert "not qualified for this session on that day" in html(answer)
    assert not Visit.objects.exists()
    assert not Plan.objects.exists()


def test_a_parallel_plan_on_the_same_skin_keeps_its_distance_and_says_so() -> None:
    desk = Desk()
    assert desk.post(desk.ask()).status_code == 302
    first_plan = list(Visit.objects.values_list("day", flat=True))
    other = factories.make_condition(patient=desk.patient, kind="ACNE_BOXCAR")
    factories.make_protocol(condition_kind="ACNE_BOXCAR")
    page = desk.ask(condition=other.pk)
    assert "Keeps its distance from the session on" in page.text
    assert not page.all("input", name="confirm")
    assert desk.post(page).status_code == 302
    second = Visit.objects.exclude(day__in=first_plan).values_list("day", flat=True)
    assert len(second) == 4
    assert all(abs((a - b).days) >= 28 for a in second for b in first_plan)


def test_a_plan_on_other_skin_need_not_wait() -> None:
    desk = Desk()
    assert desk.post(desk.ask()).status_code == 302
    last = Visit.objects.latest("day").day
    scars = factories.make_condition(patient=desk.patient, kind="STRIAE", zones=["AB"])
    factories.make_protocol(condition_kind="STRIAE", zones=["AB"])
    page = desk.ask(condition=scars.pk)
    assert "Keeps its distance" not in page.text
    assert desk.post(page).status_code == 302
    begun = Visit.objects.filter(plan__condition=scars).earliest("day").day
    assert begun < last


@pytest.mark.parametrize("clinical", [True, False])
@pytest.mark.parametrize("then", ["book", "to_book", "draft"])
def test_depths_that_changed_since_they_were_shown_are_shown_again_first(
    clinical: bool, then: str
) -> None:
    desk = Desk(clinical=clinical)
    key = desk.protocol.pk
    page = desk.ask(protocol=key, for_protocol=key, sessions="3", gap="35")
    limit(desk, "1.25")
    answer = desk.post(page, then=then)
    assert answer.status_code == 409
    assert not Plan.objects.exists()
    shown = Page(html(answer))
    if clinical:
        before, now = ("1.00, 1.25, 1.50", "1.00, 1.00, 1.25")
        said = f"The depths changed from {before} to {now}."
        assert said in shown.source.replace("\xa0mm", "")
        assert "Depths stay within 1.25 mm" in shown.text
    else:
        assert "How deep this plan may go was changed" in shown.text
        assert "1.25" not in shown.source
    [gap] = shown.all("input", name="gap", type="number")
    assert gap.attributes["value"] == "35"
    assert posted(shown)["slot"] == posted(page)["slot"]
    assert desk.post(shown, then=then).status_code == 302
    assert planned_depths() == [Decimal("1.00"), Decimal("1.00"), Decimal("1.25")]


def test_depths_that_grew_are_shown_again_as_well() -> None:
    desk = Desk(clinical=True)
    limit(desk, "1.25")
    page = desk.ask()
    limit(desk, "1.50")
    assert desk.post(page).status_code == 409
    assert not Plan.objects.exists()


@pytest.mark.parametrize("sent", ["", "1.50", "gAAAAA"])
def test_a_form_that_does_not_bring_what_was_shown_books_nothing(sent: str) -> None:
    desk = Desk()
    assert desk.post(desk.ask(), depths=sent).status_code == 409
    assert not Plan.objects.exists()


def test_a_plan_of_open_depths_is_booked_as_before() -> None:
    desk = Desk(clinical=True)
    ProtocolZone.objects.update(low_mm=None, high_mm=None)
    assert desk.post(desk.ask()).status_code == 302
    assert planned_depths() == [None] * 4


def test_a_plan_sent_twice_is_booked_once_though_the_limit_fell_in_between() -> None:
    desk = Desk()
    page = desk.ask()
    first = desk.post(page)
    limit(desk, "1.25")
    again = desk.post(page)
    assert (again.status_code, again.url) == (302, first.url)


@pytest.mark.parametrize(
    ("phototype", "deepest"), [(4, "1.50"), (5, "1.25"), (6, "1.25"), (None, "1.25")]
)
def test_skin_of_a_type_that_nobody_recorded_is_planned_as_dark_skin(
    phototype: int | None, deepest: str
) -> None:
    desk = Desk(clinical=True)
    desk.patient.phototype = phototype
    desk.patient.save(update_fields=["phototype"])
    page = desk.ask()
    assert ("type is V or VI" in page.text) is (phototype in {5, 6})
    assert desk.post(page, confirm="screening-warn").status_code == 302
    assert planned_depths()[-1] == Decimal(deepest)
