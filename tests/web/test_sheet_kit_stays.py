"""A tap on zones is answered without the kit of a pen when the tablet shows it."""

import pytest
from django.test import Client

from sessions.models import TreatmentSession
from tests import factories
from tests.chair import Chair, make_chair
from tests.web.pages import html, signed_in
from tests.web.sheet import chair, client_of, tap

__all__ = ["chair", "client_of"]
KEPT = '<section id="kit" data-kept>'
DEPTH = {"tap": "depth", "zones": "CM-R CM-L", "mm": "1.25"}
SHOWN = {"kit": "shown"}
SERUM = {"kind": "serum", "product": "Serum C"}


def tapped(kind: str, **said: str) -> dict[str, str]:
    """A tap of a tablet that shows the kit as it is."""
    return {"tap": kind, "zones": "CM-R", **SHOWN, **said}


def answered(client: Client, session: TreatmentSession, **said: str) -> str:
    """What a tap of the tablet's script is answered with."""
    answer = tap(client, session, said.pop("tap"), script=True, **said)
    assert answer.status_code == 200
    return html(answer)


@pytest.mark.parametrize(
    ("said", "is_kept"),
    [
        pytest.param(DEPTH | SHOWN, True, id="depth"),
        pytest.param(tapped("passes", passes="3"), True, id="passes"),
        pytest.param(tapped("endpoint", endpoint="even_erythema"), True, id="endpoint"),
        pytest.param(tapped("leave_out", left_out="on"), True, id="leave out"),
        pytest.param(tapped("scar", is_scar="on"), True, id="scar"),
        pytest.param(tapped("tolerance", chip="well", on="on"), True, id="tolerance"),
        pytest.param(tapped("note", text="Calm"), True, id="note"),
        pytest.param(DEPTH | {"kit": ""}, False, id="the kit changed since"),
        pytest.param(DEPTH, False, id="never said"),
        pytest.param(tapped("lot"), False, id="lot"),
        pytest.param(tapped("topical") | SERUM, False, id="product"),
    ],
)
def test_the_kit_is_drawn_again_unless_it_stands_there_as_it_is(
    chair: Chair, client_of: Client, said: dict[str, str], is_kept: bool
) -> None:
    if said["tap"] == "lot":
        said = {**said, "lot_id": str(chair.lot.pk)}
    answer = answered(client_of, chair.open(), **said)
    assert (KEPT in answer) is is_kept
    assert ('aria-label="Kit"' in answer) is not is_kept


@pytest.mark.django_db
def test_the_kit_of_a_roller_follows_the_zones_and_is_always_drawn() -> None:
    roller = factories.make_protocol(device_kind="roller")
    chair = make_chair(protocol=roller)
    said = {"tap": "passes", "zones": "CM-R", "passes": "10", "kit": "shown"}
    answer = answered(signed_in(chair.practitioner), chair.open(), **said)
    assert KEPT not in answer
    assert 'aria-label="Kit"' in answer
