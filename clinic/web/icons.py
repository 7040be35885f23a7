"""Lucide icons as inline SVG: they print, take the text's colour and pass the CSP.

`icons.json` holds the inner shapes of the icons used, cut from the npm package
`lucide-static` (version and licence: static/vendor/MANIFEST.json). To add one:
`python -m clinic.web.icons PATH_TO/lucide-static/icons NAME [NAME ...]`.
"""

import json
import re
import sys
from functools import lru_cache
from pathlib import Path

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

SHAPES_FILE = Path(__file__).with_name("icons.json")
SIZES_PX = frozenset({14, 16, 18, 20, 24})
FRAME = (
    '<svg class="{css}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    ' stroke-linecap="round" stroke-linejoin="round" {meaning}>{shapes}</svg>'
)


@lru_cache(maxsize=1)
def shapes_by_name() -> dict[str, str]:
    """The inner SVG of each icon by its Lucide name."""
    shapes: dict[str, str] = json.loads(SHAPES_FILE.read_text(encoding="utf-8"))
    return shapes


@lru_cache(maxsize=1024)
def icon(name: str, *, size_px: int = 16, label: str = "", css: str = "") -> SafeString:
    """One icon. With a label it is an image with that name, else decoration.

    Raises LookupError for an unknown name or a size the style sheet lacks.
    """
    if name not in shapes_by_name():
        raise LookupError(f"No icon {name!r}: see clinic/web/icons.py for adding one.")
    if size_px not in SIZES_PX:
        raise LookupError(f"No icon size {size_px}: the style sheet has {SIZES_PX}.")
    classes = ["ic", f"ic-{size_px}" if size_px != 16 else "", escape(css)]
    meaning = (
        f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    )
    # Trusted: our own file; label and classes are escaped above.
    return mark_safe(  # noqa: S308
        FRAME.format(
            css=" ".join(filter(None, classes)),
            meaning=meaning,
            shapes=shapes_by_name()[name],
        )
    )


def shapes_of(svg: str) -> str:
    """The shapes inside a Lucide SVG file, on one line."""
    found = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if found is None:
        raise ValueError("Not an SVG file.")
    lines = (re.sub(r"\s+", " ", line.strip()) for line in found[1].splitlines())
    return "".join(lines).replace(" />", "/>")


def add(folder: Path, names: list[str]) -> None:
    """Add or renew icons in `icons.json` from an unpacked lucide-static."""
    shapes = dict(shapes_by_name())
    for name in names:
        svg = (folder / f"{name}.svg").read_text(encoding="utf-8")
        shapes[name] = shapes_of(svg)
    text = json.dumps(dict(sorted(shapes.items())), indent=0, ensure_ascii=False)
    SHAPES_FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    add(Path(sys.argv[1]), sys.argv[2:])
