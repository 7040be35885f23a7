"""The kit on the sheet: products typed, changed and taken off, and what is offered."""

from datetime import date, timedelta

import pytest
from django.test import Client

from clinic.models import Lot
from patients.history.actions.screenings import AnswerEntry
from patients.models import RuleOverride
from sessions.charting import entries
from sessions.charting.actions import safety, signing
from sessions.models import SessionTopical, TreatmentSession
from tests import factories
from tests.chair import Chair, screened
from tests.factories import NOW, TODAY
from tests.web.pages import Page, html, signed_in
from tests.web.sheet import chair, client_of, place, tap

__all__ = ["chair", "client_of"]
RISK = {"anaesthetic_risk": AnswerEntry(value=True, choice="hepatic_disease")}
TYPED = {
    "kind": "serum",
    "product": "Serum C",
    "topical_key": "VITAMIN_C",
    "strength_percent": "15",
    "grams": "2.5",
    "on_at": "10:05",
    "is_sterile": "yes",
    "for_needled_skin": "no",
}


def form_of(client: Client, session: TreatmentSession, which: object = "new") -> Page:
    page = Page(html(client.get(place("treat", session), {"product": str(which)})))
    assert page.faults() == []
    return page


def chosen(page: Page, select: str) -> list[str]:
    """What stands in a select, by its name."""
    return [
        option.attributes["value"]
        for option in page.all("option")
        if "selected" in option.attributes
        and option.around[-1].attributes.get("name") == select
    ]


def values(page: Page) -> dict[str, str]:
    """What stands in the product's form."""
    return {
        name: page.all("input", id=place)[0].attributes["value"]
        for name, place in (
            ("product", "t-product"),
            ("strength_percent", "t-percent"),
            ("grams", "t-grams"),
            ("on_at", "t-on"),
        )
    }


def offered(page: Page) -> set[str]:
    return {option.attributes["value"] for option in page.all("option")}


def at_risk(chair: Chair) -> TreatmentSession:
    session = chair.start()
    screened(chair.patient, chair.practitioner, answers=RISK)
    session.refresh_from_db()
    return safety.clear_skin(
        session=session, version=session.version, by=chair.practitioner, now=NOW
    )


# Numbing ----------------------------------------------------------------------


def test_an_anaesthetic_is_offered_where_nothing_stands_against_it(
    chair: Chair, client_of: Client
) -> None:
    page = form_of(client_of, chair.open())
    assert {"anaesthetic", "LIPOSOMAL_LIDOCAINE"} <= offered(page)
    assert "No anaesthetic" not in page.text


def test_the_form_offers_no_anaesthetic_that_is_stopped_and_says_why(
    chair: Chair, client_of: Client
) -> None:
    lot = factories.make_lot(
        site=chair.site,
        kind="anaesthetic",
        model_key="",
        product="Numbing cream",
        expires_on=date(2099, 1, 1),
    )
    page = form_of(client_of, at_risk(chair))
    assert not {"anaesthetic", "LIPOSOMAL_LIDOCAINE", str(lot.pk)} & offered(page)
    assert "serum" in offered(page)
    assert "No anaesthetic for this patient" in page.text
    assert "A prescriber or the medical lead can override this" in page.text


def test_before_the_questions_the_form_offers_no_anaesthetic(
    chair: Chair, client_of: Client
) -> None:
    page = form_of(client_of, chair.start())
    assert "anaesthetic" not in offered(page)
    assert "questions are not answered" in page.text


def test_a_stopped_anaesthetic_is_refused_with_the_way_on(
    chair: Chair, client_of: Client
) -> None:
    session = at_risk(chair)
    answer = tap(client_of, session, "topical", kind="anaesthetic", product="Cream")
    page = Page(html(answer))
    assert answer.status_code == 422
    assert page.faults() == []
    assert "apply no anaesthetic" in page.text
    assert page.all("a", href=place("safety", session))
    assert values(page)["product"] == "Cream"
    assert chosen(page, "kind") == ["anaesthetic"]


def test_the_safety_page_takes_the_reason_for_the_anaesthetic(chair: Chair) -> None:
    session = at_risk(chair)
    mine = Page(html(signed_in(chair.practitioner).get(place("safety", session))))
    assert "No anaesthetic until this is settled" in mine.text
    assert not mine.all("input", name="scope")
    prescriber = factories.make_prescriber(site=chair.site)
    browser = signed_in(prescriber)
    page = Page(html(browser.get(place("safety", session))))
    assert page.faults() == []
    assert page.all("input", name="scope", value="anaesthetic")
    said = {"code": "C37", "scope": "anaesthetic", "reason": "Liver values are normal"}
    after = Page(html(browser.post(place("override", session), said, follow=True)))
    assert f"Overridden by {prescriber.full_name}" in after.text
    assert "No anaesthetic until" not in after.text
    assert RuleOverride.objects.get().scope == "anaesthetic"
    assert "anaesthetic" in offered(form_of(browser, session))


# Typed, changed, taken off --------------------------------------------------------


def test_a_refused_product_comes_back_as_it_was_typed(
    chair: Chair, client_of: Client
) -> None:
    session = chair.open()
    answer = tap(client_of, session, "topical", **TYPED)
    page = Page(html(answer))
    assert answer.status_code == 422
    assert values(page) == {
        name: TYPED[name] for name in ("product", "strength_percent", "grams", "on_at")
    }
    for name in ("kind", "topical_key", "is_sterile", "for_needled_skin"):
        assert chosen(page, name) == [TYPED[name]]
    assert "A prescriber signs off" in page.text
    assert not page.all("input", name="signoff_reason")


