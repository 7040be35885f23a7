"""The record on paper: every word once, nothing of it out of somebody else's table."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from clinic.rulebook.queries import effective_book
from clinic.web.templatetags.formats import day_year
from sessions.charting import entries
from sessions.charting.queries.advice import healing_of
from sessions.charting.words import product_words
from sessions.models import PlannedSession, TreatmentSession, ZoneTreatment
from tests import factories
from tests.chair import Chair, make_chair
from tests.factories import NOW, TODAY
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


# How the skin heals -----------------------------------------------------------------


def test_the_phases_of_healing_stand_on_sheet_and_record_with_dates(
    chair: Chair,
) -> None:
    session = chair.open()
    place = reverse("charting:outcome", args=[session.reference])
    outcome = Page(html(signed_in(chair.practitioner).get(place)))
    assert outcome.faults() == []
    phases = healing_of(session, book=effective_book().book, today=TODAY)
    assert [phase.key for phase in phases if phase.is_current] == ["INFLAMMATION"]
    for page in (outcome, record(chair, session)):
        for phase in phases:
            said = f"{phase.name} {day_year(phase.starts_on)}"
            if page is outcome:
                said = phase.name
            assert said in page.text
            assert day_year(phase.starts_on) in page.text
            if phase.ends_on:
                assert day_year(phase.ends_on) in page.text


@pytest.mark.parametrize(
    ("days", "current"),
    [
        (0, {"INFLAMMATION"}),
        (3, {"INFLAMMATION", "PROLIFERATION"}),
        (4, {"PROLIFERATION"}),
        (20, {"PROLIFERATION"}),
        (21, set()),
        (28, {"REMODELLING"}),
    ],
)
def test_a_phase_runs_from_its_first_day_to_its_last(
    chair: Chair, days: int, current: set[str]
) -> None:
    session = chair.signed()
    book = effective_book().book
    found = healing_of(session, book=book, today=TODAY + timedelta(days=days))
    phases = {phase.key for phase in found if phase.is_current and phase.ends_on}
    assert phases - {"FIRST_FAIR_PHOTO"} == current


def test_the_patients_page_shows_the_phases_of_the_last_treatment(
    chair: Chair,
) -> None:
    session = chair.signed()
    place = f"/patients/{chair.patient.reference}/"
    page = Page(html(signed_in(chair.practitioner).get(place)))
    assert page.faults() == []
    assert "How the skin heals" in page.text
    found = healing_of(session, book=effective_book().book, today=TODAY)
    for phase in found:
        assert day_year(phase.starts_on) in page.text
