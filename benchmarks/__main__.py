"""`python -m benchmarks [name ...]`: the table of ratios; all when none is named.

Works in a database of its own that is made for the run and dropped after it.
"""

import importlib
import os
import pkgutil
import sys

import benchmarks

TOOLS = {"bare", "clock", "filling", "measure", "pages", "yardstick", "years"}
DATABASE = "needlepoint_bench"


def main(names: list[str]) -> int:
    """Run the named benchmarks; 1 when a limit was missed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings_test")
    os.environ.setdefault("NEEDLEPOINT_DATABASE_ROLE", "needlepoint_owner")
    import django
    from django.test.utils import setup_databases, teardown_databases

    django.setup()
    from benchmarks import measure

    found = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    wanted = names or sorted(set(found) - TOOLS - {"__main__"})
    _own_database()
    kept = setup_databases(verbosity=0, interactive=False)
    rows: list[measure.Row] = []
    try:
        for name in wanted:
            sys.stderr.write(f"{name} ...\n")
            rows += importlib.import_module(f"benchmarks.{name}").run()
    finally:
        teardown_databases(kept, verbosity=0)
    sys.stdout.write(measure.table(rows) + "\n")
    return int(any(row.holds is False for row in rows))


def _own_database() -> None:
    """Never the tests' own, which may run at the same time."""
    from django.db import connection

    from tests import template_database

    settings = connection.settings_dict["TEST"]
    settings["NAME"] = DATABASE
    if (name := template_database.template_name()) in template_database.templates():
        settings["TEMPLATE"] = name


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
