"""Moving: the first free times, what moves along, who was faster, and back again."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import Closure
from sessions.models import Plan, Visit
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db


class Course:
    """A plan of four sessions, 28 days apart, of which none is done yet."""

    def __init__(self) -> None:
        self.site = factories.make_site()
        self.practitioner = factories.make_practitioner(site=self.site)
        self.desk = factories.make_desk(site=self.site)
        self.room = factories.make_room(site=self.site)
        self.patient = factories.make_patient()
        self.plan = factories.make_plan(
            condition=factories.make_condition(patient=self.patient),
            site=self.site,
            by=self.desk,
        )
        self.start = next_monday(self.site)
        self.visits = [
            factories.make_visit(
                patient=self.patient,
                practitioner=self.practitioner,
                room=self.room,
                by=self.desk,
                plan=self.plan,
                planned_session=planned,
                starts_at=self.at(self.start + timedelta(days=28 * index)),
            )
            for index, planned in enumerate(
                self.plan.planned_sessions.order_by("number")
            )
        ]
        self.client = signed_in(self.desk)

    def at(self, day: date, hour: int = 10) -> datetime:
        return datetime(day.year, day.month, day.day, hour, tzinfo=self.site.zone)

    def url(self, number: int) -> str:
        return reverse("booking:move", args=[self.visits[number - 1].reference])

    def ask(self, number: int, **wishes: Any) -> Page:
        answer = self.client.get(self.url(number), wishes)
        assert answer.status_code == 200
        return Page(html(answer))

    def post(self, number: int, page: Page, **more: Any) -> Any:
        return self.client.post(self.url(number), {**posted(page), **more})

    def days(self) -> list[date]:
        return [Visit.objects.get(pk=visit.pk).day for visit in self.visits]


def next_monday(site: Any) -> date:
    today = timezone.localtime(timezone.now(), site.zone).date()
    return today + timedelta(days=14 - today.weekday())


def posted(page: Page) -> dict[str, list[str]]:
    forms = page.all("form", method="post")
    found: dict[str, list[str]] = {}
    chosen = [
        one for one in page.all("input", type="radio") if "checked" in one.attributes
    ]
    for field in [*page.all("input", type="hidden"), *chosen]:
        if any(form in field.around for form in forms):
            found.setdefault(field.attributes["name"], []).append(
                field.attributes.get("value", "")
            )
    return found


def offered(page: Page) -> list[str]:
    return [e.attributes["value"] for e in page.all("input", name="at", type="radio")]


def test_the_first_fitting_time_is_chosen_and_everything_is_shown() -> None:
    course = Course()
    page = course.ask(2)
    assert not page.faults()
    chosen = [
        e
        for e in page.all("input", name="at", type="radio")
        if "checked" in e.attributes
    ]
    assert len(chosen) == 1
    assert "Move 3 visits" in page.text
    assert len(posted(page)["move"]) == 3


def test_the_rest_of_the_plan_moves_along_and_keeps_its_gaps() -> None:
    course = Course()
    to = course.start + timedelta(days=28 + 7)
    page = course.ask(2, at=f"2~{to.isoformat()}~600")
    answer = course.post(2, page)
    assert answer.status_code == 302
    first, second, third, fourth = course.days()
    assert (first, second) == (course.start, to)
    assert (third - second, fourth - third) == (timedelta(days=28), timedelta(days=28))


def test_left_as_it_is_the_rest_stays() -> None:
    course = Course()
    before = course.days()
    to = course.start + timedelta(days=28 + 3)
    page = course.ask(2, at=f"2~{to.isoformat()}~600", rest="stay")
    assert "Move 1 visit" in page.text
    data = {
        "confirm": [e.attributes["value"] for e in page.all("input", name="confirm")]
    }
    assert course.post(2, page, **data).status_code == 302
    after = course.days()
    assert after[1] == to
    assert (after[0], *after[2:]) == (before[0], *before[2:])


def test_a_day_too_near_to_the_next_session_is_refused_before_it_is_sent() -> None:
    course = Course()
    to = course.start + timedelta(days=28 + 18)
    page = course.ask(2, at=f"2~{to.isoformat()}~600", rest="stay")
    assert not [b for b in page.all("button", type="submit") if "Move 1" in b.text]


def test_a_forged_day_that_the_rule_refuses_moves_nothing() -> None:
    course = Course()
    before = course.days()
    visit = course.visits[1]
    near = course.start + timedelta(days=9)
    token = (
        f"{visit.reference}~1~2~{near}~600~{course.practitioner.pk}~{course.room.pk}~0"
    )
    answer = course.client.post(course.url(2), {"move": token, "rest": "stay"})
    assert answer.status_code == 422
    assert course.days() == before


def test_who_was_faster_is_named_and_nothing_moves() -> None:
    course = Course()
    before = course.days()
    to = course.start + timedelta(days=28 + 7)
    page = course.ask(2, at=f"2~{to.isoformat()}~600")
    rival = factories.make_desk(site=course.site, full_name="Jo Price")
    factories.make_visit(
        patient=factories.make_patient(),
        practitioner=course.practitioner,
        room=course.room,
        by=rival,
        starts_at=course.at(to),
        booked_at=timezone.now(),
    )
    answer = course.post(2, page)
    assert answer.status_code == 409
    assert "Jo Price" in html(answer)
    assert course.days() == before
    again = Page(html(answer))
    assert course.post(2, again).status_code == 302


def test_a_visit_changed_meanwhile_is_not_moved() -> None:
    course = Course()
    page = course.ask(2)
    Visit.objects.filter(pk=course.visits[1].pk).update(version=2)
    before = course.days()
    assert course.post(2, page).status_code == 409
    assert course.days() == before


def test_a_move_is_taken_back_within_three_minutes_and_only_once() -> None:
    course = Course()
    before = course.days()
    course.post(2, course.ask(2))
    assert course.days() != before
    visit_url = reverse("booking:visit", args=[course.visits[1].reference])
    assert (
        "3 visits were moved just now" in Page(html(course.client.get(visit_url))).text
    )
    undo = reverse("booking:undo-move", args=[course.visits[1].reference])
    course.client.post(undo)
    assert course.days() == before
    course.client.post(undo)
    assert course.days() == before


def test_an_undo_never_overwrites_what_somebody_did_since() -> None:
    course = Course()
    course.post(2, course.ask(2))
    Visit.objects.filter(pk=course.visits[1].pk).update(version=9)
    moved = course.days()
    course.client.post(reverse("booking:undo-move", args=[course.visits[1].reference]))
    assert course.days() == moved


def undone(course: Course) -> str:
    """What the page says after the second visit's move was to be taken back."""
    reference = course.visits[1].reference
    undo = reverse("booking:undo-move", args=[reference])
    return Page(html(course.client.post(undo, follow=True))).text


