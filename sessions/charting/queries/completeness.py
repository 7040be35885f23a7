"""What is still missing before a session can be signed, and where it is entered."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.rules.book import RuleBook
from clinic.rules.devices import Kind
from sessions.charting.models import TreatmentSession, ZoneTreatment
from sessions.charting.queries.parts import SheetParts
from sessions.charting.words import zone_names

ONLY_WITH_ANAESTHETIC = frozenset({"ANAESTHETIC", "DOSE"})
# Pictures and scores have their own pages; their step never stops a signature.
OPTIONAL = frozenset({"BASELINE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that is not there yet; `step` and `anchor` lead to its place."""

    sentence: str
    step: str
    anchor: str


def steps_owed(book: RuleBook, *, has_anaesthetic: bool) -> tuple[str, ...]:
    """The steps of the checklist that this session owes."""
    left_out = OPTIONAL | (frozenset() if has_anaesthetic else ONLY_WITH_ANAESTHETIC)
    return tuple(step.key for step in book.checklist if step.key not in left_out)


def missing(parts: SheetParts, *, book: RuleBook) -> list[Missing]:
    """Everything that is missing, in the order of the steps."""
    session, units = parts.session, parts.units
    treated = [row for row in parts.zones.values() if not row.is_left_out]
    found = [*_safety(session), *_zones(treated, book=book)]
    found += _kit(session, treated, [unit.unit.lot.needle_length_mm for unit in units])
    if units and not all(unit.is_discarded for unit in units):
        found.append(
            Missing(
                sentence=_("Say that the used unit is in the sharps box."),
                step="outcome",
                anchor="discard",
            )
        )
    found += _outcome(parts, book=book)
    return found


def _safety(session: TreatmentSession) -> Iterable[Missing]:
    if session.skin_clear_at is None:
        yield Missing(
            sentence=_("Finish the safety check."), step="safety", anchor="decide"
        )


def _zones(treated: list[ZoneTreatment], *, book: RuleBook) -> Iterable[Missing]:
    if not treated:
        yield Missing(
            sentence=_("Treat at least one zone."), step="treat", anchor="zones"
        )
    for label, lacking in (
        (_("Depth: %(zones)s"), [row.zone for row in treated if row.mm is None]),
        (_("Passes: %(zones)s"), [row.zone for row in treated if row.passes is None]),
        (_("Endpoint: %(zones)s"), [row.zone for row in treated if not row.endpoint]),
    ):
        if lacking:
            yield Missing(
                sentence=label % {"zones": zone_names(book, lacking)},
                step="treat",
                anchor="zones",
            )


def _kit(
    session: TreatmentSession, treated: list[ZoneTreatment], lengths: list[object]
) -> Iterable[Missing]:
    roller = session.device_kind == Kind.ROLLER
    if not roller and session.device_id is None:
        yield Missing(sentence=_("Choose the device."), step="treat", anchor="kit")
    elif not roller and not session.device_checked:
        yield Missing(sentence=_("Check the device."), step="treat", anchor="kit")
    if not lengths:
        what = _("Confirm the roller's lot.") if roller else _("Confirm the cartridge.")
        yield Missing(sentence=what, step="treat", anchor="kit")
    elif roller and any(row.needle_length_mm not in lengths for row in treated):
        yield Missing(
            sentence=_("A zone has a needle length that no opened roller has."),
            step="treat",
            anchor="kit",
        )


def _outcome(parts: SheetParts, *, book: RuleBook) -> Iterable[Missing]:
    owed = [
        key
        for key in steps_owed(book, has_anaesthetic=parts.has_anaesthetic)
        if key not in parts.ticked
    ]
    if owed:
        yield Missing(
            sentence=_("Checklist: %(n)d steps are not ticked.") % {"n": len(owed)},
            step="outcome",
            anchor="checklist",
        )
    if not parts.session.reaction:
        yield Missing(
            sentence=_("Choose the reaction now."), step="outcome", anchor="reaction"
        )
