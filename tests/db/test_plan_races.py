"""Many desks, one plan's times: through HTTP, on real connections."""

import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from sessions.booking import taking
from sessions.models import Plan, Visit
from tests import factories
from tests.web.pages import Page, html, signed_in
from tests.web.test_plan_builder import posted

pytestmark = pytest.mark.django_db(transaction=True)
NEW = reverse("booking:new-plan")
CLIENTS = 8


def prepared() -> list[tuple[Client, dict[str, Any]]]:
    """Eight desks, each with another patient and the same times on the screen."""
    site = factories.make_site()
    factories.make_practitioner(site=site)
    factories.make_room(site=site)
    factories.make_protocol()
    jobs = []
    for number in range(CLIENTS):
        patient = factories.make_patient()
        factories.make_condition(patient=patient)
        desk = factories.make_desk(site=site, full_name=f"Desk {number}")
        client = signed_in(desk)
        page = Page(html(client.get(NEW, {"patient": patient.reference})))
        jobs.append((client, {**posted(page), "then": "book"}))
    return jobs


def race(jobs: list[tuple[Client, dict[str, Any]]]) -> list[Any]:
    answers: list[Any] = []
    start = threading.Barrier(len(jobs))

    def run(client: Client, data: dict[str, Any]) -> None:
        start.wait()
        try:
            answers.append(client.post(NEW, data))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def overlaps() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM treatments_visit a JOIN treatments_visit b "
            "ON a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at "
            "AND (a.room_id = b.room_id OR a.practitioner_id = b.practitioner_id)"
        )
        return int(cursor.fetchone()[0])


def test_one_desk_books_the_plan_and_the_others_learn_who() -> None:
    answers = race(prepared())
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [302] + [409] * (CLIENTS - 1)
    assert (Plan.objects.count(), Visit.objects.count()) == (1, 4)
    winner = Plan.objects.get().created_by.full_name
    for answer in answers:
        if answer.status_code == 409:
            page = Page(html(answer))
            assert winner in page.text
            assert len(posted(page)["slot"]) == 4
    assert overlaps() == 0


def test_without_the_locks_the_database_still_lets_one_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sabotage: the constraints hold, and nobody sees an error page."""
    jobs = prepared()
    monkeypatch.setattr(taking, "lock", lambda claims: None)
    monkeypatch.setattr(taking, "refuse_taken", lambda claims, moving=(): None)
    answers = race(jobs)
    assert {answer.status_code for answer in answers} <= {302, 409}
    assert Visit.objects.count() == 4 * Plan.objects.count()
    assert overlaps() == 0
