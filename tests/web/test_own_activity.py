"""Everybody reads what they themselves did and opened, and nothing of anybody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from clinic.audit import actions, queries
from clinic.models import AuditEvent, User
from clinic.staff.roles import Role
from tests import factories
from tests.factories import NOW
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db
ROLES = (Role.FRONT_DESK, Role.PRACTITIONER, Role.OWNER)
URL = "clinic:my-activity"


def log(by: User | None, action: str = "patient.opened", **more: Any) -> None:
    actions.record(by=by, now=more.pop("now", NOW), action=action, **more)


def rows(me: User, **asked: str) -> list[tuple[str, str, str]]:
    """What was done, to whom, with which details, as the page lists it."""
    answer = signed_in(me).get(reverse(URL), asked)
    assert answer.status_code == 200
    return [
        (line.action, line.patient, line.details) for line in answer.context["lines"]
    ]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reads_their_own_events_and_no_others(role: Role) -> None:
    me = factories.make_user(role, site=factories.make_site())
    colleague = factories.make_practitioner(full_name="Ana Alpha")
    mine, theirs, nobodys = (factories.make_patient() for _ in range(3))
    log(me, patient_id=mine.pk)
    log(colleague, patient_id=theirs.pk)
    log(None, patient_id=nobodys.pk)
    log(colleague, "person.changed", object_kind="user", object_id=me.pk)
    answer = signed_in(me).get(reverse(URL))
    page = Page(html(answer))
    assert not page.faults()
    assert [line.patient for line in answer.context["lines"]] == [mine.reference]
    assert mine.reference in page.text
    for kept_back in (theirs.reference, nobodys.reference, "Ana Alpha"):
        assert kept_back not in page.text


@pytest.mark.parametrize("name", ["person", "person_id", "actor"])
def test_nobody_asks_for_somebody_elses_by_the_address(name: str) -> None:
    me, colleague = factories.make_desk(), factories.make_practitioner()
    log(colleague, patient_id=factories.make_patient().pk)
    assert rows(me, **{name: str(colleague.pk)}) == []


def test_a_stranger_is_led_to_the_sign_in(client: Client) -> None:
    answer = client.get(reverse(URL))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_reading_it_is_logged_with_the_names_of_the_filters_only() -> None:
    me = factories.make_desk()
    rows(me, first_day="2026-03-04")
    event = AuditEvent.objects.get(action="audit.own_read")
    assert (event.actor, event.patient_id) == (me, None)
    assert event.details == {"filters": ["first_day"]}
    assert rows(me) == [("Looked at own activity", "", "filters: first_day")]


def test_the_days_asked_for_are_counted_in() -> None:
    me = factories.make_desk(site=factories.make_site())
    for number in range(3):
        log(me, "lot.received", now=NOW - timedelta(days=number), number=number)

    def shown(**asked: str) -> list[str]:
        return [said for done, _, said in rows(me, **asked) if done == "Received a lot"]

    assert shown() == ["number: 2", "number: 1", "number: 0"]
    assert shown(first_day="2026-03-03", last_day="2026-03-03") == ["number: 1"]
    assert shown(first_day="2026-03-04") == ["number: 0"]
    assert shown(last_day="2026-03-02") == ["number: 2"]


def test_a_day_that_is_none_is_said_so() -> None:
    answer = signed_in(factories.make_desk()).get(reverse(URL), {"first_day": "x"})
    assert answer.status_code == 422
    assert "Enter a valid date" in html(answer)


def test_older_pages_follow_without_gaps_and_keep_the_days(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    me, colleague = factories.make_desk(), factories.make_practitioner()
    for number in range(5):
        log(me, "lot.received", number=number)
        log(colleague, "lot.received", number=number)
    client, days = signed_in(me), {"last_day": "2026-03-04"}
    first = client.get(reverse(URL), days)
    second = client.get(f"{reverse(URL)}?{first.context['older']}")
    numbers = [[one.details for one in a.context["lines"]] for a in (first, second)]
    assert numbers == [
        ["number: 4", "number: 3", "number: 2"],
        ["number: 1", "number: 0"],
    ]
    assert not second.context["older"]
    assert Page(html(second)).all("a", href="?last_day=2026-03-04")


def test_the_same_again_is_one_line() -> None:
    me = factories.make_desk()
    for minute in (0, 5, 10):
        log(me, "needs.listed", now=NOW + timedelta(minutes=minute))
    answer = signed_in(me).get(reverse(URL))
    assert [line.times for line in answer.context["lines"]] == [3]
    assert "3 times since" in html(answer)


CLINICAL = {"code": "C01", "verdict": "BLOCK"}


def test_who_reads_charts_reads_the_details_of_what_they_decided() -> None:
    me, patient = factories.make_practitioner(), factories.make_patient()
    log(me, "rule override", patient_id=patient.pk, **CLINICAL)
    assert rows(me)[0][1:] == (patient.reference, "code: C01; verdict: BLOCK")


def test_the_desk_reads_references_and_nothing_clinical_of_a_former_role() -> None:
    """Who treated before and sits at the desk now keeps the lines, not the details."""
    me, patient = factories.make_desk(), factories.make_patient()
    log(me, "rule override", patient_id=patient.pk, **CLINICAL)
    log(me, "facts.imported", patient_id=patient.pk, added=3)
    log(me, "visit.status", patient_id=patient.pk, status="arrived")
    log(me, "patients.listed", shown=[patient.reference])
    assert [(who, said) for _, who, said in rows(me)] == [
        ("", f"shown: {patient.reference}"),
        (patient.reference, "status: arrived"),
        (patient.reference, ""),
        (patient.reference, ""),
    ]


def test_an_empty_page_says_why() -> None:
    me = factories.make_desk()
    assert "Nothing yet." in html(signed_in(me).get(reverse(URL)))
    answer = signed_in(me).get(reverse(URL), {"last_day": "2020-01-01"})
    assert "You did nothing here on these days." in html(answer)
    assert Page(html(answer)).all("a", href=reverse(URL))


def test_the_settings_lead_there() -> None:
    page = Page(html(signed_in(factories.make_desk()).get(reverse("clinic:me"))))
    assert page.all("a", href=reverse(URL))


def test_the_page_takes_as_many_queries_for_many_events_as_for_few(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    me = factories.make_desk(site=factories.make_site())
    client = signed_in(me)
    client.get(reverse(URL))
    for _ in range(60):
        log(me, patient_id=factories.make_patient().pk)
    with django_assert_max_num_queries(8):
        client.get(reverse(URL))
