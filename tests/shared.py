"""Where the shared material lies when the project stands beside it; it may not."""

from pathlib import Path

_ABOVE = Path(__file__).parents[2:4]  # beside the project, or beside its worktrees
SHARED = next(
    (place / "shared" for place in _ABOVE if (place / "shared").is_dir()),
    _ABOVE[0] / "shared",
)
