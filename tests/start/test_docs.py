"""The page on deploying names every setting, and no other."""

import os
import re
import subprocess
import sys
from pathlib import Path

from django.core.management import get_commands

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


def test_the_page_on_deploying_names_only_commands_that_exist() -> None:
    page = (ROOT / "docs" / "deploying.md").read_text("utf-8")
    named = set(re.findall(r"manage\.py (\w+)", page))
    assert {"migrate", "collectstatic", "setup_clinic", "serve"} <= named
    assert {"verify_audit", "verify_records"} <= named
    assert named <= get_commands().keys()


def test_the_settings_of_the_first_time_can_be_served() -> None:
    """The example as it stands, but for a key; a host needs a trusted proxy."""
    page = (ROOT / "docs" / "deploying.md").read_text("utf-8")
    example = re.findall(r"^(NEEDLEPOINT_\w+|DATABASE_\w+)=(.+)$", page, re.MULTILINE)
    variables = dict(example) | {"NEEDLEPOINT_SECRET_KEY": "0123456789-abcdef" * 4}
    assert {"NEEDLEPOINT_HOSTS", "NEEDLEPOINT_TRUSTED_PROXIES"} <= variables.keys()
    result = subprocess.run(
        [sys.executable, "-c", "import clinic.settings"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
