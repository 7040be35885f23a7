"""A tap on the sheet at the chair: saved, judged, and answered with the live part."""

from itertools import count
from uuid import uuid4

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from benchmarks import pages
from benchmarks.measure import Row, compare
from sessions.charting import entries
from tests import factories
from tests.chair import make_chair

DEPTHS = ("1.00", "1.25", "1.50")
CHEEKS = "CM-R CM-L"
SHOWN = {"page": "treat", "kit": "shown"}  # what the tablet's script says of the page


def run() -> list[Row]:
    """One row for each kind of tap, on a sheet with its cartridge opened."""
    chair = make_chair(lot={"expires_on": factories.TODAY.replace(year=2099)})
    session = chair.open(now=timezone.now())
    chair.tap(session, entries.LotEntry(lot_id=chair.lot.pk))
    _analyze()
    address = reverse("charting:tap", args=[session.reference])
    session.refresh_from_db(fields=["version"])
    numbers, versions, tablet = count(1), count(session.version), str(uuid4())

    def said(kind: str, **values: str) -> dict[str, str]:
        return {
            "tap": kind,
            "tablet": tablet,
            "sequence": str(next(numbers)),
            "version": str(next(versions)),
            **SHOWN,
            **values,
        }

    client = pages.signed_in(chair.practitioner)
    taps = {
        "a depth for two zones": lambda: said(
            "depth", zones=CHEEKS, mm=DEPTHS[next(numbers) % len(DEPTHS)]
        ),
        "an endpoint": lambda: said(
            "endpoint", zones=CHEEKS, endpoint="pinpoint_bleeding"
        ),
        "a step of the checklist": lambda: said(
            "tick", items="CLEAN", done="on", page="outcome"
        ),
    }
    return [
        compare(
            f"sheet tap: {name}",
            ours=pages.post(client, address, values),
            limit_ms=25,
        )
        for name, values in taps.items()
    ]


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
