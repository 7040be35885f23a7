"""Who treats records: a colleague's open sheet is taken over with a note, or read.

SECURITY 3: of a colleague's draft a practitioner sees everything and changes
nothing. A prescriber or the medical lead still writes a reason against a limit on
it, signed in as themselves; that is no treating.
"""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.audit import actions as audit
from clinic.rules.settings import InvalidSetting
from clinic.staff.models import User
from clinic.web.templatetags.formats import mm as mm_words
from sessions.charting.actions.starting import refuse_unqualified
from sessions.charting.actions.taps import lock, refuse_stale
from sessions.charting.errors import SheetRefusedError
from sessions.charting.models import (
    SheetTap,
    TakeOver,
    TreatmentSession,
    ZoneTreatment,
)
from sessions.charting.queries.limits import Limits, limits_of
from sessions.charting.words import zone_names


@transaction.atomic
def take_over(
    *, session: TreatmentSession, version: int, note: str, by: User, now: datetime
) -> TakeOver:
    """From here on `by` treats, records and signs, within their own limits.

    A depth that is not done yet and too deep for them is cleared. What was done
    deeper they cannot answer for: raises SheetRefusedError, as for a missing note
    or qualification; SheetChangedError when the sheet was changed meanwhile.
    """
    locked = lock(session)
    refuse_stale(locked, version)
    refuse_unqualified(by, locked.performed_on)
    before = locked.practitioner
    if by.pk == before.pk:
        raise SheetRefusedError(_("You treat here already."))
    if not note.strip():
        raise SheetRefusedError(_("Write down why you take over."), field="note")
    locked.practitioner = by
    _clear_too_deep(locked)
    locked.version += 1
    locked.save(update_fields=["practitioner", "version"])
    made = TakeOver.objects.create(
        session=locked, before=before, by=by, at=now, note=note.strip()[:200]
    )
    _close_undo(locked, made)
    audit.record(
        by=by,
        now=now,
        action="session.taken_over",
        patient_id=locked.patient_id,
        object_kind="session",
        object_id=locked.pk,
        before=before.pk,
    )
    return made


def _clear_too_deep(session: TreatmentSession) -> None:
    limits = limits_of(session)
    for row in ZoneTreatment.objects.filter(session=session).order_by("id"):
        if row.mm is None or not _is_too_deep(row, limits):
            continue
        if row.endpoint:
            raise SheetRefusedError(
                _("%(zone)s was treated at %(mm)s, deeper than you may record.")
                % {
                    "zone": zone_names(limits.effective.book, [row.zone]),
                    "mm": mm_words(row.mm),
                },
                field="note",
            )
        row.depth_setting_mm = row.needle_length_mm = None
        row.findings, row.reason = [], ""
        row.save(
            update_fields=[
                "depth_setting_mm",
                "needle_length_mm",
                "findings",
                "reason",
            ]
        )


def _is_too_deep(row: ZoneTreatment, limits: Limits) -> bool:
    """Whether the person may not go so deep; what the device allows is not asked."""
    if row.mm is None or limits.operator_max_mm is None:
        return False
    if row.mm > limits.operator_max_mm:
        return True
    try:
        found = limits.check(zone=row.zone, mm=row.mm, scar=row.is_scar)
    except InvalidSetting:
        return False
    return any(finding.code == "depth-scope" for finding in found)


def _close_undo(session: TreatmentSession, made: TakeOver) -> None:
    """What the colleague tapped stays as it was left: undo would go past the limit."""
    SheetTap.objects.create(
        session=session,
        tablet=uuid4(),
        sequence=1,
        kind="take_over",
        payload={"note": made.note},
        result={"version": session.version, "says": ""},
        by=made.by,
        at=made.at,
    )
