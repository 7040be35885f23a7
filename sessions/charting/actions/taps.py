"""One tap: kept once, in order, under the lock of its session, and undone by another.

A tablet numbers its taps; the same number again gets the first answer. A tap names
the version of the sheet it saw: who comes second is told, nothing is overwritten.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.staff.models import User
from sessions.charting import entries
from sessions.charting.actions import kit_taps, other_taps, state, zone_taps
from sessions.charting.actions.open_sheet import OpenSheet
from sessions.charting.actions.starting import refuse_unqualified
from sessions.charting.entries import Tap, TapResult
from sessions.charting.errors import (
    SessionSignedError,
    SheetChangedError,
    SheetRefusedError,
)
from sessions.charting.models import SheetTap, TreatmentSession

HANDLERS: dict[type, Callable[[OpenSheet, Any], str]] = {
    entries.DepthEntry: zone_taps.set_depth,
    entries.PassesEntry: zone_taps.set_passes,
    entries.EndpointEntry: zone_taps.set_endpoint,
    entries.LeaveOutEntry: zone_taps.leave_out,
    entries.ScarEntry: zone_taps.set_scar,
    entries.DeviceEntry: kit_taps.use_device,
    entries.LotEntry: kit_taps.open_lot,
    entries.DiscardEntry: kit_taps.discard,
    entries.TopicalEntry: kit_taps.put_on,
    entries.RemoveTopicalEntry: kit_taps.take_off,
    entries.TickEntry: other_taps.tick,
    entries.ToleranceEntry: other_taps.bear,
    entries.NoteEntry: other_taps.write_note,
    entries.ReactionEntry: other_taps.react,
    entries.PainEntry: other_taps.hurt,
    entries.AftercareEntry: other_taps.give_aftercare,
    entries.ExposureEntry: other_taps.expose,
}
# What may be written before the skin was found clear: numbing comes first.
EARLY = (
    entries.TopicalEntry,
    entries.RemoveTopicalEntry,
    entries.NoteEntry,
    entries.UndoEntry,
)
NOT_UNDONE = ("lot", "undo")


@transaction.atomic
def record(
    *, session: TreatmentSession, tap: Tap, by: User, now: datetime
) -> TapResult:
    """Apply one tap, once. Raises SheetRefusedError, SheetChangedError."""
    locked = lock(session)
    payload = _plain(tap)
    earlier = _replayed(locked, tap, payload)
    if earlier is not None:
        return earlier
    refuse_stale(locked, tap.version)
    refuse_unqualified(by, locked.performed_on)
    if locked.skin_clear_at is None and not isinstance(tap.entry, EARLY):
        raise SheetRefusedError(
            _("Finish the safety check first: tap “Skin clear, treat”.")
        )
    before = state.capture(locked)
    says = _apply(OpenSheet(session=locked, by=by, now=now), tap)
    patch = state.difference(before, state.capture(locked))
    locked.version += 1
    locked.save(update_fields=["version"])
    SheetTap.objects.create(
        session=locked,
        tablet=tap.tablet,
        sequence=tap.sequence,
        kind=tap.kind,
        payload=payload,
        undo=None if tap.kind in NOT_UNDONE else state.as_json(patch),
        result={"version": locked.version, "says": says},
        by=by,
        at=now,
    )
    audit.record(
        by=by,
        now=now,
        action=f"session.{tap.kind}",
        patient_id=locked.patient_id,
        object_kind="session",
        object_id=locked.pk,
    )
    return TapResult(version=locked.version, says=says)


def lock(session: TreatmentSession) -> TreatmentSession:
    """The session under its lock, with what the rules need of patient and plan."""
    return (
        TreatmentSession.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "patient", "plan", "planned_session", "condition", "practitioner", "site"
        )
        .get(pk=session.pk)
    )


def refuse_stale(session: TreatmentSession, version: int) -> None:
    """Raises SessionSignedError, or SheetChangedError naming who was faster."""
    if session.is_signed:
        raise SessionSignedError
    if session.version != version:
        last = SheetTap.objects.filter(session=session).select_related("by")
        latest = last.order_by("-id").first()
        raise SheetChangedError(
            by=latest.by if latest else None,
            at=latest.at if latest else None,
            version=session.version,
        )


def _plain(tap: Tap) -> dict[str, Any]:
    text = json.dumps(asdict(tap.entry), cls=DjangoJSONEncoder)
    plain: dict[str, Any] = json.loads(text)
    return plain


def _replayed(
    session: TreatmentSession, tap: Tap, payload: dict[str, Any]
) -> TapResult | None:
    """The first answer when the tablet sends a number again."""
    kept = list(
        SheetTap.objects.filter(
            session=session, tablet=tap.tablet, sequence__gte=tap.sequence
        ).order_by("sequence")
    )
    if not kept:
        return None
    first = kept[0]
    if first.sequence != tap.sequence:
        raise SheetRefusedError(
            _("This change came after a later one. Look at the sheet and repeat it.")
        )
    if (first.kind, first.payload) != (tap.kind, payload):
        raise SheetRefusedError(
            _("This was already sent with other values. Open the sheet again.")
        )
    return TapResult(
        version=first.result["version"], says=first.result["says"], was_replayed=True
    )


def _apply(sheet: OpenSheet, tap: Tap) -> str:
    if isinstance(tap.entry, entries.UndoEntry):
        return _undo(sheet)
    return HANDLERS[type(tap.entry)](sheet, tap.entry)


def _undo(sheet: OpenSheet) -> str:
    """Put back what the last tap changed that still stands."""
    last = last_undoable(sheet.session)
    if last is None:
        raise SheetRefusedError(_("There is nothing to undo."))
    if last.undo is None:
        raise SheetRefusedError(
            _("An opened unit stays opened: it belongs to this session.")
        )
    state.restore(sheet.session, last.undo)
    last.undone_at = sheet.now
    last.save(update_fields=["undone_at"])
    return _("Undone: %(what)s") % {"what": last.result["says"]}


def last_undoable(session: TreatmentSession) -> SheetTap | None:
    """The last tap that still stands; one that opened a unit cannot be undone."""
    taps = SheetTap.objects.filter(session=session, undone_at__isnull=True)
    return taps.exclude(kind="undo").order_by("-id").first()
