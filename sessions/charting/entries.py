"""What one tap on the sheet says, one shape for each kind of tap."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sessions.charting.queries.parts import SheetParts

Zones = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthEntry:
    """A depth in mm for some zones. `reason` says why deeper than the protocol,
    `override_reason` is written against a limit of the rules."""

    zones: Zones
    mm: Decimal
    reason: str = ""
    override_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassesEntry:
    """How often the needles went over some zones."""

    zones: Zones
    passes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointEntry:
    """What the skin showed in some zones."""

    zones: Zones
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOutEntry:
    """Zones that are not treated today, or are brought in."""

    zones: Zones
    left_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScarEntry:
    """Whether there is a scar in some zones."""

    zones: Zones
    is_scar: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEntry:
    """The handpiece that is used, looked at and found right."""

    device_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotEntry:
    """A lot of which the next unit is opened; a roller's length goes to `zones`."""

    lot_id: int
    serial: str = ""
    zones: Zones = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardEntry:
    """The used units are in the sharps box, or not yet."""

    is_discarded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicalEntry:
    """Something put on the skin; with `topical_id` it changes what is there."""

    topical_id: int | None = None
    kind: str
    topical_key: str = ""
    product: str = ""
    lot_id: int | None = None
    strength_percent: Decimal | None = None
    grams: Decimal | None = None
    on_at: datetime | None = None
    off_at: datetime | None = None
    is_occluded: bool | None = None
    is_sterile: bool | None = None
    for_needled_skin: bool | None = None
    signoff_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicalOffEntry:
    """A topical that comes off the skin now."""

    topical_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTopicalEntry:
    """A topical that was not used after all."""

    topical_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TickEntry:
    """Steps of the checklist, done or not; with them the units in the sharps box."""

    items: tuple[str, ...]
    done: bool
    in_sharps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceEntry:
    """How the session was borne: one chip, on or off."""

    chip: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteEntry:
    """The note of the session."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionEntry:
    """What the skin looks like at the end."""

    reaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PainEntry:
    """Pain from 0 to 10."""

    pain: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareEntry:
    """Whether the aftercare sheet was given."""

    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureEntry:
    """Whether somebody was pricked or came into contact with blood."""

    happened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoEntry:
    """Take back the last change."""


Entry = (
    DepthEntry
    | PassesEntry
    | EndpointEntry
    | LeaveOutEntry
    | ScarEntry
    | DeviceEntry
    | LotEntry
    | DiscardEntry
    | TopicalEntry
    | TopicalOffEntry
    | RemoveTopicalEntry
    | TickEntry
    | ToleranceEntry
    | NoteEntry
    | ReactionEntry
    | PainEntry
    | AftercareEntry
    | ExposureEntry
    | UndoEntry
)
KINDS: dict[type, str] = {
    DepthEntry: "depth",
    PassesEntry: "passes",
    EndpointEntry: "endpoint",
    LeaveOutEntry: "leave_out",
    ScarEntry: "scar",
    DeviceEntry: "device",
    LotEntry: "lot",
    DiscardEntry: "discard",
    TopicalEntry: "topical",
    TopicalOffEntry: "topical_off",
    RemoveTopicalEntry: "topical_remove",
    TickEntry: "tick",
    ToleranceEntry: "tolerance",
    NoteEntry: "note",
    ReactionEntry: "reaction",
    PainEntry: "pain",
    AftercareEntry: "aftercare",
    ExposureEntry: "exposure",
    UndoEntry: "undo",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """One change as a tablet sends it: its number there, and the sheet it saw."""

    entry: Entry
    tablet: UUID
    sequence: int
    version: int

    @property
    def kind(self) -> str:
        """The name under which it is kept."""
        return KINDS[type(self.entry)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TapResult:
    """What a tap is answered with: the sheet's new version, and what is said.

    `parts` is the sheet as the tap left it; None for a tap that was sent again.
    """

    version: int
    says: str
    parts: SheetParts | None = None
