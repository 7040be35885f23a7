"""At the signature the database keeps how deep a session went, and nothing else may."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from sessions.models import ProtocolZone, TreatmentSession, ZoneTreatment
from sessions.progress.queries import turns_of
from tests.chair import Chair, make_chair

pytestmark = pytest.mark.django_db

LIMIT = Decimal("1.50")  # of the protocol that factories make, in both cheeks


@pytest.fixture
def chair() -> Chair:
    return make_chair()


def at_depths(chair: Chair, right: str, left: str) -> TreatmentSession:
    """A sheet of which everything is entered, its cheeks at these depths in mm."""
    session = chair.open()
    chair.complete(session)
    for zone, depth in (("CM-R", right), ("CM-L", left)):
        session.zones.filter(zone=zone).update(depth_setting_mm=Decimal(depth))
    return session


@pytest.mark.parametrize(
    ("limit", "is_past"),
    [
        pytest.param("1.25", False, id="as deep as it allows"),
        pytest.param("1.24", True, id="deeper than that"),
    ],
)
def test_a_signed_session_keeps_its_deepest_zone_and_whether_it_went_past_its_protocol(
    chair: Chair, limit: str, is_past: bool
) -> None:
    ProtocolZone.objects.update(low_mm=Decimal("0.50"), high_mm=Decimal(limit))
    signed = chair.sign(at_depths(chair, "1.25", "1.00"))
    signed.refresh_from_db()
    assert (signed.deepest_mm, signed.past_protocol) == (Decimal("1.25"), is_past)


def test_a_zone_that_was_left_out_is_not_counted(chair: Chair) -> None:
    session = at_depths(chair, "1.00", "1.50")
    session.zones.filter(zone="CM-L").update(is_left_out=True)
    signed = chair.sign(session)
    signed.refresh_from_db()
    assert signed.deepest_mm == Decimal("1.00")


def test_nobody_writes_a_depth_that_the_zones_do_not_have(chair: Chair) -> None:
    session = at_depths(chair, "1.25", "1.00")
    row = TreatmentSession.objects.filter(pk=session.pk)
    for false in ({"deepest_mm": LIMIT}, {"past_protocol": True}):
        with (
            pytest.raises(IntegrityError, match="session_depths_of_the_signed"),
            transaction.atomic(),
        ):
            row.update(**false)
    signed = chair.sign(session)
    assert ZoneTreatment.objects.filter(session=signed).count() == 2
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        row.update(deepest_mm=LIMIT)
    signed.refresh_from_db()
    assert (signed.deepest_mm, signed.past_protocol) == (Decimal("1.25"), False)


def test_a_course_shows_how_deep_a_session_went_before_and_after_it_is_signed(
    chair: Chair,
) -> None:
    session = at_depths(chair, "1.25", "1.00")
    first, *_later = turns_of(chair.plan)
    assert first.depth_mm == Decimal("1.25")
    chair.sign(session)
    first, *_later = turns_of(chair.plan)
    assert first.depth_mm == Decimal("1.25")
