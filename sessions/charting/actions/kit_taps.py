"""Taps on the kit: handpiece, lot and unit, what goes on the skin."""

from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.devices import actions as stock
from clinic.devices.models import Device, Lot
from clinic.rulebook import kept
from clinic.rules import anaesthetic, topicals
from clinic.rules.devices import Kind
from clinic.rules.findings import Finding, Verdict
from clinic.rules.gates import Authority, Step
from clinic.rules.settings import InvalidSetting
from clinic.web.templatetags.formats import day_year
from patients.history.authority import authorities_of
from sessions.charting.actions import zone_taps
from sessions.charting.actions.open_sheet import OpenSheet
from sessions.charting.entries import (
    DeviceEntry,
    DiscardEntry,
    LotEntry,
    RemoveTopicalEntry,
    TopicalEntry,
    TopicalOffEntry,
)
from sessions.charting.errors import SheetRefusedError
from sessions.charting.lengths import lengths_opened, waiting_for
from sessions.charting.models import (
    TOPICAL_KINDS,
    SessionTopical,
    SessionUnit,
    ZoneTreatment,
)
from sessions.charting.queries import safety
from sessions.charting.queries.parts import numbs

KIND_WORDS = dict(TOPICAL_KINDS)
SECONDS_PER_MINUTE = 60


def use_device(sheet: OpenSheet, entry: DeviceEntry) -> str:
    """Take a handpiece; a depth that it cannot be set to is cleared, and said so."""
    if sheet.session.device_kind != Kind.PEN:
        raise SheetRefusedError(
            _("This session is with a roller; a roller has no handpiece."),
            field="device",
        )
    device = Device.objects.filter(
        pk=entry.device_id, site_id=sheet.session.site_id, is_active=True
    ).first()
    if device is None:
        raise SheetRefusedError(_("This device is not in use here."), field="device")
    if sheet.parts.units and device.model_key != sheet.session.model_key:
        raise SheetRefusedError(
            _("A cartridge of another device was opened for this session."),
            field="device",
        )
    sheet.session.device = device
    sheet.session.model_key = device.model_key
    sheet.session.device_checked = True
    sheet.change("device", "model_key", "device_checked")
    sheet.parts.forget("limits")
    cleared = [row.zone for row in sheet.zones.values() if not _fits(sheet, row)]
    if cleared:
        return _("%(device)s. Set the depth again: %(zones)s") % {
            "device": device.name,
            "zones": sheet.name(cleared),
        }
    return _("%(device)s checked") % {"device": device.name}


def _fits(sheet: OpenSheet, row: ZoneTreatment) -> bool:
    """Judge a zone for the new device; clear a depth that it does not have."""
    if row.mm is None:
        return True
    try:
        findings = sheet.limits.check(zone=row.zone, mm=row.mm, scar=row.is_scar)
    except InvalidSetting:
        row.depth_setting_mm, row.findings = None, []
        return False
    row.findings = kept.keep(findings)
    return True


def open_lot(sheet: OpenSheet, entry: LotEntry) -> str:
    """Open the lot's next unit for this patient and session; nobody overrides."""
    lot = Lot.objects.filter(pk=entry.lot_id, site_id=sheet.session.site_id).first()
    if lot is None:
        raise SheetRefusedError(_("There is no such lot here."), field="lot")
    _refuse_misfit(sheet, lot)
    try:
        unit = stock.open_unit(
            lot=lot, by=sheet.by, now=sheet.now, serial=entry.serial or None
        )
    except stock.UnitRefused as refused:
        raise SheetRefusedError(refused.sentence, field="lot") from refused
    before = lengths_opened(sheet.parts.units)
    SessionUnit.objects.create(session=sheet.session, unit=unit, taken_at=sheet.now)
    sheet.parts.forget("units")
    if sheet.session.device_id is not None and not sheet.session.device_checked:
        sheet.session.device_checked = True
        sheet.change("device_checked")
    if lot.needle_length_mm is not None:
        zones = entry.zones or waiting_for(
            lot.needle_length_mm, sheet.zones.values(), opened=before
        )
        _roll(sheet, lot, lot.needle_length_mm, zones=zones)
    return _("Lot %(number)s, unit %(serial)s opened") % {
        "number": lot.number,
        "serial": unit.serial,
    }


