"""Where the bytes of an import come from: a folder, an upload, or the database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from patients.importing.models import ImportFile

PART_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file by the name that is shown; `chunks` reads it again from its start."""

    name: str
    size_bytes: int
    chunks: Callable[[], Iterator[bytes]]


def on_disk(path: Path) -> Source:
    """A file that the person at the server named."""

    def chunks() -> Iterator[bytes]:
        with path.open("rb") as file:
            while chunk := file.read(PART_BYTES):
                yield chunk

    return Source(name=path.name, size_bytes=path.stat().st_size, chunks=chunks)


def uploaded(file: "UploadedFile[Any]") -> Source:
    """A file that came with a form. Its name is shown, and opens nothing."""
    name = (file.name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return Source(
        name=name[:120],
        size_bytes=file.size or 0,
        chunks=lambda: iter(file.chunks(PART_BYTES)),
    )


def kept(file: ImportFile, *, at: int = 0) -> Iterator[bytes]:
    """What the database keeps of an uploaded file, from the byte `at` on."""
    skipped = at % PART_BYTES
    parts = file.parts.filter(number__gte=at // PART_BYTES).order_by("number")
    for content in parts.values_list("content", flat=True).iterator(chunk_size=1):
        yield bytes(content)[skipped:]
        skipped = 0
