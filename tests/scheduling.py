"""Which tests share a process: those that share something dear to make.

And those of the rules, file by file: they are many and short, and to be handed out
one by one took the process that does it longer than they take.

xdist's own `--dist loadgroup` groups nothing under pytest 9: it writes the group into
`Item._nodeid`, which is no more. Here the name of the test tells.
"""

import re
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

TOGETHER = re.compile(
    r"tests/(db/test_(demo|record_fingerprint)|start/test_(localdb|serving)"
    r"|rules/\w+|test_\w+)\.py|walk as \w+"
)


class Together(LoadScopeScheduling):
    """Hands out tests one by one, and those that share something in one piece."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The tests with which this one shares a process; itself when with none."""
    shared = TOGETHER.search(nodeid)
    return shared[0] if shared else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Called by xdist when there is more than one process."""
    return Together(config, log)
