"""The text of a consent as paragraphs, headings and lists: no markup of strangers."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading, a paragraph or a list; `lines` has one line, or the items."""

    kind: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The one line of a heading or paragraph."""
        return " ".join(self.lines)


def blocks(body: str) -> Iterator[Block]:
    """The blocks of a text, in order: `## ` begins a heading, `- ` an item."""
    kind, lines = "", list[str]()
    for raw in [*body.splitlines(), ""]:
        line = raw.strip()
        found = _kind(line)
        if lines and (found != kind or found == "heading"):
            yield Block(kind=kind, lines=tuple(lines))
            lines = []
        kind = found
        if line:
            lines.append(line.removeprefix("## ").removeprefix("- "))


def _kind(line: str) -> str:
    if line.startswith("## "):
        return "heading"
    if line.startswith("- "):
        return "list"
    return "paragraph" if line else ""
