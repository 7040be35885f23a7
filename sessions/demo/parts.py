"""The zones, units, topicals, ticks and recoveries of the demo's records."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count

from clinic.models import Lot, Unit
from sessions.demo.histories import Scene, depth
from sessions.demo.shapes import Sheet
from sessions.models import (
    ChecklistTick,
    Recovery,
    SessionTopical,
    SessionUnit,
    TreatmentSession,
    ZoneTreatment,
)

CALM_DAYS = (1, 2, 2, 3, 3, 3, 4, 4, 5, 6)


def write(
    scene: Scene, sheets: Sequence[Sheet], sessions: list[TreatmentSession]
) -> None:
    """Everything of the records but the records themselves."""
    pairs = list(zip(sheets, sessions, strict=True))
    ZoneTreatment.objects.bulk_create(
        [zone for sheet, session in pairs for zone in _zones(scene, sheet, session)],
        batch_size=2000,
    )
    _units(sessions, _lengths(sessions))
    SessionTopical.objects.bulk_create(
        [topical for session in sessions for topical in _topicals(session)]
    )
    ChecklistTick.objects.bulk_create(
        ChecklistTick(
            session=session,
            item=item.key,
            at=session.started_at,
            by_id=session.practitioner_id,
        )
        for session in sessions
        for item in scene.book.checklist
    )
    Recovery.objects.bulk_create(
        Recovery(
            session=session,
            calm_on_day=max(scene.random.choice(CALM_DAYS) - sheet.number // 2, 1),
            recorded_at=session.started_at + timedelta(days=21),
            recorded_by_id=session.practitioner_id,
        )
        for sheet, session in pairs
        if session.performed_on < scene.today - timedelta(days=21)
    )


def _zones(
    scene: Scene, sheet: Sheet, session: TreatmentSession
) -> Iterable[ZoneTreatment]:
    roller = session.device_kind == "roller"
    for zone in sheet.told.zones:
        mm = depth(scene, sheet.told.story, zone, sheet.number)
        before = depth(scene, sheet.told.story, zone, sheet.number - 1)
        if mm is None:
            continue
        yield ZoneTreatment(
            session=session,
            zone=zone.zone,
            depth_setting_mm=None if roller else mm,
            needle_length_mm=mm if roller else None,
            passes=zone.passes or 3,
            endpoint=sheet.told.plan.protocol.endpoint,
            planned_mm=mm,
            previous_mm=before if sheet.number > 1 else None,
            previous_passes=(zone.passes or 3) if sheet.number > 1 else None,
        )


def _lengths(sessions: list[TreatmentSession]) -> dict[int, list[Decimal | None]]:
    """The needle lengths of each roller session; of a pen, one cartridge of none."""
    found: dict[int, set[Decimal | None]] = {one.pk: set() for one in sessions}
    zones = ZoneTreatment.objects.filter(session__in=list(found))
    for key, length in zones.values_list("session_id", "needle_length_mm"):
        found[key].add(length)
    return {key: sorted(these, key=lambda mm: mm or 0) for key, these in found.items()}


def _units(
    sessions: list[TreatmentSession], lengths: dict[int, list[Decimal | None]]
) -> None:
    lots = list(Lot.objects.filter(kind__in=("cartridge", "roller")).order_by("id"))
    counted = Unit.objects.values_list("lot_id").annotate(Count("id"))
    opened: dict[int, int] = dict(counted.order_by())
    units, kept = [], []
    for session in sessions:
        for length in lengths[session.pk]:
            lot = _lot_for(lots, session, opened, length)
            opened[lot.pk] = opened.get(lot.pk, 0) + 1
            units.append(
                Unit(
                    lot=lot,
                    serial=f"{opened[lot.pk]:03d}",
                    opened_at=session.started_at,
                    opened_by_id=session.practitioner_id,
                )
            )
            kept.append(session)
    SessionUnit.objects.bulk_create(
        SessionUnit(
            session=session, unit=unit, is_discarded=True, taken_at=session.started_at
        )
        for session, unit in zip(kept, Unit.objects.bulk_create(units), strict=True)
    )


def _lot_for(
    lots: list[Lot],
    session: TreatmentSession,
    opened: dict[int, int],
    length_mm: Decimal | None,
) -> Lot:
    """The lot that ends first among those in use on the day."""
    day = session.performed_on
    fitting = [
        lot
        for lot in lots
        if lot.site_id == session.site_id
        and lot.model_key == session.model_key
        and lot.needle_length_mm == length_mm
        and lot.received_on <= day <= lot.expires_on
        and opened.get(lot.pk, 0) < lot.quantity
    ]
    return min(fitting, key=lambda lot: (lot.expires_on, lot.pk))


def _topicals(session: TreatmentSession) -> Iterable[SessionTopical]:
    yield SessionTopical(
        session=session,
        kind="anaesthetic",
        product="Lidocaine cream 4 %",
        strength_percent=Decimal(4),
        grams=Decimal(10),
        on_at=session.started_at - timedelta(minutes=30),
        off_at=session.started_at,
        is_occluded=False,
    )
    yield SessionTopical(
        session=session,
        kind="glide",
        topical_key="HYALURONIC_ACID",
        product="Hyaluronic acid 1.5 %",
        is_sterile=True,
        for_needled_skin=True,
    )
