"""Where the shared material lies when the project stands beside it; it may not."""

from pathlib import Path

SHARED = Path(__file__).parents[1].parent / "shared"
