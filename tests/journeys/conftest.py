"""The demo clinic on the air, new for each file, a browser, and people before it."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from tests.journeys import stage

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.browser import Person

# Playwright is a tool for those who change the code; the suite runs without it.
HAS_PLAYWRIGHT = find_spec("playwright") is not None
collect_ignore_glob = [] if HAS_PLAYWRIGHT else ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why the journeys were left out."""
    if not HAS_PLAYWRIGHT:
        terminalreporter.write_line(
            "tests/journeys is left out: playwright is missing (make browser has it)."
        )


@pytest.fixture(scope="module")
def clock(django_db_blocker: DjangoDbBlocker) -> Iterator[stage.Clock]:
    """The clinic's clock; while it runs, this process works in the demo clinic."""
    patch = pytest.MonkeyPatch()
    # The browser's driver keeps a loop in this thread; ours are plain calls.
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    clock = stage.Clock()
    with django_db_blocker.unblock(), stage.demo_clinic(), stage.running(clock):
        yield clock
    patch.undo()


@pytest.fixture(autouse=True)
def _leaves_no_connection() -> Iterator[None]:
    """Close what a test opened: its database goes, and the next file has another."""
    yield
    connections.close_all()


@pytest.fixture(scope="module")
def address(clock: stage.Clock) -> Iterator[str]:
    """Where the demo clinic is served."""
    with stage.on_air() as url:
        yield url


@pytest.fixture(scope="module")
def browser(clock: stage.Clock) -> Iterator["Browser"]:
    from playwright.sync_api import expect

    from tests.journeys.browser import chromium

    expect.set_options(timeout=20_000)  # a busy machine
    with chromium() as found:
        yield found


@pytest.fixture
def new_person(browser: "Browser", address: str) -> Iterator[Callable[..., "Person"]]:
    """Put somebody in front of a screen; any fault a page shows them fails the test."""
    from tests.journeys.browser import Person

    people: list[Person] = []

    def arrive(**screen: Any) -> "Person":
        people.append(Person(browser, address, **screen))
        return people[-1]

    yield arrive
    faults = [fault for person in people for fault in person.faults]
    for person in people:
        person.close()
    assert not faults


@pytest.fixture
def desk(new_person: Callable[..., "Person"]) -> "Person":
    """The front desk, signed in."""
    person = new_person()
    person.sign_in("desk@demo.clinic")
    return person


@pytest.fixture
def practitioner(new_person: Callable[..., "Person"]) -> "Person":
    """A practitioner with the tablet, signed in."""
    person = new_person(viewport={"width": 1180, "height": 820})
    person.sign_in("practitioner@demo.clinic")
    return person


@pytest.fixture
def owner(new_person: Callable[..., "Person"]) -> "Person":
    """The owner, signed in."""
    person = new_person()
    person.sign_in("owner@demo.clinic")
    return person
