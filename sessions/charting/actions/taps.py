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
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.staff.models import User
from clinic.web.errors import sqlstate
from patients.history.authority import authorities_of
from sessions.charting import entries
from sessions.charting.actions import kit_taps, other_taps, state, zone_taps
from sessions.charting.actions.open_sheet import OpenSheet
from sessions.charting.actions.starting import refuse_without_depth
from sessions.charting.entries import Tap, TapResult
from sessions.charting.errors import (
    NotTreatingError,
    SessionSignedError,
    SheetChangedError,
    SheetRefusedError,
)
from sessions.charting.models import SheetTap, TreatmentSession
from sessions.charting.queries.parts import SheetParts

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
    entries.TopicalOffEntry: kit_taps.come_off,
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
    entries.TopicalOffEntry,
    entries.RemoveTopicalEntry,
    entries.NoteEntry,
    entries.UndoEntry,
)
NOT_UNDONE = ("lot", "undo")
WITH_IT = ("patient", "plan", "planned_session", "condition")
RESTRICTED = "23001"  # what our own triggers refuse


@transaction.atomic
def record(
    *, session: TreatmentSession, tap: Tap, by: User, now: datetime
) -> TapResult:
    """Apply one tap, once. Raises SheetRefusedError, SheetChangedError.

    Who treats taps. A colleague only writes a reason against a limit, as far as
    they have the authority.
    """
    locked = lock(session)
    payload = _plain(tap)
    earlier = _replayed(locked, tap, payload)
    if earlier is not None:
        return earlier
    refuse_stale(locked, tap.version)
    sheet = OpenSheet(parts=SheetParts(locked), by=by, now=now)
    refuse_without_depth(by, sheet.parts.depth_mm_of(by))
    if by.pk != locked.practitioner_id and not authorities_of(by):
        raise NotTreatingError(locked.practitioner)
    if locked.skin_clear_at is None and not isinstance(tap.entry, EARLY):
        raise SheetRefusedError(
            _("Finish the safety check first: tap “Skin clear, treat”.")
        )
    before = state.capture(sheet.parts)
    says = _apply(sheet, tap)
    if by.pk != locked.practitioner_id and not sheet.wrote_a_reason:
        raise NotTreatingError(locked.practitioner)
    sheet.keep(before)
    patch = state.difference(before, state.capture(sheet.parts))
    sheet.parts.last_tap = _kept(sheet, tap, payload, says=says, patch=patch)
    if tap.kind == "undo":
        sheet.parts.forget("last_tap")
    audit.record(
        by=by,
        now=now,
        action=f"session.{tap.kind}",
        patient_id=locked.patient_id,
        object_kind="session",
        object_id=locked.pk,
    )
    return TapResult(version=locked.version, says=says, parts=sheet.parts)


def _kept(
    sheet: OpenSheet,
    tap: Tap,
    payload: dict[str, Any],
    *,
    says: str,
    patch: state.Patch,
) -> SheetTap:
    """The tap as a row: what was changed, what stood there, what was answered."""
    return SheetTap.objects.create(
        session=sheet.session,
        tablet=tap.tablet,
        sequence=tap.sequence,
        kind=tap.kind,
        payload=payload,
        undo=None if tap.kind in NOT_UNDONE else state.as_json(patch),
        result={"version": sheet.session.version, "says": says},
        by=sheet.by,
        at=sheet.now,
    )


def lock(session: TreatmentSession) -> TreatmentSession:
    """The session as it stands now, under its lock, `WITH_IT` what belongs to it.

    Practitioner, site and the like that were read before are not read again.
    """
    rows = TreatmentSession.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related(*WITH_IT).get(pk=session.pk)
    for field in TreatmentSession._meta.concrete_fields:
        if not isinstance(field, ForeignKey) or not field.is_cached(session):
            continue
        is_same = getattr(locked, field.attname) == getattr(session, field.attname)
        if is_same and not field.is_cached(locked):
            field.set_cached_value(locked, field.get_cached_value(session))
    return locked


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
    return TapResult(version=first.result["version"], says=first.result["says"])


def _apply(sheet: OpenSheet, tap: Tap) -> str:
    if isinstance(tap.entry, entries.UndoEntry):
        return _undo(sheet)
    return HANDLERS[type(tap.entry)](sheet, tap.entry)


def _put_back(sheet: OpenSheet, patch: dict[str, Any]) -> None:
    """Restore; a product whose lot was withdrawn meanwhile does not come back."""
    try:
        with transaction.atomic():
            state.restore(sheet.session, patch)
    except IntegrityError as error:
        if sqlstate(error) != RESTRICTED:
            raise
        raise SheetRefusedError(
            _("This cannot be undone: the lot is no longer usable.")
        ) from error


def _undo(sheet: OpenSheet) -> str:
    """Put back what the last tap changed that still stands."""
    last = sheet.parts.last_tap
    if last is None:
        raise SheetRefusedError(_("There is nothing to undo."))
    if last.undo is None:
        raise SheetRefusedError(
            _("A take-over stays, and so does what was tapped before it.")
            if last.kind == "take_over"
            else _("An opened unit stays opened: it belongs to this session.")
        )
    _put_back(sheet, last.undo)
    sheet.parts.forget("limits", *state.PARTS)
    last.undone_at = sheet.now
    last.save(update_fields=["undone_at"])
    return _("Undone: %(what)s") % {"what": last.result["says"]}