@pytest.mark.regression
def test_an_undo_that_a_rule_refuses_says_so() -> None:
    course = Course()
    course.post(2, course.ask(2))
    moved = course.days()
    near = course.at(course.start + timedelta(days=20))
    Visit.objects.filter(pk=course.visits[0].pk).update(
        starts_at=near, ends_at=near + timedelta(minutes=45), day=near.date()
    )
    moved[0] = near.date()
    said = undone(course)
    assert "Not undone. Too soon after or before another session." in said
    assert "used the time" not in said
    assert course.days() == moved


@pytest.mark.regression
def test_an_undo_names_who_has_the_time_now() -> None:
    course = Course()
    old = course.visits[1].starts_at
    course.post(2, course.ask(2))
    factories.make_visit(
        patient=factories.make_patient(),
        practitioner=course.practitioner,
        room=factories.make_room(site=course.site),
        by=course.desk,
        starts_at=old,
    )
    said = undone(course)
    assert f"Not undone. {course.practitioner.full_name} was taken" in said
    assert course.desk.full_name in said


@pytest.mark.regression
def test_an_undo_says_that_a_visit_was_changed() -> None:
    course = Course()
    course.post(2, course.ask(2))
    Visit.objects.filter(pk=course.visits[2].pk).update(version=9)
    assert "Somebody changed one of these visits since." in undone(course)


@pytest.mark.regression
def test_an_undo_does_not_lead_back_to_a_day_that_is_closed_by_now() -> None:
    course = Course()
    old = course.visits[1].day
    course.post(2, course.ask(2))
    moved = course.days()
    Closure.objects.create(
        site=course.site, first_day=old, last_day=old, reason="Boiler"
    )
    assert ": Boiler." in undone(course)
    assert course.days() == moved


def test_another_day_shows_its_free_times() -> None:
    course = Course()
    to = course.start + timedelta(days=28 + 8)
    page = course.ask(2, day=to.isoformat())
    assert any(value.startswith(f"2~{to.isoformat()}~") for value in offered(page))


