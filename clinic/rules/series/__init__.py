"""A series of visits as one thing: proposed at once, moved at once, explained.

`propose` finds every visit of a plan; `move` previews moving one, alone or with
the rest. Both are pure: they read day masks (`clinic.rules.freetime`) and write
nothing. Which slot is taken is settled in `search`, why in `why`.
"""

from clinic.rules.series.moving import To, move
from clinic.rules.series.planning import propose
from clinic.rules.series.reasons import Code, Reason
from clinic.rules.series.shape import (
    PARTS_OF_DAY,
    Away,
    Check,
    Event,
    Move,
    MovePreview,
    Named,
    PartOfDay,
    Policy,
    Proposal,
    Shut,
    Slot,
    Spacing,
    Wishes,
)
from clinic.rules.waiting import Gap

__all__ = [
    "PARTS_OF_DAY",
    "Away",
    "Check",
    "Code",
    "Event",
    "Gap",
    "Move",
    "MovePreview",
    "Named",
    "PartOfDay",
    "Policy",
    "Proposal",
    "Reason",
    "Shut",
    "Slot",
    "Spacing",
    "To",
    "Wishes",
    "move",
    "propose",
]
