"""The report: an owner's of all without names, a practitioner's of their own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.utils import timezone

from clinic.models import AuditEvent, User
from clinic.staff.roles import Role
from sessions.models import AdverseEvent, Plan, TreatmentSession
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db

REPORT = "/reports/progress/"
TABLES = ("outcomes", "depths", "staying", "missed", "use", "events")
LISTS = ("event:PIH", "event:all", "ended", "stopped", "stay:1", "missed", "rooms")


def _an_event(family_name: str = "Yellowbird") -> AdverseEvent:
    """An event of a session, with a practitioner, a room and a site of its own."""
    site = factories.make_site()
    practitioner = factories.make_practitioner(site=site)
    patient = factories.make_patient(given_name="Canary", family_name=family_name)
    condition = factories.make_condition(patient=patient)
    plan = factories.make_plan(
        condition=condition, site=site, by=practitioner, practitioner=practitioner
    )
    now = timezone.now()
    visit = factories.make_visit(
        patient=patient,
        practitioner=practitioner,
        room=factories.make_room(site=site),
        by=practitioner,
        plan=plan,
        starts_at=now - timedelta(days=20),
        status="done",
    )
    session = factories.make_session(visit=visit, condition=condition)
    TreatmentSession.objects.filter(pk=session.pk).update(
        screening=factories.make_screening(patient=patient, by=practitioner),
        consent=factories.make_consent(patient=patient, taken_by=practitioner),
        skin_clear_at=now,
        signed_at=now,
        signed_by=practitioner,
        signed_digest="0" * 64,
    )
    return AdverseEvent.objects.create(
        patient=patient,
        session=session,
        kind="PIH",
        onset_on=visit.day,
        grade=2,
        zones=["CM-R"],
        recorded_at=now,
        recorded_by=practitioner,
    )


def test_an_empty_clinic_gets_a_page_that_helps() -> None:
    response = signed_in(factories.make_owner()).get(REPORT)
    page = Page(html(response))
    assert response.status_code == 200
    assert page.faults() == []
    assert "Nothing was treated in this period" in html(response)


def test_a_clinic_with_figures_gets_a_whole_page() -> None:
    _an_event()
    response = signed_in(factories.make_owner()).get(REPORT)
    page = Page(html(response))
    assert page.faults() == []
    assert "in 1 of 1 sessions" in html(response)
    assert "no-store" in response["Cache-Control"]


def test_the_front_desk_reads_no_report() -> None:
    browser = signed_in(factories.make_user(Role.FRONT_DESK))
    for path in ("/reports/", REPORT, f"{REPORT}behind/?of=stopped"):
        assert browser.get(path).status_code == 403


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.PRACTITIONER])
@pytest.mark.parametrize("table", TABLES)
def test_only_owners_take_a_table_away(role: Role, table: str) -> None:
    browser = signed_in(factories.make_user(role))
    assert browser.get(f"{REPORT}{table}.csv").status_code == 403


def test_the_list_behind_a_figure_has_references_for_an_owner() -> None:
    event = _an_event()
    owner = factories.make_owner()
    response = signed_in(owner).get(f"{REPORT}behind/?of=event:PIH")
    assert event.patient.reference in html(response)
    assert "Yellowbird" not in html(response)
    assert AuditEvent.objects.filter(
        actor=owner, action="report.list_opened", patient_id=event.patient_id
    ).exists()


def test_an_owner_who_treats_sees_names() -> None:
    _an_event()
    both = factories.make_user(Role.OWNER, Role.PRACTITIONER)
    response = signed_in(both).get(f"{REPORT}behind/?of=event:PIH")
    assert "Yellowbird" in html(response)


def test_missed_visits_open_to_references_for_an_owner() -> None:
    site = factories.make_site()
    practitioner = factories.make_practitioner(site=site)
    patient = factories.make_patient(given_name="Canary", family_name="Yellowbird")
    visit = factories.make_visit(
        patient=patient,
        practitioner=practitioner,
        room=factories.make_room(site=site),
        by=practitioner,
        starts_at=timezone.now().replace(hour=10) - timedelta(days=20),
        status="missed",
    )
    browser = signed_in(factories.make_owner())
    report = Page(html(browser.get(REPORT)))
    assert report.faults() == []
    links = (unquote(one.attributes.get("href") or "") for one in report.all("a"))
    lists = {
        link.split("of=")[1].split("&")[0]: link for link in links if "of=" in link
    }
    weekday, hour = visit.day.isoweekday(), 10
    wanted = {"missed", f"missed:{weekday}:{hour}", "stopped"}
    wanted |= {f"room:{visit.room_id}", f"person:{practitioner.pk}"}
    assert set(lists) == {*wanted, "event:all"}
    del lists["stopped"], lists["event:all"]
    for link in lists.values():
        opened = Page(html(browser.get(link)))
        assert opened.faults() == []
        assert patient.reference in opened.text
        assert "Yellowbird" not in opened.text


@pytest.mark.parametrize("of", ["ended", "stopped", "stay:1"])
def test_plans_behind_a_figure_open_to_references_for_an_owner(of: str) -> None:
    event = _an_event()
    plan = event.session.plan
    assert plan is not None
    Plan.objects.filter(pk=plan.pk).update(
        status="stopped", stop_reason="Moved away", ended_on=timezone.localdate()
    )
    browser = signed_in(factories.make_owner())
    page = Page(html(browser.get(f"{REPORT}behind/?of={of}")))
    assert page.faults() == []
    assert plan.patient.reference in page.text
    assert "Stopped" in page.text
    assert "Yellowbird" not in page.text
    assert f"of={of}" in unquote(html(browser.get(REPORT)))


def test_a_small_outcome_group_is_not_opened() -> None:
    response = signed_in(factories.make_owner()).get(
        f"{REPORT}behind/?of=outcome:ACNE_ROLLING"
    )
    assert "fewer than 10 patients are not shown" in html(response)


def test_an_unknown_list_is_404() -> None:
    browser = signed_in(factories.make_owner())
    assert browser.get(f"{REPORT}behind/?of=nonsense:1:2:3:4").status_code == 404
    assert browser.get(f"{REPORT}nonsense.csv").status_code == 404


@pytest.mark.parametrize("table", TABLES)
def test_every_table_comes_as_csv_without_names(table: str) -> None:
    _an_event()
    response = signed_in(factories.make_owner()).get(f"{REPORT}{table}.csv")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "Yellowbird" not in html(response)


@pytest.mark.parametrize(
    "query",
    ["span=nonsense", "site=99999999999999999999", "site=x", "condition=%27%3B--"],
)
def test_filters_that_make_no_sense_do_no_harm(query: str) -> None:
    response = signed_in(factories.make_owner()).get(f"{REPORT}?{query}")
    assert response.status_code == 200


def test_the_number_of_statements_is_fixed(
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    site = _an_event().session.site
    browser = signed_in(factories.make_owner(site=site))
    browser.get(REPORT)
    with django_assert_max_num_queries(19):
        browser.get(REPORT)


def _stopped_and_missed(event: AdverseEvent) -> User:
    """The event's practitioner, whose patient also stopped and missed a visit."""
    session = event.session
    assert session.plan is not None
    Plan.objects.filter(pk=session.plan.pk).update(
        status="stopped", stop_reason="Moved away", ended_on=timezone.localdate()
    )
    factories.make_visit(
        patient=event.patient,
        practitioner=session.practitioner,
        room=session.visit.room,
        by=session.practitioner,
        plan=session.plan,
        starts_at=timezone.now().replace(hour=10) - timedelta(days=10),
        status="missed",
    )
    return session.practitioner