def _refuse_misfit(sheet: OpenSheet, lot: Lot) -> None:
    wanted = "roller" if sheet.session.device_kind == Kind.ROLLER else "cartridge"
    if lot.kind != wanted:
        raise SheetRefusedError(
            _("This session is with a %(kind)s; the lot holds something else.")
            % {"kind": _("roller") if wanted == "roller" else _("pen")},
            field="lot",
        )
    if wanted == "cartridge" and not sheet.session.model_key:
        raise SheetRefusedError(_("Choose the device first."), field="device")
    if wanted == "cartridge" and lot.model_key != sheet.session.model_key:
        raise SheetRefusedError(
            _("Lot %(number)s does not fit this device.") % {"number": lot.number},
            field="lot",
        )


def _roll(
    sheet: OpenSheet, lot: Lot, length_mm: Decimal, *, zones: tuple[str, ...]
) -> None:
    """The roller's needle length comes from its lot and applies to its zones."""
    if sheet.session.model_key != lot.model_key:
        sheet.session.model_key = lot.model_key
        sheet.change("model_key")
        sheet.parts.forget("limits")
    if not zones:
        return
    for row in sheet.chosen(zones):
        row.needle_length_mm = length_mm
        zone_taps.keep_depth(sheet, row, reason=_("Length of the opened roller"))


def discard(sheet: OpenSheet, entry: DiscardEntry) -> str:
    """Say that the used units lie in the sharps box."""
    sheet.session.units.update(is_discarded=entry.is_discarded)
    sheet.parts.forget("units")
    if entry.is_discarded:
        return _("Discarded in sharps")
    return _("Not discarded yet")


def put_on(sheet: OpenSheet, entry: TopicalEntry) -> str:
    """Add or change something on the skin, with the arithmetic and the stance."""
    row = SessionTopical(session=sheet.session, kind=entry.kind)
    if entry.topical_id is not None:
        row = _topical(sheet, entry.topical_id)
    lot = _lot_of(sheet, entry.lot_id)
    before = _signed_for(row)
    row.kind, row.topical_key = entry.kind, entry.topical_key
    row.product = (entry.product or (lot.product if lot else "")).strip()
    row.lot = lot
    row.strength_percent = entry.strength_percent
    if entry.strength_percent is None and lot is not None:
        row.strength_percent = lot.strength_percent
    row.grams, row.is_occluded = entry.grams, entry.is_occluded
    row.on_at, row.off_at = entry.on_at, entry.off_at
    row.is_sterile = entry.is_sterile if lot is None else lot.is_sterile
    row.for_needled_skin = (
        entry.for_needled_skin if lot is None else lot.for_needled_skin
    )
    _refuse_topical(row)
    if numbs(row, book=sheet.book):
        _refuse_numbing(sheet, row)
    findings = topical_findings(sheet, row)
    row.findings = kept.keep(findings)
    if _signed_for(row) != before:
        _forget_sign_off(row)
    _sign_off(sheet, row, findings, entry.signoff_reason.strip())
    row.confirmed = True
    row.save()
    sheet.parts.forget("topicals")
    return f"{KIND_WORDS[row.kind]}: {row.product}"


def _refuse_topical(row: SessionTopical) -> None:
    if row.kind not in KIND_WORDS:
        raise SheetRefusedError(_("Choose what it is."), field="kind")
    if not row.product:
        raise SheetRefusedError(
            _("Enter the product. It is on the label."), field="product"
        )
    if row.off_at and row.on_at and row.off_at < row.on_at:
        raise SheetRefusedError(_("It came off before it went on."), field="off_at")
    if row.grams is not None and row.grams <= 0:
        raise SheetRefusedError(_("Enter more than 0 grams."), field="grams")
    if row.strength_percent is not None and not 0 <= row.strength_percent <= 100:
        raise SheetRefusedError(_("Enter 0 to 100 %."), field="strength_percent")


def _refuse_numbing(sheet: OpenSheet, row: SessionTopical) -> None:
    """No anaesthetic against what the screening found, nor before it was asked."""
    found = safety.safety_of(sheet.session, step=Step.RECORD, is_numbed=True)
    if found.screening is None:
        raise SheetRefusedError(
            _("Ask today's safety questions first, then put on an anaesthetic."),
            field="numbing",
        )
    if found.waiting:
        first = found.waiting[0]
        raise SheetRefusedError(
            f"{row.product}: {first.finding.sentence} {first.who}",
            findings=[waiting.finding for waiting in found.waiting],
            may_pass=first.may_pass,
            field="numbing",
        )


