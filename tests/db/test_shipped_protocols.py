"""The shipped protocols come in whole, once, and leave the clinic's own alone."""

import pytest

from clinic.rules.book import load_book
from sessions.models import Protocol
from sessions.plans.shipping import ensure_shipped_protocols
from tests import factories

pytestmark = pytest.mark.django_db

ASKED_FOR = {
    "ACNE_ROLLING",
    "RHYTID",
    "TEXTURE_PORES",
    "SCAR_SURG",
    "STRIAE",
    "MELASMA",
    "PIH",
    "DULL",
    "AGA",
}


def test_every_condition_of_the_mission_has_a_protocol() -> None:
    ensure_shipped_protocols(book=load_book(), now=factories.NOW)
    assert set(Protocol.objects.values_list("condition_kind", flat=True)) >= ASKED_FOR


def test_protocols_carry_what_a_session_needs() -> None:
    book = load_book()
    ensure_shipped_protocols(book=book, now=factories.NOW)
    for protocol in Protocol.objects.prefetch_related("zones"):
        assert protocol.scales
        assert protocol.evidence in {1, 2, 3, 4}
        assert protocol.sources
        shipped = book.protocols[protocol.shipped_key]
        areas = [area.key for code in shipped.zones for area in book.areas_of(code)]
        assert {zone.zone for zone in protocol.zones.all()} == set(areas)


def test_a_second_run_adds_nothing() -> None:
    book = load_book()
    first = ensure_shipped_protocols(book=book, now=factories.NOW)
    assert first == len(book.protocols)
    assert ensure_shipped_protocols(book=book, now=factories.NOW) == 0
