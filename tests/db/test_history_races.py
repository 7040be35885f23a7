"""Two people at one record: one wins, the other is told, nothing is doubled."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from clinic.rules.facts import Purpose
from patients.consent import actions as consents
from patients.consent.actions import ConsentEntry
from patients.history.actions import screenings
from patients.history.actions.screenings import AnswerEntry, StartEntry
from patients.history.errors import HistoryRefusedError
from patients.models import Consent, HistoryFact, Screening
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def race(job: Callable[[], object]) -> list[str]:
    outcomes: list[str] = []
    start = threading.Barrier(THREADS)

    def run() -> None:
        start.wait()
        try:
            job()
            outcomes.append("won")
        except HistoryRefusedError:
            outcomes.append("refused")
        except Exception as error:  # noqa: BLE001
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_a_screening_is_completed_once_and_leaves_its_facts_once() -> None:
    by, patient = factories.make_practitioner(), factories.make_patient()
    entry = StartEntry(purpose=Purpose.SESSION, for_date=TODAY)
    draft = screenings.start(patient=patient, entry=entry, by=by, now=NOW)
    latex = {"latex_allergy": AnswerEntry(value=True)}
    screenings.answer(screening=draft, entries=latex, by=by, now=NOW)
    outcomes = race(lambda: screenings.complete(screening=draft, by=by, now=NOW))
    assert outcomes == ["refused"] * (THREADS - 1) + ["won"]
    assert HistoryFact.objects.filter(kind="latex_allergy").count() == 1


def test_starting_at_the_same_moment_gives_one_draft() -> None:
    by, patient = factories.make_practitioner(), factories.make_patient()
    entry = StartEntry(purpose=Purpose.SESSION, for_date=TODAY)
    outcomes = race(
        lambda: screenings.start(patient=patient, entry=entry, by=by, now=NOW)
    )
    assert outcomes == ["won"] * THREADS
    assert Screening.objects.count() == 1


def test_one_consent_of_a_kind_lives_however_many_take_it() -> None:
    by, patient = factories.make_practitioner(), factories.make_patient()
    text = factories.make_consent_text()
    outcomes = race(
        lambda: consents.take(
            patient=patient, text=text, entry=ConsentEntry(way="paper"), by=by, now=NOW
        )
    )
    assert outcomes == ["won"] * THREADS
    assert Consent.objects.count() == THREADS
    assert Consent.objects.filter(withdrawn_at__isnull=True).count() == 1
