"""What tests of the sheet in the browser share: the chair, its browser, a tap."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from sessions.models import TreatmentSession
from tests.chair import Chair, make_chair
from tests.web.pages import signed_in


@pytest.fixture
def chair(db: None) -> Chair:
    """A lot that is good on every day on which a test runs."""
    return make_chair(lot={"expires_on": date(2099, 1, 1)})


@pytest.fixture
def client_of(chair: Chair) -> Client:
    return signed_in(chair.practitioner)


def place(name: str, session: TreatmentSession) -> str:
    return reverse(f"charting:{name}", args=[session.reference])


def said_by(session: TreatmentSession, tapped: str, /, **said: Any) -> dict[str, str]:
    """What a tablet that shows the sheet as it stands sends with a tap."""
    session.refresh_from_db()
    return {
        "tap": tapped,
        "tablet": str(uuid4()),
        "sequence": "1",
        "version": str(session.version),
        "page": "treat",
        **said,
    }


def tap(
    client: Client,
    session: TreatmentSession,
    tapped: str,
    /,
    *,
    script: bool = False,
    **said: Any,
) -> Any:
    """The answer to a tap, sent by the page's script or by its form."""
    headers = {"HX-Request": "true"} if script else {}
    values = said_by(session, tapped, **said)
    return client.post(place("tap", session), values, headers=headers)
