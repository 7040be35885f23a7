"""The page on deploying names every setting, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_setting_is_on_the_page_and_no_other():
    settings = (ROOT / "clinic" / "settings.py").read_text()
    read = set(re.findall(r'\bread\(\s*"([A-Z_]+)"', settings))
    page = (ROOT / "docs" / "deploying.md").read_text()
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    assert read == named


def test_every_promise_names_tests_that_exist() -> None:
    text = (ROOT / "docs" / "promises.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    assert len(named) > 50
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file()
        or not re.search(
            rf"(def|class) {name}\b" if name else "", (ROOT / file).read_text("utf-8")
        )
    ]
    assert not missing
