"""Imports go down only (DESIGN 4), views know no models, the rules are pure.

Read docs/architecture.md for the picture. A module may import its own slice and what
stands below it: a later line of LAYERS, or a later name of its own line.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("clinic", "patients", "sessions")

# From the top to the ground. Modules named in START may import everything.
LAYERS = [
    "sessions.demo",
    "sessions.reports",
    "sessions.progress",
    "sessions.charting",
    "sessions.booking",
    "sessions.plans",
    "patients.photos",
    "patients.importing",
    "patients.consent",
    "patients.history",
    "patients.records",
    "clinic.devices",
    "clinic.places",
    "clinic.rulebook",
    "clinic.staff",
    "clinic.audit",
    "clinic.web",
    "clinic.localdb",
    "clinic.rules",
]
START = (
    "clinic.env",
    "clinic.install",
    "clinic.logs",
    "clinic.management",
    "clinic.settings",
    "clinic.settings_test",
    "clinic.urls",
    "clinic.wsgi",
)
# An app's table of contents, its configuration and its commands.
WHOLE_APP = ("models", "apps", "admin", "urls", "management")


def modules() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts:
                yield ".".join(parts).removesuffix(".__init__"), path


MODULES = dict(modules())


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Everything in the file that is an import or a function."""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(path.read_text())
    return [node for node in within(tree) if isinstance(node, kinds)]


def within(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement in it; no look at the terms of which statements are made."""
    for part in ("body", "orelse", "handlers", "finalbody", "cases"):
        for statement in getattr(node, part, ()):
            yield statement
            yield from within(statement)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that the file imports, inside functions as well."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield (full if full in MODULES else str(node.module)), node.lineno


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def layer(module: str) -> int | None:
    for place, package in enumerate(LAYERS):
        if is_within(module, package):
            return place
    return None


def app_part(module: str) -> str | None:
    """`models` for patients.models: a part that speaks for its whole app."""
    app, _, rest = module.partition(".")
    part = rest.partition(".")[0]
    return part if app in APPS and part in WHOLE_APP else None


def lowest_layer_of(app: str) -> int:
    return max(place for place, name in enumerate(LAYERS) if is_within(name, app))


def highest_layer_of(app: str) -> int:
    return min(place for place, name in enumerate(LAYERS) if is_within(name, app))


def may_import(importer: str, imported: str) -> bool:
    if any(is_within(importer, start) for start in START):
        return True
    if imported in APPS:  # the empty package
        return True
    if app_part(importer):
        from_layer = highest_layer_of(importer.partition(".")[0])
    else:
        from_layer = layer(importer)
    if app_part(imported):  # an app's table of contents stands above its slices
        to_layer = highest_layer_of(imported.partition(".")[0])
        return from_layer is not None and from_layer <= to_layer
    to_layer = layer(imported)
    return from_layer is not None and to_layer is not None and from_layer <= to_layer


def test_every_module_has_its_place():
    homeless = [
        name
        for name in MODULES
        if name not in APPS
        and layer(name) is None
        and not app_part(name)
        and not any(is_within(name, start) for start in START)
    ]
    assert not homeless, "\n".join(["", *homeless])


def test_imports_go_down_only():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name} imports {imported}"
        for name, path in MODULES.items()
        for imported, line in imports(path)
        if imported.partition(".")[0] in APPS and not may_import(name, imported)
    ]
    assert not wrong, "\n".join(["", *wrong])


def test_the_rules_import_the_standard_library_only():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {imported}"
        for name, path in MODULES.items()
        if is_within(name, "clinic.rules")
        for imported, line in imports(path)
        if imported.partition(".")[0] not in sys.stdlib_module_names
        and not is_within(imported, "clinic.rules")
        and imported != "clinic"
    ]
    assert not wrong, "\n".join(["", *wrong])


def test_views_import_no_models():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {imported}"
        for name, path in MODULES.items()
        if name.rpartition(".")[2].endswith("views")
        for imported, line in imports(path)
        if imported.endswith(".models") and imported.partition(".")[0] in APPS
    ]
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("sessions.plans.actions", "patients.records.queries", True),
        ("patients.records.actions", "sessions.plans.models", False),
        ("sessions.booking.actions", "sessions.plans.models", True),
        ("sessions.plans.actions", "sessions.booking.models", False),
        ("clinic.staff.policy", "clinic.audit.actions", True),
        ("clinic.audit.actions", "clinic.staff.models", False),
        ("clinic.web.pages", "clinic.rules.depth", True),
        ("clinic.rules.depth", "clinic.web.pages", False),
        ("clinic.urls", "sessions.plans.urls", True),
        ("patients.models", "patients.consent.models", True),
        ("patients.consent.models", "patients.models", False),
        ("patients.models", "sessions.plans.models", False),
    ],
)
def test_the_test_itself_knows_up_from_down(importer, imported, allowed):
    assert may_import(importer, imported) is allowed


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def long_functions(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > 40:
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield f"{place} {node.name}: {length} lines"


# Left out: migrations, of which most is generated, how long a file of tests is (its
# length is that of its tables of cases), and style sheets.
def test_functions_and_files_are_small():
    code = [*MODULES.values(), ROOT / "manage.py", *(ROOT / "benchmarks").glob("*.py")]
    limits = [
        *((path, 400) for path in [*code, *(ROOT / "static" / "js").rglob("*.js")]),
        *((path, 150) for path in (ROOT / "templates").rglob("*.html")),
    ]
    too_long = [
        f"{path.relative_to(ROOT)}: {lines_of(path)} lines"
        for path, limit in limits
        if lines_of(path) > limit
    ]
    for path in [*code, *(ROOT / "tests").rglob("*.py")]:
        too_long += long_functions(path)
    assert not too_long, "\n".join(["", *too_long])
