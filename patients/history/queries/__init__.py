"""What others read of the health history: the table of contents.

Before a step of the work call `gate_for`; for many days at once `read_basis`,
then `decide`. For headers call `flags`, at the desk `needs_word`.
"""

from patients.history.queries.flags import (
    Flag,
    desk_flag,
    flags,
    flags_of,
    needs_word,
)
from patients.history.queries.gates import (
    Basis,
    Decision,
    decide,
    gate_for,
    read_basis,
)
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
    "needs_word",
    "read_basis",
    "screening_facts",
]