def test_a_practitioner_reads_about_their_own_patients_only() -> None:
    ours, theirs = _an_event("Ourbird"), _an_event("Theirbird")
    me, other = _stopped_and_missed(ours), _stopped_and_missed(theirs)
    browser = signed_in(me)
    text = html(browser.get(REPORT))
    page = Page(text)
    assert page.faults() == []
    assert "Progress of your patients" in page.text
    assert "in 1 of 1 sessions" in page.text
    assert "in 2 of 2 sessions" in html(signed_in(factories.make_owner()).get(REPORT))
    assert other.full_name not in page.text
    for of in (*LISTS, f"room:{ours.session.visit.room_id}", f"person:{me.pk}"):
        opened = Page(html(browser.get(f"{REPORT}behind/?of={of}")))
        assert opened.faults() == []
        assert "Ourbird" in opened.text, of
        assert "Theirbird" not in opened.text, of
        assert theirs.patient.reference not in opened.text, of
    read = AuditEvent.objects.filter(actor=me, action="report.list_opened")
    assert {one.patient_id for one in read} == {ours.patient_id}


@pytest.mark.parametrize("of", LISTS)
def test_a_practitioner_cannot_ask_for_a_colleagues_figures(of: str) -> None:
    ours, theirs = _an_event("Ourbird"), _an_event("Theirbird")
    me, other = _stopped_and_missed(ours), _stopped_and_missed(theirs)
    browser = signed_in(me)
    foreign = f"practitioner={other.pk}"
    assert browser.get(f"/reports/?{foreign}").status_code == 403
    assert browser.get(f"{REPORT}?{foreign}").status_code == 403
    assert browser.get(f"{REPORT}behind/?of={of}&{foreign}").status_code == 403
    for harmless in (f"practitioner={me.pk}", "practitioner=", "practitioner=x"):
        opened = html(browser.get(f"{REPORT}behind/?of={of}&{harmless}"))
        assert "Ourbird" in opened
        assert "Theirbird" not in opened