def test_a_prescriber_signs_off_what_came_back(chair: Chair) -> None:
    session = chair.open()
    prescriber = factories.make_prescriber(site=chair.site)
    browser = signed_in(prescriber)
    page = Page(html(tap(browser, session, "topical", **TYPED)))
    assert page.all("input", name="signoff_reason")
    tap(browser, session, "topical", **TYPED, signoff_reason="Stable, buffered")
    assert SessionTopical.objects.get().signoff_by == prescriber


def test_what_cannot_be_read_comes_back_as_well(
    chair: Chair, client_of: Client
) -> None:
    answer = tap(client_of, chair.open(), "topical", **{**TYPED, "grams": "much"})
    assert values(Page(html(answer)))["grams"] == "much"


def test_a_product_is_changed_with_what_stands_there(
    chair: Chair, client_of: Client
) -> None:
    session = chair.open()
    said = {**TYPED, "topical_key": "HYALURONIC_ACID", "product": "Serum H"}
    tap(client_of, session, "topical", **said)
    row = SessionTopical.objects.get()
    page = form_of(client_of, session, row.pk)
    assert values(page) == {
        "product": "Serum H",
        "strength_percent": "15.00",
        "grams": "2.50",
        "on_at": "10:05",
    }
    for name in ("kind", "topical_key", "is_sterile", "for_needled_skin"):
        assert chosen(page, name) == [said[name]]
    tap(client_of, session, "topical", **said, topical_id=row.pk, off_at="10:20")
    changed = SessionTopical.objects.get()
    assert changed.pk == row.pk
    assert changed.off_at is not None
    assert changed.on_at == row.on_at


def test_off_now_is_one_tap_and_then_gone(chair: Chair, client_of: Client) -> None:
    session = chair.open()
    entry = entries.TopicalEntry(
        kind="anaesthetic", product="Cream", on_at=NOW - timedelta(minutes=20)
    )
    chair.tap(session, entry)
    row = session.topicals.get()
    before = Page(html(client_of.get(place("treat", session))))
    assert before.faults() == []
    assert before.all("button", id=f"off-{row.pk}")
    tap(client_of, session, "topical_off", topical_id=row.pk)
    row.refresh_from_db()
    assert row.off_at is not None
    after = Page(html(client_of.get(place("treat", session))))
    assert not after.all("button", id=f"off-{row.pk}")


@pytest.mark.parametrize(
    ("said", "words"),
    [("yes", ", labelled for needled skin"), ("no", "not labelled for needled skin")],
)
def test_the_kit_says_whether_it_is_for_needled_skin(
    chair: Chair, client_of: Client, said: str, words: str
) -> None:
    session = chair.open()
    tap(
        client_of,
        session,
        "topical",
        kind="glide",
        product="Gel",
        for_needled_skin=said,
    )
    assert words in Page(html(client_of.get(place("treat", session)))).text


# A second cartridge -------------------------------------------------------------


def test_a_dropped_cartridge_is_replaced_and_both_are_recorded(
    chair: Chair, client_of: Client
) -> None:
    session = chair.open()
    first = Page(html(client_of.get(place("treat", session))))
    assert first.all("button", id="lot-confirm")
    assert not first.all("button", id=f"another-{chair.lot.pk}")
    tap(client_of, session, "lot", lot_id=chair.lot.pk)
    page = Page(html(client_of.get(place("treat", session))))
    assert page.faults() == []
    assert not page.all("button", id="lot-confirm")
    button = page.all("button", id=f"another-{chair.lot.pk}")[0]
    assert button.attributes["value"] == str(chair.lot.pk)
    assert "Another cartridge" in page.text
    assert tap(client_of, session, "lot", lot_id=chair.lot.pk).status_code == 302
    assert list(
        session.units.order_by("id").values_list("unit__serial", flat=True)
    ) == [
        "001",
        "002",
    ]
    again = tap(client_of, session, "lot", lot_id=chair.lot.pk, serial="001")
    assert again.status_code == 422
    assert session.units.count() == 2
    record = Page(html(client_of.get(place("record", session)))).text
    assert f"{chair.lot.number} 001" in record
    assert f"{chair.lot.number} 002" in record


def test_a_signature_wants_both_cartridges_in_the_sharps_box(chair: Chair) -> None:
    session = chair.open()
    chair.complete(session)
    chair.tap(session, entries.LotEntry(lot_id=chair.lot.pk))
    with pytest.raises(signing.IncompleteError, match="sharps box"):
        chair.sign(session)
    chair.tap(session, entries.DiscardEntry(is_discarded=True))
    assert chair.sign(session).is_signed


def test_where_nothing_is_left_the_sheet_says_so(
    chair: Chair, client_of: Client
) -> None:
    session = chair.open()
    tap(client_of, session, "lot", lot_id=chair.lot.pk)
    Lot.objects.update(expires_on=TODAY - timedelta(days=1))
    page = Page(html(client_of.get(place("treat", session))))
    assert not page.all("button", id=f"another-{chair.lot.pk}")
    assert "No lot in stock fits" in page.text
