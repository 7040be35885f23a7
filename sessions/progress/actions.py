"""Recording and withdrawing readings, and the day the skin was calm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from clinic.audit.actions import record
from clinic.rules.scales import Scale
from clinic.staff.models import User
from patients.models import PatientCondition
from sessions.charting.models import TreatmentSession
from sessions.plans.models import Plan
from sessions.progress.models import Recovery, Score


class ReadingRefusedError(Exception):
    """A reading or a day that cannot be right; `field` names what to mend."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreEntry:
    """A reading as it was taken: entries by the scale's items, and the day."""

    scale: Scale
    items: Mapping[str, Decimal | int]
    rated_on: date
    by_patient: bool = False


@transaction.atomic
def record_score(
    *,
    condition: PatientCondition,
    plan: Plan | None,
    entry: ScoreEntry,
    by: User,
    now: datetime,
) -> Score:
    """Keep a reading; its value follows from the scale's own arithmetic.

    Raises InvalidScore for an impossible entry.
    """
    reading = entry.scale.score(entry.items)
    score = Score.objects.create(
        patient_id=condition.patient_id,
        condition=condition,
        plan=plan,
        scale=entry.scale.key,
        variant=entry.scale.variant,
        value=reading.value,
        items={key: str(value) for key, value in entry.items.items()},
        rater="patient" if entry.by_patient else "clinician",
        rated_on=entry.rated_on,
        rated_by=by,
        recorded_at=now,
    )
    _record(score.patient_id, "score.recorded", "score", score.pk, by=by, now=now)
    return score


@transaction.atomic
def withdraw_score(*, score: Score, reason: str, by: User, now: datetime) -> Score:
    """Take a wrong reading out of the course; it stays in the record.

    Raises ReadingRefusedError without a reason, or when it was withdrawn before.
    """
    fresh = Score.objects.select_for_update().get(pk=score.pk)
    if fresh.withdrawn_at is not None:
        raise ReadingRefusedError("This reading was withdrawn before.")
    if not reason.strip():
        raise ReadingRefusedError("Write down why.", field="reason")
    fresh.withdrawn_at, fresh.withdrawn_by = now, by
    fresh.withdrawn_reason = reason.strip()
    fresh.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    _record(fresh.patient_id, "score.withdrawn", "score", fresh.pk, by=by, now=now)
    return fresh


@transaction.atomic
def record_calm(
    *, session: TreatmentSession, day: int, by: User, now: datetime, today: date
) -> Recovery:
    """Keep on which day after a session the skin was calm; said again, it is mended.

    Raises ReadingRefusedError for a day that has not come yet.
    """
    if day > (today - session.performed_on).days:
        raise ReadingRefusedError("That day has not come yet.", field="calm_on_day")
    recovery, _made = Recovery.objects.update_or_create(
        session=session,
        defaults={"calm_on_day": day, "recorded_at": now, "recorded_by": by},
    )
    _record(
        session.patient_id, "recovery.recorded", "session", session.pk, by=by, now=now
    )
    return recovery


def _record(
    patient_id: int, action: str, kind: str, key: int, *, by: User, now: datetime
) -> None:
    record(
        by=by,
        now=now,
        action=action,
        patient_id=patient_id,
        object_kind=kind,
        object_id=key,
    )
