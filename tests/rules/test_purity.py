"""The rules are pure: no Django, no clock, and importing them is enough to know."""

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import clinic.rules

FOLDER = Path(clinic.rules.__file__).parent
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages([str(FOLDER)], prefix="clinic.rules.")
)
FILES = sorted(FOLDER.rglob("*.py"))
CLOCK = {"now", "today", "utcnow", "time", "monotonic", "perf_counter", "localtime"}
IMPURE = {"time", "logging", "random", "os", "socket", "sqlite3", "psycopg2"}


def test_importing_every_rule_module_loads_no_django_and_nothing_installed():
    code = (
        f"import importlib, sys\n"
        f"for name in {MODULES!r}: importlib.import_module(name)\n"
        "from clinic.rules.book import load_book\n"
        "load_book()\n"
        "site = [n for n, m in sys.modules.items()\n"
        "        if 'site-packages' in (getattr(m, '__file__', None) or '')]\n"
        "print([n for n in site if not n.startswith(('_', 'sitecustomize'))])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=FOLDER.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(FOLDER)))
def test_no_rule_module_reads_the_clock_or_the_world(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not IMPURE & {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in IMPURE | {"django"}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in CLOCK


def test_there_are_modules_to_judge():
    assert {"clinic.rules.book", "clinic.rules.depth"} <= set(MODULES)
