"""Plain `pytest` after requirements.txt alone works: browser tools may be missing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ("playwright", "axe_playwright_python")
COLLECT = f"""
import sys
sys.modules.update(dict.fromkeys({TOOLS!r}))
import pytest
sys.exit(pytest.main(
    ["--collect-only", "-q", "-p", "no:cacheprovider", "tests/journeys", {{other!r}}]
))
"""


def test_without_playwright_the_journeys_are_left_out_with_the_reason() -> None:
    other = "tests/test_labels.py"
    result = subprocess.run(
        [sys.executable, "-c", COLLECT.format(other=other)],
        cwd=ROOT,
        env=os.environ | {"PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{other}::" in result.stdout
    assert "tests/journeys/test_" not in result.stdout
    assert "playwright is missing" in result.stdout
