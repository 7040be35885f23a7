"""What is treated: several at once, changed without losing anybody's change."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from clinic.audit.models import AuditEvent
from patients.history.actions import conditions
from patients.history.actions.conditions import ConditionEntry
from patients.history.errors import ChangedMeanwhileError, HistoryRefusedError
from patients.history.models import PatientCondition
from patients.records.models import Patient
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


def entry(**changes: Any) -> ConditionEntry:
    return ConditionEntry(
        **{"kind": "ACNE_ROLLING", "zones": ("CM-R", "CM-L"), **changes}
    )


def add(patient: Patient | None = None, **changes: Any) -> PatientCondition:
    return conditions.add(
        patient=patient or factories.make_patient(),
        entry=entry(**changes),
        by=factories.make_practitioner(),
        now=NOW,
    )


def change(condition: PatientCondition, seen: int, **changes: Any) -> PatientCondition:
    return conditions.change(
        condition=condition,
        entry=entry(**changes),
        seen_version=seen,
        by=factories.make_practitioner(),
        now=NOW,
    )


def test_several_conditions_stand_side_by_side() -> None:
    patient = factories.make_patient()
    add(patient)
    add(patient, kind="MELASMA", zones=("FH",))
    kinds = patient.conditions.values_list("kind", flat=True)
    assert sorted(kinds) == ["ACNE_ROLLING", "MELASMA"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "WISHFUL"}, "kind"),
        ({"zones": ()}, "zones"),
        ({"zones": ("CHEEK",)}, "zones"),
        ({"zones": ("EYELID",)}, "zones"),
        ({"baseline_scale": "gbq"}, "baseline_value"),
        ({"baseline_value": Decimal(4)}, "baseline_scale"),
        ({"baseline_scale": "nope", "baseline_value": Decimal(4)}, "baseline_scale"),
        ({"onset_on": date(2026, 3, 5), "onset_precision": "day"}, "onset"),
        ({"onset_on": date(1990, 5, 16), "onset_precision": "day"}, "onset"),
        ({"onset_on": date(1989, 1, 1), "onset_precision": "year"}, "onset"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(HistoryRefusedError) as refused:
        add(**changes)
    assert refused.value.field == field
    assert not PatientCondition.objects.exists()


@pytest.mark.parametrize(
    ("value", "is_allowed"),
    [("-1", False), ("0", True), ("84", True), ("85", False), ("18.5", False)],
)
def test_a_baseline_lies_on_its_scale(value: str, is_allowed: bool) -> None:
    changes = {"baseline_scale": "gbq", "baseline_value": Decimal(value)}
    if is_allowed:
        assert add(**changes).baseline_value == Decimal(value)
    else:
        with pytest.raises(HistoryRefusedError, match="0 to 84"):
            add(**changes)


@pytest.mark.parametrize(
    ("onset_on", "precision"),
    [
        (TODAY, "day"),
        (date(1990, 5, 17), "day"),
        (date(1990, 1, 1), "year"),
        (date(1990, 5, 1), "month"),
    ],
)
def test_it_may_have_begun_between_birth_and_today(
    onset_on: date, precision: str
) -> None:
    assert add(onset_on=onset_on, onset_precision=precision).onset_on == onset_on


def test_a_change_counts_up_and_the_log_names_fields_only() -> None:
    condition = add()
    changed = change(condition, 1, severity="Deep, both cheeks")
    assert changed.version == 2
    event = AuditEvent.objects.get(action="condition changed")
    assert event.details == {"fields": ["severity"]}


def test_who_saw_an_older_version_changes_nothing_and_gets_the_newer() -> None:
    condition = add()
    change(condition, 1, severity="Mine")
    with pytest.raises(ChangedMeanwhileError) as lost:
        change(condition, 1, severity="Theirs")
    current = lost.value.current
    assert isinstance(current, PatientCondition)
    assert current.severity == "Mine"


def test_saving_without_a_change_writes_nothing() -> None:
    condition = add()
    assert change(condition, 1).version == 1
    assert not AuditEvent.objects.filter(action="condition changed").exists()


def test_a_condition_is_resolved_and_opened_again() -> None:
    condition, by = add(), factories.make_practitioner()
    for version, status in ((1, "resolved"), (2, "active")):
        conditions.set_status(
            condition=condition, status=status, seen_version=version, by=by, now=NOW
        )
        condition.refresh_from_db()
        assert condition.status == status
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == [
        "condition added",
        "condition resolved",
        "condition active",
    ]


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(HistoryRefusedError):
        conditions.set_status(
            condition=add(),
            status="gone",
            seen_version=1,
            by=factories.make_practitioner(),
            now=NOW,
        )
