"""The form of something on the skin: new or changed, with what was typed or stands.

It is read only while it is open: a tap on a zone does not pay for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import tzinfo

from clinic.devices.models import Lot
from clinic.rules.book import RuleBook
from clinic.rules.gates import Step
from sessions.charting.entries import TopicalEntry
from sessions.charting.models import SessionTopical
from sessions.charting.queries.parts import ANAESTHETIC, SheetParts
from sessions.charting.queries.safety import Waiting, safety_of
from sessions.charting.words import TOPICAL_KINDS

NEW = "new"
THREE_WAYS = {True: "yes", False: "no", None: ""}
FIELDS = [field.name for field in fields(TopicalEntry) if field.name != "topical_id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductForm:
    """An open form. `topical` is what is changed, None for something new.

    `is_screened` and `stopping` say whether an anaesthetic may be put on.
    """

    topical: SessionTopical | None
    values: Mapping[str, str]
    is_screened: bool
    stopping: tuple[Waiting, ...]

    @property
    def may_numb(self) -> bool:
        """Whether an anaesthetic may be put on."""
        return self.is_screened and not self.stopping

    @property
    def offers_numbing(self) -> bool:
        """Whether the form names anaesthetics: not where one may not be put on,
        but what was typed or stands already stays."""
        said = self.values["kind"] == ANAESTHETIC or self.topical is not None
        return self.may_numb or said

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """What it may be for."""
        return [
            (key, str(label))
            for key, label in TOPICAL_KINDS
            if self.offers_numbing or key != ANAESTHETIC
        ]

    def lots(self, stocked: Iterable[Lot]) -> list[tuple[str, str]]:
        """The lots to take it out of; the one it came out of stays."""
        mine = self.topical.lot if self.topical else None
        offered = [
            lot for lot in stocked if self.offers_numbing or lot.kind != ANAESTHETIC
        ]
        if mine is not None and mine not in offered:
            offered.insert(0, mine)
        return [(str(lot.pk), f"{lot.product} {lot.number}") for lot in offered]

    def keys(self, book: RuleBook) -> list[tuple[str, str]]:
        """What the rules know it as."""
        numbing = book.anaesthetics if self.offers_numbing else {}
        return [
            (key, row.name)
            for rows in (numbing, book.topicals)
            for key, row in rows.items()
        ]


def product_form(
    parts: SheetParts, *, which: str, typed: Mapping[str, str] | None = None
) -> ProductForm | None:
    """The form of a new product, of one on the sheet, or None when none is open."""
    topical = next((row for row in parts.topicals if str(row.pk) == which), None)
    if topical is None and which != NEW:
        return None
    found = safety_of(parts.session, step=Step.RECORD, is_numbed=True)
    values = {field: (typed or {}).get(field, "") for field in FIELDS}
    if topical is not None and typed is None:
        values = _standing(topical, zone=parts.session.site.zone)
    return ProductForm(
        topical=topical,
        values=values,
        is_screened=found.screening is not None,
        stopping=found.waiting,
    )


def _standing(row: SessionTopical, *, zone: tzinfo) -> dict[str, str]:
    """What stands on the sheet, as it would be typed."""
    clock = {
        name: f"{at.astimezone(zone):%H:%M}" if at else ""
        for name, at in (("on_at", row.on_at), ("off_at", row.off_at))
    }
    plain = {
        name: "" if value is None else f"{value:f}"
        for name, value in (
            ("strength_percent", row.strength_percent),
            ("grams", row.grams),
        )
    }
    return {
        "kind": row.kind,
        "lot_id": str(row.lot_id or ""),
        "product": row.product,
        "topical_key": row.topical_key,
        **plain,
        **clock,
        "is_occluded": THREE_WAYS[row.is_occluded],
        "is_sterile": THREE_WAYS[row.is_sterile],
        "for_needled_skin": THREE_WAYS[row.for_needled_skin],
        "signoff_reason": "",
    }
