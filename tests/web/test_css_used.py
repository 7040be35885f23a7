"""No rule without a use: every class of the style sheets stands on a page."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
PLACES = (
    ("templates", "*.html"),
    ("static/js", "*.js"),
    ("clinic", "*.py"),
    ("patients", "*.py"),
    ("sessions", "*.py"),
)
# Set by htmx itself, and by `f"d{band}"`.
ELSEWHERE = {"htmx-request", "d1", "d2", "d3", "d4", "d5"}


def rules(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)


def used() -> str:
    files = [file for place, kind in PLACES for file in (ROOT / place).rglob(kind)]
    return "\n".join(file.read_text() for file in files)


def test_every_class_is_used() -> None:
    text = used()
    words = set(re.findall(r"[\w-]+", text))
    made = set(re.findall(r"([\w-]+-)(?:\{|\$\{)", text))
    found = {
        name
        for sheet in SHEETS
        for selector in re.findall(r"([^{}]+)\{", rules(sheet))
        for name in re.findall(r"\.(-?[A-Za-z_][\w-]*)", selector)
    }
    dead = [
        name
        for name in sorted(found - words - ELSEWHERE)
        if not any(name.startswith(start) for start in made)
    ]
    assert dead == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_selector_stands_once(sheet: Path) -> None:
    counted: Counter[str] = Counter()
    depth = 0
    for part in re.finditer(r"([^{}]*)([{}])", rules(sheet)):
        selector = re.sub(r"\s+", " ", part[1].strip())
        if part[2] == "{" and depth == 0 and not selector.startswith(("@", ":root")):
            counted[selector] += 1
        depth += 1 if part[2] == "{" else -1
    assert [one for one, count in counted.items() if count > 1] == []
