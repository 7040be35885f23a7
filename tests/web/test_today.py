"""The day: who comes, every step, two people at one visit, and what the desk sees."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import OpeningHours, User, WorkingHours
from clinic.rules.findings import Scope
from patients.history.actions import overrides
from patients.history.actions.overrides import OverrideEntry
from patients.history.actions.screenings import AnswerEntry
from patients.models import HistoryFact, Patient, Screening
from sessions.models import Visit
from tests import factories
from tests.chair import screened
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db
TODAY = reverse("booking:today")
SECRET_DEPTH = Decimal("1.37")
RISK = AnswerEntry(value=True, choice="hepatic_disease")


class House:
    """A site with a full day: one visit of a plan in every state."""

    def __init__(self) -> None:
        self.site = factories.make_site()
        self.practitioner = factories.make_practitioner(site=self.site)
        self.desk = factories.make_desk(site=self.site)
        self.room = factories.make_room(site=self.site)
        self.visits: list[Visit] = []
        for weekday in (5, 6):  # these tests run on any day
            open_too = {"weekday": weekday, "begins": time(8), "ends": time(18)}
            OpeningHours.objects.create(site=self.site, **open_too)
            WorkingHours.objects.create(
                site=self.site, user=self.practitioner, **open_too
            )

    def add(self, hour: int = 9, *, plan: bool = True, **changes: Any) -> Visit:
        patient = factories.make_patient()
        start = timezone.localtime(timezone.now(), self.site.zone).replace(
            hour=hour, minute=0, second=0, microsecond=0
        )
        values: dict[str, Any] = {"starts_at": start, **changes}
        if plan:
            made = factories.make_plan(
                condition=factories.make_condition(patient=patient),
                site=self.site,
                by=self.desk,
            )
            made.planned_sessions.update(planned_mm=SECRET_DEPTH)
            first = made.planned_sessions.order_by("number").first()
            values |= {"plan": made, "planned_session": first}
        visit = factories.make_visit(
            patient=patient,
            practitioner=self.practitioner,
            room=self.room,
            by=self.desk,
            **values,
        )
        self.visits.append(visit)
        return visit

    def screen(self, visit: Visit, **answers: AnswerEntry) -> None:
        """The questions of the day, all answered with no but those named."""
        by, now = self.practitioner, timezone.now()
        screened(visit.patient, by, now=now, answers=answers)

    def take(self, visit: Visit, status: str, /, **more: Any) -> Any:
        client: Client = more.pop("client", None) or signed_in(self.desk)
        data = {"status": status, "version": visit.version, **more}
        return client.post(
            reverse("booking:step", args=[visit.reference]),
            data,
            headers={"HX-Request": "true"} if more.pop("htmx", True) else None,
        )


@pytest.fixture
def house() -> House:
    return House()


def test_the_desk_lands_on_the_day_and_sees_every_visit(house: House) -> None:
    for hour, status in enumerate(
        ("unconfirmed", "confirmed", "arrived", "numbing", "in_room", "done", "missed"),
        9,
    ):
        house.add(hour, status=status, in_room_at=timezone.now())
    client = signed_in(house.desk)
    home = client.get(reverse("booking:home"))
    assert home.url == TODAY
    page = Page(html(client.get(TODAY)))
    assert not page.faults()
    for visit in house.visits:
        assert visit.patient.family_name in page.text
    assert page.text.count("Screening due") == 5
    assert "Consent missing" in page.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("unconfirmed", "confirmed"),
        ("confirmed", "arrived"),
        ("arrived", "numbing"),
        ("numbing", "in_room"),
        ("in_room", "done"),
        ("done", "in_room"),
        ("confirmed", "missed"),
        ("missed", "confirmed"),
    ],
)
def test_a_step_swaps_the_day_and_says_so(
    house: House, before: str, after: str
) -> None:
    visit = house.add(status=before)
    house.screen(visit)
    answer = house.take(visit, after)
    assert answer.status_code == 200
    visit.refresh_from_db()
    assert (visit.status, visit.version) == (after, 2)
    page = Page(html(answer))
    assert page.all("div", id="day")
    [said] = [e for e in page.elements if "data-say" in e.attributes]
    assert visit.reference in said.attributes["data-say"]


def test_numbing_lasts_as_long_as_the_protocol_says(house: House) -> None:
    visit = house.add(status="arrived")
    house.screen(visit)
    house.take(visit, "numbing")
    visit.refresh_from_db()
    assert visit.numbing_since is not None
    assert visit.numbing_until == visit.numbing_since + timedelta(minutes=30)
    until = timezone.localtime(visit.numbing_until, house.site.zone)
    assert f"to {until:%H:%M}" in html(signed_in(house.desk).get(TODAY))


def not_numbed(house: House, visit: Visit, by: User, **more: Any) -> str:
    """What is said when the clock does not start."""
    visit.refresh_from_db()
    before = visit.status
    answer = house.take(visit, "numbing", client=signed_in(by), **more)
    assert answer.status_code == 409
    visit.refresh_from_db()
    assert (visit.status, visit.numbing_until) == (before, None)
    return Page(html(answer)).text


@pytest.mark.regression
def test_nobody_is_numbed_before_the_questions_of_the_day(house: House) -> None:
    visit = house.add(status="arrived")
    assert "Ask the practitioner before numbing." in not_numbed(
        house, visit, house.desk
    )
    said = not_numbed(house, visit, house.practitioner)
    assert "ask today's safety questions first" in said


@pytest.mark.parametrize("is_screened", [False, True])
@pytest.mark.regression
def test_numbing_is_offered_to_who_was_asked(house: House, is_screened: bool) -> None:
    visit = house.add(status="arrived")
    if is_screened:
        house.screen(visit)
    page = Page(html(signed_in(house.desk).get(TODAY)))
    [usual] = page.all("button", id=f"do-{visit.reference}")
    assert usual.attributes["value"] == ("numbing" if is_screened else "in_room")
    offered = {one.attributes["value"] for one in page.all("button", name="status")}
    assert ("numbing" in offered) is is_screened


@pytest.mark.parametrize("before", ["arrived", "in_room"])
@pytest.mark.regression
def test_what_stops_an_anaesthetic_stops_its_clock_and_the_desk_reads_no_answer(
    house: House, before: str
) -> None:
    visit = house.add(status=before)
    house.screen(visit, anaesthetic_risk=RISK)
    said = not_numbed(house, visit, house.desk)
    assert "Ask the practitioner before numbing." in said
    for word in ("liver", "hepatic", "Not numbed"):
        assert word not in said
    said = not_numbed(house, visit, house.practitioner)
    assert "Not numbed:" in said
    assert "apply no anaesthetic" in said


@pytest.mark.regression
def test_a_reason_written_against_it_lets_the_clock_start(house: House) -> None:
    visit = house.add(status="arrived")
    house.screen(visit, anaesthetic_risk=RISK)
    overrides.override(
        screening=Screening.objects.get(),
        entry=OverrideEntry(code="C37", scope=Scope.ANAESTHETIC, reason="Tested"),
        by=factories.make_prescriber(site=house.site),
        now=timezone.now(),
    )
    assert house.take(visit, "numbing").status_code == 200


def test_a_plain_post_works_without_script(house: House) -> None:
    visit = house.add()
    answer = signed_in(house.desk).post(
        reverse("booking:step", args=[visit.reference]),
        {"status": "arrived", "version": 1},
    )
    assert (answer.status_code, answer.url) == (302, TODAY)


def test_only_steps_that_exist_are_offered_and_taken(house: House) -> None:
    visit = house.add(status="confirmed")
    page = Page(html(signed_in(house.desk).get(TODAY)))
    offered = {e.attributes.get("value") for e in page.all("button", name="status")}
    assert offered == {"arrived", "missed", "unconfirmed", "cancelled"}
    assert house.take(visit, "done").status_code == 409
    visit.refresh_from_db()
    assert visit.status == "confirmed"


def test_who_comes_second_sees_how_it_stands_now(house: House) -> None:
    visit = house.add()
    house.take(visit, "arrived")
    answer = house.take(visit, "missed")
    assert answer.status_code == 409
    assert "a moment ago" in html(answer)
    visit.refresh_from_db()
    assert visit.status == "arrived"


def test_a_missed_time_that_was_given_away_stays_missed(house: House) -> None:
    missed = house.add(status="missed")
    house.add(status="confirmed")
    answer = house.take(missed, "confirmed")
    assert answer.status_code == 409
    assert "given to somebody else" in html(answer)


def booked_again(house: House, status: str) -> tuple[Visit, Visit]:
    """A visit that was missed or cancelled, and its session booked for next week."""
    gone = house.add(status=status)
    again = factories.make_visit(
        patient=gone.patient,
        practitioner=house.practitioner,
        room=house.room,
        by=house.practitioner,
        plan=gone.plan,
        planned_session=gone.planned_session,
        starts_at=gone.starts_at + timedelta(days=7),
    )
    return gone, again


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        ("missed", "arrived"),
        ("missed", "confirmed"),
        ("cancelled", "confirmed"),
        ("cancelled", "unconfirmed"),
    ],
)
@pytest.mark.regression
def test_a_session_that_was_booked_again_is_not_taken_up_and_the_desk_reads_why(
    house: House, status: str, wanted: str
) -> None:
    gone, again = booked_again(house, status)
    answer = house.take(gone, wanted)
    assert answer.status_code == 409
    said = Page(html(answer)).text
    at = timezone.localtime(again.starts_at, house.site.zone)
    assert f"Session 1 is booked: {at:%a} {at.day} {at:%B %Y}, {at:%H:%M}" in said
    assert house.practitioner.full_name in said
    gone.refresh_from_db()
    assert (gone.status, gone.version) == (status, 1)


def test_what_was_booked_again_is_offered_no_way_back(house: House) -> None:
    gone, again = booked_again(house, "missed")
    page = signed_in(house.desk).get(reverse("booking:visit", args=[gone.reference]))
    assert "Session 1 is booked" in Page(html(page)).text
    for answer in (page, signed_in(house.desk).get(TODAY)):
        shown = Page(html(answer))
        assert not shown.faults()
        assert not shown.all("button", name="status")
    Visit.objects.filter(pk=again.pk).update(status="cancelled")
    page = signed_in(house.desk).get(reverse("booking:visit", args=[gone.reference]))
    ways = Page(html(page)).all("button", name="status")
    assert [way.attributes["value"] for way in ways] == ["arrived", "confirmed"]


def near(house: House, days: int) -> Visit:
    """A cancelled session of today, so many days after another one of the plan."""
    gone = house.add(status="cancelled")
    assert gone.plan is not None
    factories.make_visit(
        patient=gone.patient,
        practitioner=house.practitioner,
        room=house.room,
        by=house.desk,
        plan=gone.plan,
        planned_session=gone.plan.planned_sessions.get(number=2),
        starts_at=gone.starts_at - timedelta(days=days),
    )
    return gone


@pytest.mark.regression
def test_a_day_too_near_to_another_session_is_refused_in_words(house: House) -> None:
    gone = near(house, 3)
    answer = house.take(gone, "confirmed")
    assert answer.status_code == 409
    page = Page(html(answer))
    assert "Too soon after or before another session." in page.text
    url = reverse("booking:visit", args=[gone.reference])
    assert any(link.attributes.get("href") == url for link in page.all("a"))
    gone.refresh_from_db()
    assert gone.status == "cancelled"


@pytest.mark.regression
def test_an_unusual_day_is_confirmed_on_the_page_of_the_visit(house: House) -> None:
    gone = near(house, 20)
    client = signed_in(house.desk)
    url = reverse("booking:step", args=[gone.reference])
    asked = {"status": "confirmed", "version": 1, "visit": gone.reference}
    answer = client.post(url, asked)
    page = Page(html(answer))
    assert (answer.status_code, page.faults()) == (422, [])
    codes = [box.attributes["value"] for box in page.all("input", name="confirm")]
    assert codes == ["interval-short"]
    assert client.post(url, {**asked, "confirm": codes}).status_code == 302
    gone.refresh_from_db()
    assert (gone.status, gone.confirmed_rules) == ("confirmed", codes)


@pytest.mark.regression
def test_a_visit_of_a_plan_that_was_stopped_is_offered_no_way_back(
    house: House,
) -> None:
    gone = house.add(status="missed")
    assert gone.plan is not None
    type(gone.plan).objects.filter(pk=gone.plan_id).update(
        status="stopped", stop_reason="moved", ended_on=gone.day
    )
    answer = house.take(gone, "arrived")
    assert answer.status_code == 409
    assert "The plan is stopped" in Page(html(answer)).text
    page = signed_in(house.desk).get(reverse("booking:visit", args=[gone.reference]))
    assert "The plan is stopped" in Page(html(page)).text
    assert not Page(html(page)).all("button", name="status")


def died(visit: Visit) -> None:
    Patient.objects.filter(pk=visit.patient_id).update(is_deceased=True)


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("unconfirmed", "confirmed"),
        ("confirmed", "arrived"),
        ("arrived", "numbing"),
        ("in_room", "arrived"),
        ("done", "in_room"),
        ("missed", "arrived"),
        ("cancelled", "confirmed"),
    ],
)
@pytest.mark.parametrize("page", ["day", "visit"])
@pytest.mark.regression
def test_a_visit_of_somebody_who_has_died_goes_nowhere_and_the_desk_reads_why(
    house: House, before: str, wanted: str, page: str
) -> None:
    visit = house.add(status=before)
    died(visit)
    more = {"visit": visit.reference} if page == "visit" else {}
    answer = house.take(visit, wanted, **more)
    assert answer.status_code == (422 if page == "visit" else 409)
    assert "has died" in Page(html(answer)).text
    visit.refresh_from_db()
    assert visit.status == before


@pytest.mark.parametrize(
    ("before", "wanted"),
    [("confirmed", "missed"), ("confirmed", "cancelled"), ("in_room", "done")],
)
def test_a_visit_of_somebody_who_has_died_may_end(
    house: House, before: str, wanted: str
) -> None:
    visit = house.add(status=before)
    died(visit)
    assert house.take(visit, wanted, reason="has died").status_code == 200
    visit.refresh_from_db()
    assert visit.status == wanted


def test_the_day_says_who_has_died_and_offers_no_treatment(house: House) -> None:
    visit = house.add(status="arrived")
    for user in (house.desk, house.practitioner):
        before = Page(html(signed_in(user).get(TODAY)))
        assert "Has died" not in before.text
    died(visit)
    for user in (house.desk, house.practitioner):
        page = Page(html(signed_in(user).get(TODAY)))
        assert "Has died" in page.text
        assert "Screening due" not in page.text
        assert "Start session" not in page.text
        offered = {e.attributes["value"] for e in page.all("button", name="status")}
        assert offered <= {"done", "missed", "cancelled"}


def test_an_open_page_is_left_alone_until_something_changes(house: House) -> None:
    visit = house.add()
    client = signed_in(house.desk)
    page = Page(html(client.get(TODAY)))
    [poller] = [e for e in page.all("div") if "hx-trigger" in e.attributes]
    same = client.get(poller.attributes["hx-get"])
    assert (same.status_code, same.content) == (204, b"")
    house.take(visit, "arrived")
    changed = client.get(poller.attributes["hx-get"])
    assert changed.status_code == 200
    assert html(changed).strip().startswith('<div id="day">')


def test_the_poll_never_keeps_a_sign_in_alive(house: House) -> None:
    from sessions.booking import today_views

    assert today_views.version.is_background  # type: ignore[attr-defined]


def test_a_practitioner_begins_with_her_own_day(house: House) -> None:
    mine = house.add(9)
    other = factories.make_practitioner(site=house.site)
    theirs = factories.make_visit(
        patient=factories.make_patient(),
        practitioner=other,
        room=factories.make_room(site=house.site),
        by=house.desk,
        starts_at=mine.starts_at,
    )
    client = signed_in(house.practitioner)
    own = Page(html(client.get(TODAY))).text
    assert mine.patient.family_name in own
    assert theirs.patient.family_name not in own
    assert (
        theirs.patient.family_name
        in Page(html(client.get(TODAY, {"scope": "all"}))).text
    )


def test_an_empty_day_leads_to_the_next_one(house: House) -> None:
    later = timezone.now() + timedelta(days=3)
    house.add(starts_at=later)
    page = Page(html(signed_in(house.desk).get(TODAY)))
    assert "No visits today" in page.text
    day = timezone.localtime(later, house.site.zone).date().isoformat()
    assert any(day in link.attributes.get("href", "") for link in page.all("a"))


def test_a_day_that_is_no_day_shows_today(house: House) -> None:
    house.add()
    assert signed_in(house.desk).get(TODAY, {"d": "2026-02-31"}).status_code == 200


def test_the_desk_sees_nothing_clinical(house: House) -> None:
    visit = house.add(status="arrived")
    HistoryFact.objects.create(
        patient=visit.patient,
        kind="keloid_history",
        detail="CANARY-KELOID",
        source="practitioner",
        recorded_at=timezone.now(),
    )
    visit.patient.clinical_note = "CANARY-NOTE"
    visit.patient.save(update_fields=["clinical_note"])
    desk, treats = signed_in(house.desk), signed_in(house.practitioner)
    for url in (
        TODAY,
        reverse("booking:visit", args=[visit.reference]),
        reverse("booking:plan", args=[visit.plan.reference if visit.plan else ""]),
        reverse("booking:patient-plans", args=[visit.patient.reference]),
        reverse("booking:plans"),
    ):
        source = html(desk.get(url))
        for canary in ("CANARY", "eloid", "1.37", "\xa0mm", "Fitzpatrick"):
            assert canary not in source, (url, canary)
    assert "eloid" in html(treats.get(TODAY))
    plan = html(
        treats.get(
            reverse("booking:plan", args=[visit.plan.reference if visit.plan else ""])
        )
    )
    assert "1.37" in plan


def test_an_owner_has_no_day(house: House) -> None:
    owner = signed_in(factories.make_owner(site=house.site))
    assert owner.get(TODAY).status_code == 403
    assert owner.get(reverse("booking:home")).status_code == 302


@pytest.mark.parametrize("count", [1, 8])
def test_the_day_asks_twelve_questions_and_logs_the_look_whatever_its_length(
    house: House, count: int, django_assert_max_num_queries: Any
) -> None:
    for hour in range(count):
        house.add(9 + hour)
    for user in (house.desk, house.practitioner):
        client = signed_in(user)
        client.get(TODAY)
        with django_assert_max_num_queries(13):
            client.get(TODAY)


def test_a_visit_says_who_did_what(house: House) -> None:
    visit = house.add()
    house.take(visit, "arrived")
    page = Page(
        html(
            signed_in(house.desk).get(reverse("booking:visit", args=[visit.reference]))
        )
    )
    assert not page.faults()
    assert house.desk.full_name in page.text


@pytest.mark.parametrize(
    ("status", "is_offered"),
    [
        ("unconfirmed", True),
        ("confirmed", True),
        ("arrived", True),
        ("numbing", True),
        ("in_room", True),
        ("done", False),
        ("missed", False),
    ],
)
def test_the_day_offers_to_cancel_what_has_not_ended(
    house: House, status: str, is_offered: bool
) -> None:
    house.add(status=status)
    page = Page(html(signed_in(house.desk).get(TODAY)))
    assert not page.faults()
    buttons = page.all("button", name="status")
    offered = [b for b in buttons if b.attributes["value"] == "cancelled"]
    assert bool(offered) is is_offered


def test_the_day_cancels_a_visit_with_a_few_words_and_never_without(
    house: House,
) -> None:
    visit = house.add()
    for nothing in ("", "  "):
        answer = house.take(visit, "cancelled", reason=nothing)
        assert answer.status_code == 422
        assert "Write a few words why" in html(answer)
    assert house.take(visit, "cancelled", reason="has a cold").status_code == 200
    visit.refresh_from_db()
    assert (visit.status, visit.cancel_reason) == ("cancelled", "has a cold")


@pytest.mark.parametrize("way", ["step", "cancel"])
@pytest.mark.parametrize("is_treated", [False, True])
@pytest.mark.regression
def test_what_was_treated_is_not_cancelled(
    house: House, way: str, is_treated: bool
) -> None:
    visit = house.add(status="in_room", in_room_at=timezone.now())
    cleared = {"skin_clear_at": timezone.now(), "skin_clear_by": house.practitioner}
    factories.make_session(visit=visit, **(cleared if is_treated else {}))
    page = signed_in(house.desk).get(reverse("booking:visit", args=[visit.reference]))
    assert ("Why" in Page(html(page)).text) is not is_treated
    answer = signed_in(house.desk).post(
        reverse(f"booking:{way}", args=[visit.reference]),
        {"status": "cancelled", "version": 1, "reason": "went home"},
        headers={"HX-Request": "true"},
    )
    visit.refresh_from_db()
    assert visit.status == ("in_room" if is_treated else "cancelled")
    if is_treated:
        assert answer.status_code == 409
        assert "on record" in html(answer)
        assert "cancelled" not in {
            button.attributes["value"]
            for button in Page(html(signed_in(house.desk).get(TODAY))).all(
                "button", name="status"
            )
        }


@pytest.mark.regression
def test_stopping_a_plan_leaves_what_was_treated(house: House) -> None:
    visit = house.add(status="confirmed")
    factories.make_session(
        visit=visit,
        skin_clear_at=timezone.now(),
        skin_clear_by=house.practitioner,
    )
    assert visit.plan is not None
    answer = signed_in(house.desk).post(
        reverse("booking:plan-status", args=[visit.plan.reference]),
        {"status": "stopped", "version": 1, "reason": "moved away"},
    )
    assert answer.status_code == 302
    visit.refresh_from_db()
    assert visit.status == "confirmed"


def test_a_cancellation_needs_a_reason_and_frees_the_time(house: House) -> None:
    visit = house.add()
    client, url = (
        signed_in(house.desk),
        reverse("booking:cancel", args=[visit.reference]),
    )
    data = {"status": "cancelled", "version": 1, "reason": " "}
    assert client.post(url, data).status_code == 422
    assert client.post(url, {**data, "reason": "has a cold"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.status, visit.cancel_reason) == ("cancelled", "has a cold")
    house.add()


def test_a_single_visit_is_booked_from_the_first_free_times(house: House) -> None:
    patient = factories.make_patient()
    client, url = signed_in(house.desk), reverse("booking:new-visit")
    page = Page(html(client.get(url, {"patient": patient.reference})))
    assert not page.faults()
    tokens = [e.attributes["value"] for e in page.all("input", name="slot")]
    assert len(tokens) == 9
    answer = client.post(
        url, {"patient": patient.reference, "kind": "consultation", "slot": tokens[0]}
    )
    visit = Visit.objects.get(patient=patient)
    assert answer.url == reverse("booking:visit", args=[visit.reference])
    taken = client.post(
        url,
        {
            "patient": factories.make_patient().reference,
            "kind": "consultation",
            "slot": tokens[0],
        },
    )
    assert taken.status_code == 409
    assert house.desk.full_name in html(taken)
    assert isinstance(visit.starts_at, datetime)


@pytest.mark.regression
def test_a_page_made_for_another_session_of_the_plan_books_nothing(
    house: House,
) -> None:
    gone = house.add(status="missed")
    factories.make_qualification(user=house.practitioner)
    client, url = signed_in(house.desk), reverse("booking:new-visit")
    asked = {"patient": gone.patient.reference, "kind": "session"}
    page = Page(html(client.get(url, asked)))
    assert "First free times for session 1" in page.text
    [mark] = [e.attributes["value"] for e in page.all("input", name="session")]
    [slot, *_more] = [e.attributes["value"] for e in page.all("input", name="slot")]
    far = gone.starts_at + timedelta(days=90)
    Visit.objects.filter(pk=gone.pk).update(
        status="confirmed",
        starts_at=far,
        ends_at=far + timedelta(minutes=45),
        day=far.date(),
    )
    answer = client.post(url, {**asked, "slot": slot, "session": mark})
    assert answer.status_code == 409
    assert "First free times for session 2" in Page(html(answer)).text
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "x"])
def test_a_day_that_cannot_be_shown_is_today(day: str) -> None:
    client = signed_in(factories.make_desk(site=factories.make_site()))
    answer = client.get("/today/", {"d": day})
    assert answer.status_code == 200
    assert answer.context["found"].day == client.get("/today/").context["found"].day


@pytest.mark.parametrize(("days", "opens"), [(0, True), (1, False)])
def test_a_sheet_is_offered_on_its_own_day_only(
    house: House, days: int, opens: bool
) -> None:
    visit = house.add()
    Visit.objects.filter(pk=visit.pk).update(day=visit.day + timedelta(days=days))
    url = reverse("booking:visit", args=[visit.reference])
    text = Page(html(signed_in(house.practitioner).get(url))).text
    assert ("Open the session" in text) is opens
