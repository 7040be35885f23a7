"""What others read of the health history: the table of contents.

Before a step of the work call `gate_for`; for many days at once `read_basis`,
then `decide`. For headers call `flags`, at the desk `needs_word`.
"""

from patients.history.queries.bases import Basis, read_bases, read_basis
from patients.history.queries.flags import (
    Flag,
    desk_flag,
    flags,
    flags_of,
    needing_word,
    needs_word,
)
from patients.history.queries.gates import Decision, decide, gate_for
from patients.history.queries.known import live_facts, screening_facts
from patients.history.queries.screenings import draft_of, latest_screening

__all__ = [
    "Basis",
    "Decision",
    "Flag",
    "decide",
    "desk_flag",
    "draft_of",
    "flags",
    "flags_of",
    "gate_for",
    "latest_screening",
    "live_facts",
    "needing_word",
    "needs_word",
    "read_bases",
    "read_basis",
    "screening_facts",
]
