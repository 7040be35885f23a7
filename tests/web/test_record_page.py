"""The record on paper: every word once, nothing of it out of somebody else's table."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from sessions.charting import entries
from sessions.charting.words import product_words
from sessions.models import PlannedSession, TreatmentSession, ZoneTreatment
from tests import factories
from tests.chair import Chair, make_chair
from tests.factories import NOW
from tests.web.pages import Page, html, signed_in


@pytest.mark.parametrize(
    ("product", "percent", "said"),
    [
        ("Lidocaine cream 4 %", Decimal("4.00"), "Lidocaine cream 4 %"),
        ("Lidocaine cream 4%", Decimal(4), "Lidocaine cream 4%"),
        ("Hyaluronic acid 1,5 %", Decimal("1.50"), "Hyaluronic acid 1,5 %"),
        ("Hyaluronic acid", Decimal("1.50"), "Hyaluronic acid 1.5 %"),
        ("Lidocaine 4", Decimal(4), "Lidocaine 4 4 %"),
        ("Lidocaine 40 %", Decimal(4), "Lidocaine 40 % 4 %"),
        ("Alcohol", Decimal(70), "Alcohol 70 %"),
        ("Gel", None, "Gel"),
    ],
)
def test_a_strength_is_said_once(
    product: str, percent: Decimal | None, said: str
) -> None:
    assert product_words(product, percent=percent) == said


def record(chair: Chair, session: TreatmentSession) -> Page:
    place = reverse("charting:record", args=[session.reference])
    return Page(html(signed_in(chair.practitioner).get(place)))


@pytest.fixture
def chair(db: None) -> Chair:
    return make_chair()


def test_a_product_is_named_once_on_sheet_and_record(chair: Chair) -> None:
    session = chair.open()
    cream = factories.make_lot(
        site=chair.site,
        kind="anaesthetic",
        product="Lidocaine cream 4 %",
        model_key="",
        needle_count=None,
        strength_percent=Decimal(4),
    )
    chair.tap(session, entries.TopicalEntry(kind="anaesthetic", lot_id=cream.pk))
    for step in ("treat", "sign", "record"):
        place = reverse(f"charting:{step}", args=[session.reference])
        text = Page(html(signed_in(chair.practitioner).get(place))).text
        assert "Lidocaine cream 4 %" in text
        assert "4 % 4 %" not in text


def test_open_signed_and_unknown_are_said_apart(chair: Chair) -> None:
    session = chair.open()
    assert "Not signed yet" in record(chair, session).text
    chair.complete(session)
    chair.sign(session)
    text = record(chair, session).text
    assert "fingerprint 1:" in text
    assert "altered" not in text


def test_a_plan_that_grew_counts_its_own_sessions(chair: Chair) -> None:
    planned = PlannedSession.objects.filter(plan=chair.plan)
    last = planned.order_by("-number")[0].number
    PlannedSession.objects.create(plan=chair.plan, number=last + 1)
    session = chair.open()
    said = f"ession 1 of {last + 1}"
    assert said in record(chair, session).text
    place = reverse("charting:treat", args=[session.reference])
    assert said in Page(html(signed_in(chair.practitioner).get(place))).text
    planned.filter(number=last + 1).update(is_dropped=True)
    assert f"ession 1 of {last}" in record(chair, session).text


def test_what_differs_from_plan_and_last_time_is_marked_before_signing(
    chair: Chair,
) -> None:
    chair.signed()
    session = chair.open(2, now=NOW + timedelta(days=28))
    ZoneTreatment.objects.filter(session=session).update(planned_mm=Decimal("1.00"))
    deeper = entries.DepthEntry(zones=("CM-R",), mm=Decimal("1.25"))
    chair.tap(session, deeper)
    chair.tap(session, entries.PassesEntry(zones=("CM-R",), passes=5))
    for step in ("sign", "record"):
        place = reverse(f"charting:{step}", args=[session.reference])
        page = Page(html(signed_in(chair.practitioner).get(place)))
        assert page.faults() == []
        right, left = [row.text for row in page.all("tr") if "edial cheek" in row.text]
        assert right.count("+0.25") == 2
        assert "(was " in right
        assert "as planned" in left
        assert "same" in left


def test_the_advice_runs_from_the_signature(chair: Chair) -> None:
    session = chair.open()
    chair.complete(session)
    chair.sign(session, now=NOW + timedelta(minutes=50))
    kept = TreatmentSession.objects.get(pk=session.pk).signed_printed
    until = {one["until_at"] for one in kept["advice"] if one["until_at"]}
    assert (NOW + timedelta(minutes=50, hours=24)).isoformat() in until