def test_what_has_begun_is_not_moved() -> None:
    course = Course()
    Visit.objects.filter(pk=course.visits[0].pk).update(status="arrived")
    answer = course.client.get(course.url(1))
    assert (answer.status_code, answer.url) == (
        302,
        reverse("booking:visit", args=[course.visits[0].reference]),
    )


def test_a_talk_moves_alone() -> None:
    course = Course()
    visit = factories.make_visit(
        patient=factories.make_patient(),
        practitioner=course.practitioner,
        room=course.room,
        by=course.desk,
        kind="consultation",
        starts_at=course.at(course.start + timedelta(days=1)),
    )
    course.visits = [visit]
    page = course.ask(1)
    assert "Move 1 visit" in page.text
    assert course.post(1, page).status_code == 302


def test_the_desk_reads_no_depth_and_an_owner_moves_nothing() -> None:
    course = Course()
    page = course.ask(2)
    assert "mm" not in page.text.replace("mm/dd", "")
    owner = signed_in(factories.make_owner(site=course.site))
    assert owner.get(course.url(2)).status_code == 403


def test_stopping_a_plan_frees_its_visits() -> None:
    course = Course()
    url = reverse("booking:plan-status", args=[course.plan.reference])
    data = {"status": "stopped", "version": 1}
    assert course.client.post(url, data).status_code == 422
    assert course.client.post(url, {**data, "reason": "moved away"}).status_code == 302
    course.plan.refresh_from_db()
    assert (course.plan.status, course.plan.stop_reason) == ("stopped", "moved away")
    assert set(Visit.objects.values_list("status", flat=True)) == {"cancelled"}


def test_a_plan_pauses_and_goes_on() -> None:
    course = Course()
    url = reverse("booking:plan-status", args=[course.plan.reference])
    course.client.post(url, {"status": "paused", "version": 1})
    assert (
        course.client.post(url, {"status": "paused", "version": 1}).status_code == 409
    )
    course.client.post(url, {"status": "running", "version": 2})
    course.plan.refresh_from_db()
    assert (course.plan.status, course.plan.version) == ("running", 3)


@pytest.mark.parametrize("status", ["stopped", "draft"])
@pytest.mark.regression
def test_a_plan_is_not_taken_up_beside_another_of_the_same_condition(
    status: str,
) -> None:
    course = Course()
    other = factories.make_plan(
        condition=course.plan.condition,
        site=course.site,
        by=course.desk,
        status=status,
        stop_reason="moved" if status == "stopped" else "",
    )
    url = reverse("booking:plan-status", args=[other.reference])
    asked = {"status": "running", "version": 1}
    answer = course.client.post(url, asked)
    assert answer.status_code == 409
    assert "another open plan" in html(answer)
    course.plan.status = "finished"
    course.plan.save(update_fields=["status"])
    assert course.client.post(url, asked).status_code == 302


def test_the_lists_show_plans_by_state_and_names_by_role() -> None:
    course = Course()
    page = Page(html(course.client.get(reverse("booking:plans"))))
    assert not page.faults()
    assert course.patient.family_name in page.text
    owner = signed_in(factories.make_owner(site=course.site))
    listed = Page(html(owner.get(reverse("booking:plans"))))
    assert course.patient.family_name not in listed.text
    assert course.patient.reference in listed.text
    plan = owner.get(reverse("booking:plan", args=[course.plan.reference]))
    assert course.patient.family_name not in html(plan)
    paused = course.client.get(reverse("booking:plans"), {"show": "paused"})
    assert course.patient.family_name not in Page(html(paused)).text


def test_the_list_of_plans_asks_no_more_for_more_plans(
    django_assert_max_num_queries: Any,
) -> None:
    course = Course()
    Course()
    with django_assert_max_num_queries(11):
        course.client.get(reverse("booking:plans"))


def test_another_choice_than_the_one_that_was_shown_moves_nothing_yet() -> None:
    course = Course()
    before = course.days()
    page = course.ask(2)
    other = next(at for at in offered(page) if at not in posted(page)["shown"])
    answer = course.post(2, page, at=other, then="move")
    assert answer.status_code == 422
    assert course.days() == before
    again = Page(html(answer))
    assert "look at what moves" in again.text
    assert posted(again)["shown"] == [other]
    assert course.client.post(course.url(2), posted(again)).status_code == 302
    assert str(course.days()[1]) in other


def test_leaving_the_rest_is_shown_before_it_is_written() -> None:
    course = Course()
    before = course.days()
    page = course.ask(2)
    assert course.post(2, page, rest="stay").status_code == 422
    assert course.days() == before


