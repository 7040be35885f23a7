"""The demo's adverse events: rare, more often on dark skin and past the protocol.

The chances are assumptions of the demo, not published rates.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from sessions.demo.histories import Scene, Told
from sessions.models import AdverseEvent, TreatmentSession
from sessions.plans.statuses import PlanStatus


def write(scene: Scene, stories: Sequence[Told]) -> None:
    """Something that went wrong in a few of the sessions."""
    rows = []
    treated = defaultdict[int | None, list[TreatmentSession]](list)
    for session in TreatmentSession.objects.order_by("id"):
        treated[session.plan_id].append(session)
    for told in stories:
        dark = (told.plan.patient.phototype or 3) >= 4
        for session in treated[told.plan.pk]:
            chance = 0.016 + 0.012 * dark + 0.05 * told.story.deep
            if scene.random.random() < chance:
                rows.append(_event(scene, told, session, dark=dark))
    AdverseEvent.objects.bulk_create(rows)


def _event(
    scene: Scene, told: Told, session: TreatmentSession, *, dark: bool
) -> AdverseEvent:
    kinds = ("ERYTHEMA", "PIH", "HSV", "ACNE_MILIA")
    weights = (4, 2 + 5 * (dark or told.story.deep), 1, 2)
    kind = scene.random.choices(kinds, weights=weights)[0]
    wait = {"ERYTHEMA": 8, "PIH": 14, "HSV": 3, "ACNE_MILIA": 6}[kind]
    lasts = {"ERYTHEMA": 6, "PIH": 60, "HSV": 8, "ACNE_MILIA": 16}[kind]
    onset = min(session.performed_on + timedelta(days=wait), scene.today)
    closed = onset + timedelta(days=lasts + scene.random.randint(-2, 9))
    settled = closed <= scene.today and told.story.status is not PlanStatus.DRAFT
    return AdverseEvent(
        patient_id=session.patient_id,
        session=session,
        kind=kind,
        onset_on=onset,
        grade=1 if kind in {"ERYTHEMA", "ACNE_MILIA"} else 2,
        zones=[told.zones[0].zone],
        action="Seen, advice given",
        outcome="Settled without a mark" if settled else "",
        closed_on=closed if settled else None,
        recorded_at=session.started_at + timedelta(days=wait),
        recorded_by_id=session.practitioner_id,
    )
