"""The owner reads the log, and that is in the log."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from clinic.audit import actions, queries, words
from clinic.models import AuditEvent, User
from tests import factories
from tests.factories import NOW, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return factories.make_owner(site=factories.make_site())


@pytest.fixture
def office(owner: User) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})
    return client


def log(by: User | None, action: str = "chart.opened", **more: Any) -> None:
    actions.record(by=by, now=more.pop("now", NOW), action=action, **more)


def read(office: Client, **asked: str) -> str:
    return office.get(reverse("clinic:audit"), asked).content.decode()


def test_each_filter_leaves_out_what_does_not_fit(office: Client) -> None:
    ana = factories.make_practitioner(full_name="Ana Alpha")
    ben = factories.make_desk(full_name="Ben Beta")
    patient = factories.make_patient()
    log(ana, patient_id=patient.pk)
    log(
        ben, "lot.received", now=NOW - timedelta(days=3), object_kind="lot", object_id=7
    )

    def rows(**asked: str) -> tuple[bool, bool]:
        page = read(office, **asked)
        table = page[page.index("<tbody>") :] if "<tbody>" in page else ""
        return "Ana Alpha" in table, "Ben Beta" in table

    assert rows() == (True, True)
    assert rows(person=str(ben.pk)) == (False, True)
    assert rows(patient=patient.reference) == (True, False)
    assert rows(action="lot.received") == (False, True)
    assert rows(first_day="2026-03-04", last_day="2026-03-04") == (True, False)
    assert rows(last_day="2026-03-03") == (False, True)
    assert rows(patient="P99999") == (False, False)


def test_reading_is_logged_with_the_names_of_the_filters_only(
    office: Client, owner: User
) -> None:
    patient = factories.make_patient()
    read(office, patient=patient.reference)
    event = AuditEvent.objects.get(action="audit.read")
    assert (event.actor, event.patient_id) == (owner, patient.pk)
    assert event.details == {"filters": ["patient"]}


@pytest.mark.parametrize("reference", ["Okafor", "X1", "P"])
def test_a_name_is_no_reference(office: Client, reference: str) -> None:
    answer = office.get(reverse("clinic:audit"), {"patient": reference})
    assert answer.status_code == 422
    assert "such as P00412" in answer.content.decode()


def test_older_pages_follow_without_gaps(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    for number in range(7):
        log(None, "chart.opened", number=number)
    first = office.get(reverse("clinic:audit"), {"action": "chart.opened"})
    assert [line.details for line in first.context["lines"]] == [
        "number: 6",
        "number: 5",
        "number: 4",
    ]
    second = office.get(f"{reverse('clinic:audit')}?{first.context['older']}")
    assert [line.details for line in second.context["lines"]] == [
        "number: 3",
        "number: 2",
        "number: 1",
    ]


def test_the_file_holds_the_same_events_and_runs_no_formula(office: Client) -> None:
    log(factories.make_desk(full_name="=HYPERLINK(1)"), object_kind="lot", object_id=7)
    answer = office.get(reverse("clinic:audit-csv"), {"action": "chart.opened"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["person"] for row in rows] == ["'=HYPERLINK(1)"]
    assert rows[0]["at_utc"] == "2026-03-04T10:00:00+00:00"
    assert AuditEvent.objects.filter(action="audit.exported").count() == 1


def test_the_file_asks_for_the_password_once_more(owner: User) -> None:
    client = Client()
    client.force_login(owner)
    answer = client.get(reverse("clinic:audit-csv"))
    assert answer.url.startswith(reverse("account_reauthenticate"))  # type: ignore[attr-defined]


def test_the_log_of_a_chart_is_the_patient_alone() -> None:
    nurse = factories.make_practitioner()
    for patient_id in (1, 2, 1):
        log(nurse, patient_id=patient_id)
    found = queries.events_of_patient(1)
    assert [event.patient_id for event in found] == [1, 1]
    assert found[0].pk > found[1].pk


def test_the_page_takes_few_queries(
    office: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        log(factories.make_desk())
    read(office)
    with django_assert_max_num_queries(10):
        read(office)


def test_every_action_of_the_product_has_its_words() -> None:
    root = Path(__file__).parents[2]
    sources = [
        path.read_text("utf-8")
        for app in ("clinic", "patients", "sessions")
        for path in (root / app).rglob("*.py")
    ]
    used = {
        action
        for source in sources
        for action in re.findall(r'\baction="([a-z_]+[. ][a-z_ ]+)"', source)
    }
    assert len(used) > 30
    assert sorted(used - set(words._WORDS)) == []


def test_a_long_list_is_short_on_the_page_and_whole_in_the_file() -> None:
    shown = [f"P{number:05}" for number in range(8)]
    event = AuditEvent(action="patients.listed", details={"shown": shown})
    assert words.in_brief(event) == f"shown: {', '.join(shown[:5])} and 3 more"
    assert words.details(event) == f"shown: {', '.join(shown)}"
    event.details = {"shown": shown[:6]}
    assert words.in_brief(event) == words.details(event)


@pytest.mark.parametrize("before", ["²", "9" * 5000, "-1", "x", ""])
def test_a_page_that_cannot_be_is_the_first(owner: User, before: str) -> None:
    client = Client()
    client.force_login(owner)
    answer = client.get(reverse("clinic:audit"), {"before": before})
    assert answer.status_code == 200
    assert answer.context["is_later_page"] is False


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_the_first_and_the_last_day_of_all_may_be_asked_for(
    owner: User, day: str
) -> None:
    client = Client()
    client.force_login(owner)
    for name in ("first_day", "last_day"):
        assert client.get(reverse("clinic:audit"), {name: day}).status_code == 200