def test_a_colleagues_hours_and_rooms_open_to_nobody_of_theirs() -> None:
    ours, theirs = _an_event("Ourbird"), _an_event("Theirbird")
    browser = signed_in(ours.session.practitioner)
    person = f"person:{theirs.session.practitioner.pk}"
    assert browser.get(f"{REPORT}behind/?of={person}").status_code == 404
    room = f"room:{theirs.session.visit.room_id}"
    opened = html(browser.get(f"{REPORT}behind/?of={room}"))
    assert "Nobody in this period" in opened


@pytest.mark.regression
def test_a_practitioner_reads_of_no_room_they_had_no_visit_in() -> None:
    ours, theirs = _an_event("Ourbird"), _an_event("Theirbird")
    mine, other = ours.session.visit.room, theirs.session.visit.room
    me = ours.session.practitioner
    for room, name in ((mine, "Blue room"), (other, "Far room")):
        room.name = name
        room.save(update_fields=["name"])
    text = html(signed_in(me).get(REPORT))
    assert "Blue room" in text
    assert "Far room" not in text
    owner = signed_in(factories.make_owner())
    assert "Far room" in html(owner.get(REPORT))
    assert "Far room" not in html(owner.get(f"{REPORT}?practitioner={me.pk}"))


def test_a_practitioner_is_offered_neither_colleagues_nor_files() -> None:
    event = _an_event()
    mine = html(signed_in(event.session.practitioner).get(REPORT))
    assert 'name="practitioner"' not in mine
    assert ".csv" not in mine
    owners = html(signed_in(factories.make_owner()).get(REPORT))
    assert 'name="practitioner"' in owners
    assert owners.count(".csv") == len(TABLES)


def test_a_practitioner_at_the_desk_reads_about_their_own_patients_too() -> None:
    _an_event()
    both = factories.make_user(Role.PRACTITIONER, Role.FRONT_DESK)
    assert "Nothing was treated in this period" in html(signed_in(both).get(REPORT))


def test_an_owner_who_treats_reads_about_everybody() -> None:
    other = _an_event().session.practitioner
    both = factories.make_user(Role.OWNER, Role.PRACTITIONER)
    browser = signed_in(both)
    for query in ("", f"?practitioner={other.pk}"):
        page = Page(html(browser.get(f"{REPORT}{query}")))
        assert "in 1 of 1 sessions" in page.text
        assert "your patients" not in page.text
    assert browser.get(f"{REPORT}events.csv").status_code == 200


def test_a_small_outcome_group_stays_closed_to_its_own_practitioner() -> None:
    browser = signed_in(_an_event().session.practitioner)
    response = browser.get(f"{REPORT}behind/?of=outcome:ACNE_ROLLING")
    assert "fewer than 10 patients are not shown" in html(response)


def test_a_practitioners_report_asks_no_more_than_an_owners(
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    browser = signed_in(_an_event().session.practitioner)
    browser.get(REPORT)
    with django_assert_max_num_queries(19):
        browser.get(REPORT)


def test_the_help_of_a_practitioner_speaks_of_the_report() -> None:
    words = "how your patients get on"
    assert words in html(signed_in(factories.make_practitioner()).get("/help/"))
    assert words not in html(signed_in(factories.make_owner()).get("/help/"))
