"""Taps on zones: depth, passes, endpoint, left out, scar. The rules answer each."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.rulebook import kept
from clinic.rules.devices import Kind
from clinic.rules.findings import Finding, Verdict
from clinic.rules.gates import Gate, Pass
from clinic.rules.settings import InvalidSetting, refuse_invalid_passes
from clinic.web.templatetags.formats import mm as mm_words
from patients.history.authority import authorities_of
from sessions.charting.actions.open_sheet import OpenSheet
from sessions.charting.entries import (
    DepthEntry,
    EndpointEntry,
    LeaveOutEntry,
    PassesEntry,
    ScarEntry,
)
from sessions.charting.errors import SheetRefusedError
from sessions.charting.models import ENDPOINTS, DepthOverride, ZoneTreatment
from sessions.charting.queries.limits import depth_gate

ENDPOINT_WORDS = dict(ENDPOINTS)
SHORTEST_REASON = 3


def set_depth(sheet: OpenSheet, entry: DepthEntry) -> str:
    """Set a pen's depth; refused, overridden or kept with what the rules say."""
    if sheet.session.device_kind == Kind.ROLLER:
        raise SheetRefusedError(
            _("A roller's needle length comes from its lot."), field="mm"
        )
    if sheet.limits.device is None:
        raise SheetRefusedError(_("Choose the device first."), field="device")
    if entry.mm <= 0:
        raise SheetRefusedError(_("Choose a depth, or leave the zone out."), field="mm")
    for row in sheet.chosen(entry.zones):
        row.depth_setting_mm = entry.mm
        keep_depth(sheet, row, reason=entry.reason, override=entry.override_reason)
    return f"{sheet.name(entry.zones)} {mm_words(entry.mm)}"


def keep_depth(
    sheet: OpenSheet, row: ZoneTreatment, *, reason: str = "", override: str = ""
) -> None:
    """Judge a zone's new depth or length and keep it with the findings."""
    findings = sheet.judged(row)
    gate = _gate(sheet, row, findings)
    if not gate.is_open:
        gate = _overridden(sheet, row, findings, gate, override.strip())
    row.reason = _reason(sheet, row, reason.strip())
    row.findings = kept.keep(findings)


def _gate(sheet: OpenSheet, row: ZoneTreatment, findings: Iterable[Finding]) -> Gate:
    if row.mm is None:
        raise SheetRefusedError(_("Enter a depth."), field="mm")
    return depth_gate(
        findings=findings,
        zone=row.zone,
        mm=row.mm,
        overrides=sheet.overrides if any(map(_may_stop, findings)) else (),
        fixed=sheet.limits.effective.fixed,
    )


def _may_stop(finding: Finding) -> bool:
    """Whether a written reason could matter: what is fine or only told needs none."""
    return finding.verdict not in {Verdict.OK, Verdict.WARN}


def _overridden(
    sheet: OpenSheet,
    row: ZoneTreatment,
    findings: tuple[Finding, ...],
    gate: Gate,
    reason: str,
) -> Gate:
    """Write the override when the person may and says why; else refuse the tap."""
    if row.mm is None:
        return gate
    stopping = [
        ruling
        for ruling in gate.rulings
        if ruling.does in {Pass.REFUSED, Pass.SIGN_OFF}
    ]
    mine = authorities_of(sheet.by)
    allowed = all(ruling.may_pass & mine for ruling in stopping)
    if not (allowed and reason):
        worst = stopping[0]
        raise SheetRefusedError(
            f"{sheet.name([row.zone])}: {worst.finding.sentence}",
            findings=[ruling.finding for ruling in stopping],
            may_pass=gate.may_pass,
            asks="override" if allowed else "",
            field="mm",
        )
    _write(sheet, row, [ruling.finding for ruling in stopping], reason)
    return _gate(sheet, row, findings)


def _write(
    sheet: OpenSheet, row: ZoneTreatment, findings: list[Finding], reason: str
) -> None:
    """Keep the reason against each finding, at this depth in this zone."""
    if row.mm is None:
        raise SheetRefusedError(_("Enter a depth."), field="mm")
    sheet.wrote_a_reason = True
    for finding in findings:
        made, _is_new = DepthOverride.objects.get_or_create(
            session=sheet.session,
            zone=row.zone,
            code=finding.code,
            mm=row.mm,
            defaults={
                "sentence": finding.sentence,
                "reason": reason,
                "by": sheet.by,
                "at": sheet.now,
            },
        )
        sheet.overrides.append(made)


def _reason(sheet: OpenSheet, row: ZoneTreatment, reason: str) -> str:
    """Why deeper than the protocol; nothing where it is not deeper."""
    reach = sheet.limits.reach(row.zone, scar=row.is_scar)
    if reach is None or row.mm is None or row.mm <= reach.high_mm:
        return ""
    if len(reason) >= SHORTEST_REASON:
        return reason[:200]
    if row.reason:
        return row.reason
    said = (
        _("%(zone)s: the protocol goes to %(high)s here. Why deeper?")
        if reach.of_protocol
        else _("%(zone)s: up to %(high)s is usual here. Why deeper?")
    )
    raise SheetRefusedError(
        said % {"zone": sheet.name([row.zone]), "high": mm_words(reach.high_mm)},
        asks="reason",
        field="reason",
    )


def set_passes(sheet: OpenSheet, entry: PassesEntry) -> str:
    """Set the passes, within what the device kind allows."""
    try:
        refuse_invalid_passes(sheet.book, kind=sheet.limits.kind, passes=entry.passes)
    except InvalidSetting as error:
        raise SheetRefusedError(str(error), field="passes") from error
    for row in sheet.chosen(entry.zones):
        row.passes = entry.passes
    count = ngettext("%(n)d pass", "%(n)d passes", entry.passes) % {"n": entry.passes}
    return f"{sheet.name(entry.zones)}: {count}"


def set_endpoint(sheet: OpenSheet, entry: EndpointEntry) -> str:
    """Say what the skin showed."""
    if entry.endpoint not in ENDPOINT_WORDS:
        raise SheetRefusedError(_("Choose an endpoint."), field="endpoint")
    for row in sheet.chosen(entry.zones):
        row.endpoint = entry.endpoint
    return f"{sheet.name(entry.zones)}: {ENDPOINT_WORDS[entry.endpoint]}"


def leave_out(sheet: OpenSheet, entry: LeaveOutEntry) -> str:
    """Leave zones out today, or bring them in."""
    if not entry.left_out:
        list(sheet.chosen(entry.zones))
        return _("%(zones)s: treated today") % {"zones": sheet.name(entry.zones)}
    for code in entry.zones:
        row = sheet.zones.get(code)
        if row is None:
            raise SheetRefusedError(_("This zone is not on the sheet."), field="zones")
        row.is_left_out, row.endpoint = True, ""
    return _("%(zones)s: left out") % {"zones": sheet.name(entry.zones)}


def set_scar(sheet: OpenSheet, entry: ScarEntry) -> str:
    """A scar switches the usual range, never the limits."""
    for row in sheet.chosen(entry.zones):
        row.is_scar = entry.is_scar
        row.findings = kept.keep(sheet.judged(row))
    said = _("%(zones)s: scar") if entry.is_scar else _("%(zones)s: no scar")
    return said % {"zones": sheet.name(entry.zones)}
