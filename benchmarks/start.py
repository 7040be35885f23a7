"""How long a process takes before it can answer: imports, settings, the rule book."""

import os
import resource
import subprocess
import sys

from benchmarks import yardstick
from benchmarks.clock import Cost
from benchmarks.measure import Row

ROUNDS = 5
READY = (
    "import clinic.wsgi, django.urls;"
    "django.urls.get_resolver().url_patterns;"
    "from clinic.rules.book import load_book; load_book()"
)


def run() -> list[Row]:
    """One row, by the CPU time of processes of their own."""
    costs = [_started() for _ in range(ROUNDS)]
    return [
        Row(
            name="a process ready to answer, rule book read",
            ours=costs,
            limit_ms=1500,
            machine=yardstick.factor(),
        )
    ]


def _started() -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603, our own interpreter and text
        [sys.executable, "-c", READY], check=True, env=os.environ
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall_ms=spent * 1000, cpu_ms=spent * 1000)
