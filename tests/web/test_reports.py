"""The owner's report: for owners only, honest with small groups, without names."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.utils import timezone

from clinic.models import AuditEvent
from clinic.staff.roles import Role
from sessions.models import AdverseEvent, Plan, TreatmentSession
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db

REPORT = "/reports/progress/"
TABLES = ("outcomes", "depths", "staying", "missed", "use", "events")


def _an_event() -> AdverseEvent:
    site = factories.make_site()
    practitioner = factories.make_practitioner(site=site)
    patient = factories.make_patient(given_name="Canary", family_name="Yellowbird")
    condition = factories.make_condition(patient=patient)
    plan = factories.make_plan(condition=condition, site=site, by=practitioner)
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


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.PRACTITIONER])
def test_only_owners_read_reports(role: Role) -> None:
    browser = signed_in(factories.make_user(role))
    for path in (REPORT, f"{REPORT}behind/?of=stopped", f"{REPORT}use.csv"):
        assert browser.get(path).status_code == 403


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
