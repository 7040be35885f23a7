"""History facts: dated, ended, withdrawn, never rewritten."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from clinic.audit.models import AuditEvent
from patients.history.actions import facts
from patients.history.actions.facts import FactEntry
from patients.history.errors import HistoryRefusedError
from patients.history.models import HistoryFact
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
LONG_AGO = date(2025, 8, 31)


def add(kind: str = "isotretinoin", **changes: Any) -> HistoryFact:
    return facts.add(
        patient=factories.make_patient(),
        entry=FactEntry(kind=kind, **changes),
        by=factories.make_practitioner(),
        now=NOW,
    )


def end(fact: HistoryFact, stopped_on: date | None) -> HistoryFact:
    by = factories.make_practitioner()
    return facts.end(fact=fact, stopped_on=stopped_on, by=by, now=NOW)


def test_a_fact_is_kept_with_its_days_and_who_said_so() -> None:
    fact = add(started_on=LONG_AGO, stopped_on=TODAY, source="patient")
    assert (fact.started_on, fact.stopped_on, fact.source) == (
        LONG_AGO,
        TODAY,
        "patient",
    )


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("magic", {}, "kind"),
        ("diabetes", {"choice": "sweet"}, "choice"),
        ("filler", {"zones": ("CHEEK",)}, "zones"),
        ("filler", {"started_on": TODAY + timedelta(days=1)}, "started_on"),
        ("isotretinoin", {"stopped_on": TODAY + timedelta(days=1)}, "stopped_on"),
        (
            "isotretinoin",
            {"started_on": TODAY, "stopped_on": TODAY - timedelta(days=1)},
            "stopped_on",
        ),
        ("filler", {"stopped_on": TODAY}, "stopped_on"),
        ("latex_allergy", {"ended": True}, "stopped_on"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    kind: str, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(HistoryRefusedError) as refused:
        add(kind, **changes)
    assert refused.value.field == field
    assert not HistoryFact.objects.exists()


def test_today_is_a_day_that_can_be() -> None:
    assert add("filler", started_on=TODAY).started_on == TODAY


def test_a_state_ends_on_a_day_or_on_one_nobody_knows() -> None:
    dated = end(add(started_on=LONG_AGO), TODAY)
    assert (dated.stopped_on, dated.ended) == (TODAY, False)
    undated = end(add(started_on=LONG_AGO), None)
    assert (undated.stopped_on, undated.ended) == (None, True)


def test_what_is_over_or_never_ends_cannot_be_ended() -> None:
    over = end(add(started_on=LONG_AGO), TODAY)
    for fact in (over, add("latex_allergy"), add("filler", started_on=LONG_AGO)):
        with pytest.raises(HistoryRefusedError):
            end(fact, TODAY)


def test_it_cannot_end_before_it_began() -> None:
    with pytest.raises(HistoryRefusedError):
        end(add(started_on=LONG_AGO), LONG_AGO - timedelta(days=1))


def test_an_error_is_withdrawn_once_and_kept() -> None:
    fact, by = add(), factories.make_practitioner()
    facts.withdraw(fact=fact, by=by, now=NOW)
    assert HistoryFact.objects.get(pk=fact.pk).withdrawn_by == by
    with pytest.raises(HistoryRefusedError):
        facts.withdraw(fact=fact, by=by, now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patients_historyfact SET kind = 'diabetes' WHERE id = %s",
        "UPDATE patients_historyfact SET started_on = '2020-01-01' WHERE id = %s",
        "DELETE FROM patients_historyfact WHERE id = %s",
    ],
)
def test_the_database_refuses_to_rewrite_a_fact(statement: str) -> None:
    fact = add()
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [fact.pk])


def test_the_log_tells_what_was_done_and_no_values() -> None:
    fact = add(detail="Warfarin 3 mg")
    end(fact, TODAY)
    facts.withdraw(fact=fact, by=factories.make_practitioner(), now=NOW)
    events = AuditEvent.objects.filter(object_kind="history fact").order_by("id")
    assert [event.action for event in events] == [
        "history fact added",
        "history fact ended",
        "history fact withdrawn",
    ]
    assert all(event.details == {} for event in events)
