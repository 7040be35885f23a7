"""The panel beside the day: what waits, with its step, in the words of the role."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from sessions.models import AdverseEvent, Plan, TreatmentSession, Visit
from tests import factories
from tests.web.pages import Page, html, signed_in
from tests.web.test_today import House, house

__all__ = ["house"]
pytestmark = pytest.mark.django_db
NEEDS = reverse("charting:needs")


def asked(user: Any, scope: str = "all", *, fragment: bool = True) -> Page:
    headers = {"HX-Request": "true"} if fragment else {}
    answer = signed_in(user).get(NEEDS, {"scope": scope}, headers=headers)
    assert answer.status_code == 200
    return Page(html(answer))


def steps(page: Page) -> dict[str, str]:
    """The address of each step by its name."""
    return {
        link.attributes["aria-label"]: link.attributes["href"]
        for link in page.all("a")
        if "aria-label" in link.attributes
    }


def sheet(house: House, visit: Visit) -> TreatmentSession:
    visit.status = "done"
    visit.save(update_fields=["status"])
    return factories.make_session(visit=visit)


def test_the_day_asks_for_the_panel_and_works_without_script(house: House) -> None:
    house.add()
    client = signed_in(house.desk)
    [panel] = Page(html(client.get(reverse("booking:today")))).all("aside", id="needs")
    address = panel.attributes["hx-get"]
    assert client.get(address).status_code == 200
    assert not asked(house.desk, fragment=False).faults()
    other = client.get(reverse("booking:today"), {"d": "2020-01-08"})
    assert not Page(html(other)).all("aside", id="needs")


def test_an_open_sheet_waits_to_be_signed_by_its_own_practitioner(house: House) -> None:
    session = sheet(house, house.add())
    title = f"Sign: Sign the session of {session.patient.name}"
    url = reverse("charting:sign", args=[session.reference])
    assert steps(asked(house.practitioner))[title] == url
    colleague = factories.make_practitioner(site=house.site)
    for other in (colleague, house.desk):
        assert "Sign the session" not in asked(other).text


def test_consent_and_screening_wait_until_they_are_there(house: House) -> None:
    visit = house.add(status="arrived")
    page = asked(house.practitioner)
    assert "Consent missing, 09:00" in page.text
    assert "Screening due, 09:00" in page.text
    ref = visit.patient.reference
    taken = "Take it: Consent missing, 09:00"
    assert steps(page)[taken] == reverse("consent:list", args=[ref])
    factories.make_consent(patient=visit.patient, taken_by=house.practitioner)
    factories.make_screening(
        patient=visit.patient, by=house.practitioner, for_date=visit.day
    )
    assert "09:00" not in asked(house.practitioner).text


def test_who_has_not_come_yet_is_not_waiting_to_be_screened(house: House) -> None:
    house.add(status="confirmed")
    assert "Screening due" not in asked(house.practitioner).text


def test_the_desk_is_led_to_the_visit_never_to_the_chart(house: House) -> None:
    visit = house.add(status="arrived")
    session = sheet(house, house.add(11))
    AdverseEvent.objects.create(
        patient=session.patient,
        session=session,
        kind="PIH",
        onset_on=timezone.localdate(),
        grade=2,
        recorded_at=timezone.now(),
        recorded_by=house.practitioner,
    )
    assert "Open event" in asked(house.practitioner).text
    AdverseEvent.objects.update(kind="ERYTHEMA")
    assert "Reaction to watch" in asked(house.practitioner).text
    long_ago = timezone.localdate() - timedelta(days=8)
    TreatmentSession.objects.update(performed_on=long_ago)
    assert "Open event" in asked(house.practitioner).text
    page = asked(house.desk)
    assert "event" not in page.text.lower()
    client = signed_in(house.desk)
    found = steps(page)
    assert found["Open: Consent missing, 09:00"] == reverse(
        "booking:visit", args=[visit.reference]
    )
    for url in found.values():
        assert client.get(url).status_code == 200


def test_a_missed_session_waits_until_it_is_booked_again(house: House) -> None:
    visit = house.add(status="missed")
    name = f"{visit.patient.name} did not come"
    url = steps(asked(house.desk))[f"Book again: {name}"]
    assert "kind=session" in url
    offered = Page(html(signed_in(house.desk).get(url)))
    [kind] = offered.all("input", name="kind", value="session", type="radio")
    assert "checked" in kind.attributes
    again = visit.starts_at + timedelta(days=2)
    factories.make_visit(
        patient=visit.patient,
        practitioner=house.practitioner,
        room=house.room,
        by=house.desk,
        plan=visit.plan,
        planned_session=visit.planned_session,
        starts_at=again,
    )
    assert name not in asked(house.desk).text


def test_a_plan_to_book_and_a_review_wait_until_they_have_visits(house: House) -> None:
    visit = house.add(status="done")
    plan = Plan.objects.get()
    Plan.objects.update(status="to_book")
    title = f"Book: Book the plan of {plan.patient.name}"
    to_build = reverse("booking:edit-plan", args=[plan.reference])
    assert steps(asked(house.desk))[title] == to_build
    Plan.objects.update(status="review_due")
    due = f"Review due: {plan.patient.name}"
    assert due in asked(house.desk).text
    factories.make_visit(
        patient=plan.patient,
        practitioner=house.practitioner,
        room=house.room,
        by=house.desk,
        kind="review",
        plan=plan,
        starts_at=visit.starts_at + timedelta(days=3),
    )
    assert due not in asked(house.desk).text


def test_a_practitioners_own_panel_is_about_her_own_visits(house: House) -> None:
    house.add(status="arrived")
    colleague = factories.make_practitioner(site=house.site)
    assert "Screening due" in asked(colleague, "all").text
    assert "Screening due" not in asked(colleague, "me").text


def test_a_lot_that_ends_soon_is_named(house: House) -> None:
    today = timezone.localdate()
    for days, is_named in ((14, True), (15, False)):
        lot = factories.make_lot(
            site=house.site,
            received_on=today - timedelta(days=90),
            expires_on=today + timedelta(days=days),
        )
        words = f"Lot {lot.number} ends in {days} days"
        assert (words in asked(house.desk).text) is is_named


def test_only_the_first_few_of_a_kind_are_listed(house: House) -> None:
    for hour in range(5):
        house.add(9 + hour, status="arrived")
    text = asked(house.practitioner).text
    assert text.count("Consent missing") + text.count("Screening due") == 3
    assert "and 7 more" in text
    assert "Nothing waits" not in text


def test_nothing_to_do_says_so_and_owners_and_strangers_see_nothing(
    house: House, client: Any
) -> None:
    assert "Nothing waits for you." in asked(house.desk).text
    owner = factories.make_owner(site=house.site)
    assert signed_in(owner).get(NEEDS).status_code == 403
    assert client.get(NEEDS).status_code == 302


@pytest.mark.parametrize("count", [1, 4])
def test_the_panel_asks_little_whatever_the_day(
    house: House, count: int, django_assert_max_num_queries: Any
) -> None:
    for hour in range(count):
        house.add(9 + hour, status="arrived")
    client = signed_in(house.practitioner)
    client.get(NEEDS)
    with django_assert_max_num_queries(15):
        client.get(NEEDS, headers={"HX-Request": "true"})


def test_a_step_tells_the_panel_that_the_day_changed(house: House) -> None:
    answer = house.take(house.add(), "arrived")
    assert answer["HX-Trigger"] == "day-changed"