def test_a_preview_without_script_writes_nothing() -> None:
    course = Course()
    before = course.days()
    page = course.ask(2)
    to = offered(page)[1]
    answer = course.post(2, page, at=to, then="preview")
    assert answer.status_code == 200
    assert posted(Page(html(answer)))["shown"] == [to]
    assert course.days() == before


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2020-01-08", "2020 has passed."),
        ("2199-01-01", "Visits can be booked until"),
    ],
)
def test_a_day_without_times_says_why(day: str, said: str) -> None:
    assert said in Course().ask(2, day=day).text


def test_a_closed_day_says_what_for() -> None:
    course = Course()
    day = course.start + timedelta(days=30)
    Closure.objects.create(
        site=course.site, first_day=day, last_day=day, reason="Stocktaking"
    )
    text = course.ask(2, day=day.isoformat()).text
    assert "Stocktaking." in text
    assert "Closed on" in text


def test_a_plan_says_on_which_scale_its_goal_is() -> None:
    course = Course()
    Plan.objects.update(goal_scale="gbq", goal_value="7.00")
    url = reverse("booking:plan", args=[course.plan.reference])
    practitioner = signed_in(course.practitioner)
    assert "7 on GBQ" in Page(html(practitioner.get(url))).text
    assert "GBQ" not in Page(html(course.client.get(url))).text


@pytest.mark.regression
def test_a_prescriber_moves_too_near_in_writing_and_the_desk_is_not_asked() -> None:
    course = Course()
    to = course.start + timedelta(days=28 + 21)
    wish = {"at": f"2~{to.isoformat()}~600", "rest": "stay"}
    page = course.ask(2, **wish)
    assert not page.all("input", name="past_reason")
    course.client = signed_in(factories.make_prescriber(site=course.site))
    page = course.ask(2, **wish)
    assert page.faults() == []
    assert page.all("input", name="past_reason")
    assert course.post(2, page).status_code == 422
    answer = course.post(2, page, past_reason="Leaves on Friday")
    assert answer.status_code == 302
    assert course.days()[1] == to


@pytest.mark.regression
def test_a_prescriber_sees_days_too_soon_and_books_one_in_writing() -> None:
    course = Course()
    for visit in course.visits[1:]:
        visit.status = "cancelled"
        visit.save(update_fields=["status"])
    url = reverse("booking:new-visit")
    asked = {
        "patient": course.patient.reference,
        "kind": "session",
        "start_on": (course.start + timedelta(days=1)).isoformat(),
        "anyhow": "on",
    }
    desk = Page(html(course.client.get(url, asked)))
    assert not desk.all("input", name="anyhow", type="checkbox")
    assert not desk.all("input", name="past_reason")
    client = signed_in(factories.make_prescriber(site=course.site))
    page = Page(html(client.get(url, asked)))
    assert page.faults() == []
    [slot, *_more] = [e.attributes["value"] for e in page.all("input", name="slot")]
    assert (course.start + timedelta(days=1)).isoformat() in slot
    assert client.post(url, {**asked, "slot": slot}).status_code == 422
    written = {**asked, "slot": slot, "past_reason": "Leaves on Friday"}
    assert course.client.post(url, written).status_code == 422
    assert client.post(url, written).status_code == 302
    assert Visit.objects.filter(status="unconfirmed").count() == 1


@pytest.mark.regression
def test_a_prescriber_takes_a_visit_up_too_near_in_writing() -> None:
    course = Course()
    gone = course.visits[1]
    near = course.at(course.start + timedelta(days=4))
    Visit.objects.filter(pk=gone.pk).update(
        status="cancelled",
        starts_at=near,
        ends_at=near + timedelta(minutes=45),
        day=near.date(),
    )
    url = reverse("booking:step", args=[gone.reference])
    asked = {"status": "confirmed", "version": 1, "visit": gone.reference}
    answer = course.client.post(url, asked)
    assert answer.status_code == 422
    assert not Page(html(answer)).all("input", name="past_reason")
    client = signed_in(factories.make_prescriber(site=course.site))
    page = Page(html(client.post(url, asked)))
    assert page.faults() == []
    assert page.all("input", name="past_reason")
    answer = client.post(url, {**asked, "past_reason": "Leaves on Friday"})
    assert answer.status_code == 302
    gone.refresh_from_db()
    assert gone.status == "confirmed"
