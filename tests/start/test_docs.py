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
