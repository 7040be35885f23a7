"""Taps that say how it went: checklist, tolerance, note, reaction, aftercare."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.charting.actions.open_sheet import OpenSheet
from sessions.charting.entries import (
    AftercareEntry,
    ExposureEntry,
    NoteEntry,
    PainEntry,
    ReactionEntry,
    TickEntry,
    ToleranceEntry,
)
from sessions.charting.errors import SheetRefusedError
from sessions.charting.models import REACTIONS, ChecklistTick
from sessions.charting.words import TOLERANCE_WORDS

REACTION_WORDS = dict(REACTIONS)
AFTER = "AFTER"  # the step of the checklist that gives the aftercare sheet
MOST_PAIN = 10


def tick(sheet: OpenSheet, entry: TickEntry) -> str:
    """Steps of the checklist; giving the aftercare sheet is one of them."""
    known = {step.key for step in sheet.book.checklist}
    if not entry.items or not set(entry.items) <= known:
        raise SheetRefusedError(_("The checklist has no such step."), field="items")
    if entry.done:
        ChecklistTick.objects.bulk_create(
            ChecklistTick(session=sheet.session, item=item, at=sheet.now, by=sheet.by)
            for item in entry.items
            if item not in sheet.parts.ticked
        )
    else:
        held = ChecklistTick.objects.filter(session=sheet.session)
        held.filter(item__in=entry.items).delete()
    sheet.parts.forget("ticks")
    if AFTER in entry.items:
        sheet.session.aftercare_given = entry.done
        sheet.change("aftercare_given")
    if entry.in_sharps:
        sheet.session.units.update(is_discarded=True)
        sheet.parts.forget("units")
    count = len(entry.items)
    said = (
        ngettext("%(n)d step done", "%(n)d steps done", count)
        if entry.done
        else ngettext("%(n)d step not done", "%(n)d steps not done", count)
    )
    return said % {"n": count}


def bear(sheet: OpenSheet, entry: ToleranceEntry) -> str:
    """One chip on how the session was borne, on or off."""
    if entry.chip not in TOLERANCE_WORDS:
        raise SheetRefusedError(_("Choose one of the chips."), field="tolerance")
    chips = [chip for chip in sheet.session.tolerance if chip != entry.chip]
    sheet.session.tolerance = [*chips, entry.chip] if entry.on else chips
    sheet.change("tolerance")
    said = TOLERANCE_WORDS[entry.chip]
    return str(said) if entry.on else _("Not: %(chip)s") % {"chip": said}


def write_note(sheet: OpenSheet, entry: NoteEntry) -> str:
    """The note of the session."""
    sheet.session.note = entry.text.strip()
    sheet.change("note")
    return _("Note saved")


def react(sheet: OpenSheet, entry: ReactionEntry) -> str:
    """What the skin looks like at the end."""
    if entry.reaction not in REACTION_WORDS:
        raise SheetRefusedError(_("Choose a reaction."), field="reaction")
    sheet.session.reaction = entry.reaction
    sheet.change("reaction")
    return str(REACTION_WORDS[entry.reaction])


def hurt(sheet: OpenSheet, entry: PainEntry) -> str:
    """Pain from 0 to 10, as the patient says."""
    if not 0 <= entry.pain <= MOST_PAIN:
        raise SheetRefusedError(_("Enter 0 to 10."), field="pain")
    sheet.session.pain = entry.pain
    sheet.change("pain")
    return _("Pain %(pain)d of 10") % {"pain": entry.pain}


def give_aftercare(sheet: OpenSheet, entry: AftercareEntry) -> str:
    """Whether the aftercare sheet was given."""
    sheet.session.aftercare_given = entry.given
    sheet.change("aftercare_given")
    return _("Aftercare sheet given") if entry.given else _("Aftercare not given yet")


def expose(sheet: OpenSheet, entry: ExposureEntry) -> str:
    """Whether somebody was pricked or came into contact with blood."""
    sheet.session.exposure_incident = entry.happened
    sheet.change("exposure_incident")
    if entry.happened:
        return _("Exposure recorded: follow the blood-borne protocol now")
    return _("No exposure")
