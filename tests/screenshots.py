"""`make screenshots`: every main page of the demo clinic, as it looks.

All pictures go into `var/screenshots/`, the few that the README shows into
`docs/screenshots/`.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings_test")
# The browser's driver keeps a loop in this thread; ours are plain calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django

django.setup()

from django.test.utils import setup_test_environment  # noqa: E402
from playwright.sync_api import Browser  # noqa: E402

from sessions.models import Plan, TreatmentSession, Visit  # noqa: E402
from tests.journeys import stage  # noqa: E402
from tests.journeys.browser import Person, chromium  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
ALL = ROOT / "var" / "screenshots"
SHOWN = ROOT / "docs" / "screenshots"
WIDTHS = {1440: 900, 1180: 820, 820: 1180, 390: 844}
THEMES = ("light", "dark")
PRACTITIONER, DESK, OWNER = "practitioner", "desk", "owner"
README = {
    "today-1440-light",
    "builder-1440-light",
    "sheet-1180-light",
    "patient-1440-light",
    "report-1440-light",
    "patient-1440-dark",
    "health-1440-light",
}


def pages() -> Iterator[tuple[str, str, str]]:
    """Name, who looks, and address of each main page."""
    plan = (
        Plan.objects.filter(status="running", planned_sessions__number=5)
        .select_related("patient", "condition")
        .order_by("pk")
        .first()
    )
    assert plan is not None
    one = f"/patients/{plan.patient.reference}/"
    open_sheet = TreatmentSession.objects.filter(
        signed_at__isnull=True,
        skin_clear_at__isnull=False,
        device_kind="pen",
        practitioner__email="practitioner@demo.clinic",
    ).latest("started_at")
    protocol = plan.protocol_id
    treated = f"condition=new-{plan.condition.kind}&protocol={protocol}"
    wishes = f"patient=P00122&{treated}&sessions=6&weekdays=2"
    move = Visit.objects.filter(plan=plan, status="confirmed").order_by("pk").last()
    yield "sign-in", "", "/sign-in/"
    yield "today", DESK, "/today/"
    yield "builder", DESK, f"/plans/new/?for_protocol={protocol}&gap=28&{wishes}"
    if move is not None:
        yield "move", DESK, f"/visits/{move.reference}/move/"
    yield "patients", DESK, "/patients/"
    yield "plans", DESK, "/plans/"
    yield "import", DESK, "/patients/import/"
    yield "my-day", PRACTITIONER, "/today/"
    yield "patient", PRACTITIONER, one
    yield "health", PRACTITIONER, f"{one}health/"
    yield "sessions", PRACTITIONER, f"{one}sessions/"
    yield "plan", PRACTITIONER, f"/plans/{plan.reference}/"
    yield "safety", PRACTITIONER, f"/sessions/{open_sheet.reference}/safety/"
    yield "sheet", PRACTITIONER, f"/sessions/{open_sheet.reference}/treat/"
    yield "report", OWNER, "/reports/progress/"
    yield "rulebook", OWNER, "/settings/rules/"
    yield "devices", OWNER, "/stock/devices/"
    yield "lots", OWNER, "/stock/lots/"


def take(browser: Browser, address: str, *, width: int, theme: str) -> None:
    """All pages at one width in one theme."""
    for who in ("", DESK, PRACTITIONER, OWNER):
        size = {"width": width, "height": WIDTHS[width]}
        person = Person(browser, address, viewport=size, color_scheme=theme)
        if who:
            person.sign_in(f"{who}@demo.clinic")
            person.page.wait_for_url(lambda url: "/sign-in/" not in url)
        for name, by, path in pages():
            if by != who:
                continue
            title = f"{name}-{width}-{theme}"
            if (status := person.goto(path)) != 200:
                sys.exit(f"{path} answered {status} to {who or 'a stranger'}")
            person.page.wait_for_load_state("networkidle")
            if person.page.locator(".error-summary").count():
                sys.exit(f"{path} shows {who or 'a stranger'} something to mend")
            person.page.screenshot(path=ALL / f"{title}.png", caret="initial")
            if title in README:
                shutil.copy(ALL / f"{title}.png", SHOWN)
        person.close()


def main() -> None:
    """Take them all; `python -m tests.screenshots 1440 light` takes some."""
    asked = set(sys.argv[1:])
    for folder in (ALL, SHOWN):
        folder.mkdir(parents=True, exist_ok=True)
    setup_test_environment()
    with (
        stage.demo_clinic(),
        stage.running(stage.Clock()),
        stage.on_air() as address,
        chromium() as browser,
    ):
        for width in WIDTHS:
            for theme in THEMES:
                if not asked or {str(width), theme} <= asked:
                    take(browser, address, width=width, theme=theme)


if __name__ == "__main__":
    main()
