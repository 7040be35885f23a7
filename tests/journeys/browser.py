"""Chromium, and what a person does with it."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from sessions.demo.house import PASSWORD

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
# A form that was refused, and a page that was opened too late, are answers as well.
ANSWERS = re.compile(r"responded with a status of (401|403|404|409|422|429)")
# Bootstrap's arrows are data: pictures, shut out on purpose; ours are drawn instead. On
# a busy machine Chromium asks for one before our style sheet is there.
ARROWS = re.compile(r"Loading the image 'data:image/svg|^CSP: img-src data")
WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("CSP: " + event.violatedDirective + " " + event.blockedURI));
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    found = next((place for name in NAMES if (place := shutil.which(name))), None)
    if found is None:
        raise LookupError("No chromium on this machine: run .ci/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=list(ARGUMENTS)
        )
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """Somebody at a screen, who notices every fault of the pages and counts clicks."""

    def __init__(self, browser: Browser, address: str, **screen: Any) -> None:
        screen.setdefault("viewport", {"width": 1440, "height": 900})
        self.address = address
        self.context = browser.new_context(
            base_url=address,
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
            **screen,
        )
        self.context.set_default_timeout(30_000)  # a busy machine
        self.context.add_init_script(WATCH)
        self.faults: list[str] = []
        self.clicks = 0
        self.page: Page = self.context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self._fault(f"script: {error}"))
        self.page.on("requestfailed", self._failed)

    def _note(self, message: ConsoleMessage) -> None:
        known = ANSWERS.search(message.text) or ARROWS.search(message.text)
        if message.type == "error" and not known:
            self._fault(f"console: {message.text}")

    def _failed(self, request: Any) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # left the page meanwhile
            self._fault(f"no answer: {request.url} {request.failure}")

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.page.url}: {text}")

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Sign in by the form, as everybody does."""
        self.page.goto("/sign-in/")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def goto(self, path: str) -> int:
        """Open an address; the status of the answer."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    def click(self, place: Any) -> None:
        """Click and count it."""
        self.clicks += 1
        place.click()

    def close(self) -> None:
        self.context.close()
