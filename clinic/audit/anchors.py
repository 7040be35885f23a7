"""The end of the chain, written down outside the database each time it grows.

Who can rewrite every row can rebuild the chain; the anchors still tell. Keep the
file on another machine, or print it. The demo clinic, rebuilt daily, has none.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Which digest a seal had at a time."""

    seal_id: int
    digest: bytes
    at: datetime


def anchor_file() -> Path | None:
    """Where this database's anchors are kept; None in the demo."""
    if settings.DEMO:
        return None
    name = str(connection.settings_dict["NAME"])
    return Path(settings.VAR_DIR) / "audit" / f"anchors-{name}.log"


def write(anchor: Anchor) -> None:
    """Append a line and wait until it is on the disk."""
    file = anchor_file()
    if file is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    at = anchor.at.astimezone(UTC).isoformat(timespec="seconds")
    line = f"{anchor.seal_id} {anchor.digest.hex()} {at}\n"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read() -> Iterator[Anchor]:
    """Every anchor of this database; raises ValueError for a line that is none."""
    file = anchor_file()
    if file is None or not file.exists():
        return
    with file.open(encoding="ascii") as lines:
        for line in lines:
            seal_id, digest, at = line.split()
            yield Anchor(
                seal_id=int(seal_id),
                digest=bytes.fromhex(digest),
                at=datetime.fromisoformat(at),
            )