def _lot_of(sheet: OpenSheet, lot_id: int | None) -> Lot | None:
    """The lot of a product, usable on the day; nobody overrides an expired one.

    Its row is locked: it is neither withdrawn nor changed before this is saved.
    """
    if lot_id is None:
        return None
    here = Lot.objects.filter(pk=lot_id, site_id=sheet.session.site_id)
    lot = here.select_for_update(no_key=True).first()
    if lot is None or lot.is_single_use:
        raise SheetRefusedError(_("There is no such lot here."), field="lot")
    day = sheet.session.performed_on
    if lot.withdrawn_on is not None:
        raise SheetRefusedError(
            _("Lot %(number)s was withdrawn. Use another lot.")
            % {"number": lot.number},
            field="lot",
        )
    if lot.expires_on < day:
        raise SheetRefusedError(
            _("Lot %(number)s expired on %(day)s. Use another lot.")
            % {"number": lot.number, "day": day_year(lot.expires_on)},
            field="lot",
        )
    return lot


def topical_findings(sheet: OpenSheet, row: SessionTopical) -> tuple[Finding, ...]:
    """What the book says of the product: its stance, its time, its cover."""
    found: list[Finding] = []
    if row.topical_key in sheet.book.topicals:
        zones = frozenset(z for z, zone in sheet.zones.items() if not zone.is_left_out)
        found += topicals.check(sheet.book, used=[row.topical_key], zones=zones)
    if row.topical_key in sheet.book.anaesthetics:
        found += anaesthetic.check(
            sheet.book,
            product=row.topical_key,
            minutes=minutes_on(row),
            occluded=bool(row.is_occluded),
        )
    return tuple(found)


def minutes_on(row: SessionTopical) -> int | None:
    """Whole minutes on the skin, when both times are known."""
    if row.on_at is None or row.off_at is None:
        return None
    return int((row.off_at - row.on_at).total_seconds() // SECONDS_PER_MINUTE)


def dose_mg(row: SessionTopical) -> Decimal | None:
    """Milligrams of the drug in what was put on; None while unknown."""
    if row.grams is None or row.strength_percent is None:
        return None
    return anaesthetic.dose_mg(grams=row.grams, percent=row.strength_percent)


def _signed_for(row: SessionTopical) -> tuple[str, str, Decimal | None]:
    """What a sign-off is about: another product or strength needs one of its own."""
    return row.topical_key, row.product, row.strength_percent


def _forget_sign_off(row: SessionTopical) -> None:
    row.signoff_reason, row.signoff_by, row.signoff_at = "", None, None


def _sign_off(
    sheet: OpenSheet, row: SessionTopical, findings: tuple[Finding, ...], reason: str
) -> None:
    """A product that waits for a prescriber's sign-off is kept only with it."""
    waiting = [f for f in findings if f.verdict is Verdict.SIGNOFF]
    if not waiting:
        _forget_sign_off(row)
        return
    if row.signoff_by_id is not None:
        return
    allowed = Authority.PRESCRIBER in authorities_of(sheet.by)
    if not (allowed and reason):
        raise SheetRefusedError(
            f"{row.product}: {waiting[0].sentence}",
            findings=waiting,
            may_pass=frozenset({Authority.PRESCRIBER}),
            asks="override" if allowed else "",
            field="signoff_reason",
        )
    row.signoff_reason, row.signoff_by, row.signoff_at = reason, sheet.by, sheet.now
    sheet.wrote_a_reason = True


def come_off(sheet: OpenSheet, entry: TopicalOffEntry) -> str:
    """Say when it came off the skin; nothing stops taking an anaesthetic away."""
    row = _topical(sheet, entry.topical_id)
    row.off_at = sheet.now
    _refuse_topical(row)
    row.findings = kept.keep(topical_findings(sheet, row))
    row.save(update_fields=["off_at", "findings"])
    sheet.parts.forget("topicals")
    return _("%(product)s off") % {"product": row.product}


def take_off(sheet: OpenSheet, entry: RemoveTopicalEntry) -> str:
    """Remove a product that was not used."""
    row = _topical(sheet, entry.topical_id)
    row.delete()
    sheet.parts.forget("topicals")
    return _("%(product)s removed") % {"product": row.product}


def _topical(sheet: OpenSheet, key: int) -> SessionTopical:
    row = SessionTopical.objects.filter(pk=key, session=sheet.session).first()
    if row is None:
        raise SheetRefusedError(_("This product is not on the sheet any more."))
    return row
