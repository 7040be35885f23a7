"""The sheet in the browser: with and without script, for the right people only."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AuditEvent
from patients.history.actions.screenings import AnswerEntry
from patients.records import actions as records
from sessions.charting import entries
from sessions.charting.actions import after, taking_over
from sessions.models import AdverseEvent, SheetTap, TreatmentSession, ZoneTreatment
from tests import factories
from tests.chair import Chair, make_roller_chair, screened
from tests.factories import NOW, TODAY
from tests.web.pages import Page, html, signed_in
from tests.web.sheet import chair, client_of, place, said_by, tap

__all__ = ["chair", "client_of"]
EIGHT = ("CM-R", "CM-L", "FH", "GL", "NO", "CL-R", "CL-L", "CH")
STEPS = ("safety", "treat", "outcome", "sign")


# Who -----------------------------------------------------------------------------


@pytest.mark.parametrize("step", [*STEPS, "record"])
def test_the_desk_opens_no_page_of_a_session(chair: Chair, step: str) -> None:
    session = chair.start()
    client = signed_in(factories.make_desk(site=chair.site))
    assert client.get(place(step, session)).status_code == 403


def test_an_owner_reads_a_record_by_break_glass_and_writes_nothing(
    chair: Chair,
) -> None:
    session = chair.signed()
    owner = factories.make_owner(site=chair.site)
    client = signed_in(owner)
    closed = client.get(place("record", session))
    assert "Signed by" not in html(closed)
    records.break_glass(
        patient=chair.patient, reason="Complaint", by=owner, now=timezone.now()
    )
    assert "Signed by" in html(client.get(place("record", session)))
    assert client.get(place("treat", session)).status_code == 403


def test_a_stranger_is_led_to_the_sign_in(chair: Chair) -> None:
    session = chair.start()
    assert Client().get(place("treat", session)).status_code == 302


def test_an_absent_session_is_not_found(client_of: Client) -> None:
    assert client_of.get("/sessions/S9999/treat/").status_code == 404


# Whole pages ---------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("stage", ["started", "cleared"])
def test_every_page_of_the_sheet_is_whole(
    chair: Chair, client_of: Client, step: str, stage: str
) -> None:
    session = chair.start() if stage == "started" else chair.open()
    answer = client_of.get(place(step, session))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert Page(html(answer)).faults() == []


def test_the_sheet_of_a_roller_shows_a_length_and_no_depth_chips(db: None) -> None:
    chair = make_roller_chair()
    answer = signed_in(chair.practitioner).get(place("treat", chair.open()))
    page = Page(html(answer))
    assert page.faults() == []
    assert "comes from the lot" in page.text
    assert not page.all("button", name="mm")


def test_opening_the_sheet_opens_the_chart_in_the_log(
    chair: Chair, client_of: Client
) -> None:
    client_of.get(place("treat", chair.start()))
    assert AuditEvent.objects.filter(action="chart.opened").count() == 1


@pytest.mark.parametrize(
    ("step", "limit"), [("safety", 31), ("treat", 20), ("outcome", 18), ("sign", 18)]
)
def test_a_page_takes_few_queries(
    chair: Chair,
    client_of: Client,
    step: str,
    limit: int,
    django_assert_max_num_queries: Any,
) -> None:
    session = chair.open()
    client_of.get(place(step, session))
    with django_assert_max_num_queries(limit):
        client_of.get(place(step, session))


@pytest.mark.parametrize(
    ("zone", "said"),
    [("CM-R", "Protocol"), ("DE", "Usual"), ("DE,CM-R", "Usual")],
)
def test_a_range_says_whose_it_is(
    chair: Chair, client_of: Client, zone: str, said: str
) -> None:
    session = chair.open()
    place_of = f"{place('treat', session)}?zones={zone}"
    text = Page(html(client_of.get(place_of))).text
    assert re.search(rf"{said} \d\.\d\d( to \d\.\d\d)?\smm here", text)


def test_what_was_signed_off_says_by_whom_and_why(chair: Chair) -> None:
    prescriber = factories.make_prescriber(site=chair.site)
    session = chair.start()
    yes = AnswerEntry(value=True)
    screened(chair.patient, chair.practitioner, answers={"anticoagulant": yes})
    browser = signed_in(prescriber)
    before = Page(html(browser.get(place("safety", session))))
    assert before.faults() == []
    assert "A prescriber signs off" in before.text
    said = {"code": "C12", "reason": "Asked her GP, it is not stopped"}
    answer = browser.post(place("override", session), said, follow=True)
    after = Page(html(answer))
    assert after.faults() == []
    assert f"Signed off by {prescriber.full_name}" in after.text
    assert after.text.count("Asked her GP") == 1
    assert "Needs sign-off" not in after.text


# Starting ------------------------------------------------------------------------


def test_a_visit_of_today_opens_its_sheet_once(chair: Chair, client_of: Client) -> None:
    visit = chair.visit(now=timezone.now())
    url = reverse("charting:start", args=[visit.reference])
    first = client_of.post(url)
    assert first.status_code == 302
    assert client_of.post(url)["Location"] == first["Location"]
    assert TreatmentSession.objects.count() == 1


def test_a_visit_of_another_day_says_why_not(chair: Chair, client_of: Client) -> None:
    url = reverse("charting:start", args=[chair.visit().reference])
    answer = client_of.post(url)
    assert answer.status_code == 422
    assert "its own day" in html(answer)
    assert Page(html(answer)).faults() == []


# Taps ----------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["with script", "plain form"])
def test_a_tap_is_saved_either_way(
    chair: Chair, client_of: Client, script: bool
) -> None:
    session = chair.open()
    answer = tap(
        client_of, session, "depth", script=script, zones="CM-R CM-L", mm="1.25"
    )
    assert answer.status_code == (200 if script else 302)
    session.refresh_from_db()
    if script:
        assert answer["X-Sheet-Version"] == str(session.version)
        assert "<html" not in html(answer)
    depths = {zone.depth_setting_mm for zone in session.zones.all()}
    assert depths == {Decimal("1.25")}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("depth", {"zones": "CM-R CM-L", "mm": "1.25"}),
        ("depth", {"zones": " ".join(EIGHT), "mm": "0.25"}),
        ("passes", {"zones": "CM-R CM-L", "passes": "3"}),
        ("endpoint", {"zones": "CM-R CM-L", "endpoint": "pinpoint_bleeding"}),
        ("tolerance", {"chip": "well", "on": "on"}),
    ],
    ids=["two depths", "eight depths", "passes", "endpoint", "tolerance"],
)
def test_a_tap_reads_once_and_writes_once(
    chair: Chair,
    client_of: Client,
    kind: str,
    said: dict[str, str],
    django_assert_max_num_queries: Any,
) -> None:
    session = chair.open()
    chair.tap(session, entries.PassesEntry(zones=EIGHT, passes=2))
    chair.tap(session, entries.LotEntry(lot_id=chair.lot.pk))
    client_of.get(place("treat", session))  # the idle time is written once
    values = said_by(session, kind, **said)
    address, headers = place("tap", session), {"HX-Request": "true"}
    savepoint_of_the_test = 2
    with django_assert_max_num_queries(20 + savepoint_of_the_test):
        answer = client_of.post(address, values, headers=headers)
    assert answer.status_code == 200


def test_zones_that_come_in_are_judged_and_filled_in_once(
    chair: Chair, client_of: Client, django_assert_max_num_queries: Any
) -> None:
    session = chair.open()
    client_of.get(place("treat", session))  # the idle time is written once
    values = said_by(session, "passes", zones=" ".join(EIGHT), passes="3")
    address, headers = place("tap", session), {"HX-Request": "true"}
    savepoint_of_the_test = 2
    with django_assert_max_num_queries(31 + savepoint_of_the_test) as seen:
        answer = client_of.post(address, values, headers=headers)
    assert answer.status_code == 200
    assert len([q for q in seen if "clinic_rulesetting" in q["sql"]]) == 2


def test_a_tap_is_logged_as_the_change_and_not_as_an_opening(
    chair: Chair, client_of: Client
) -> None:
    session = chair.open()
    before = AuditEvent.objects.count()
    tap(client_of, session, "tolerance", script=True, chip="well", on="on")
    new = AuditEvent.objects.order_by("id")[before:]
    assert [(event.action, event.patient_id) for event in new] == [
        ("session.tolerance", chair.patient.pk)
    ]


def test_a_tap_sent_again_shows_the_chart_and_is_logged_as_opening_it(
    chair: Chair, client_of: Client
) -> None:
    session = chair.open()
    sent = {"tablet": str(uuid4()), "version": str(session.version)}
    for _again in range(2):
        answer = tap(
            client_of, session, "passes", script=True, zones="CM-R", passes="3", **sent
        )
        assert answer.status_code == 200
    assert AuditEvent.objects.filter(action="session.passes").count() == 1
    assert AuditEvent.objects.filter(action="chart.opened").count() == 1


def test_deeper_than_the_protocol_shows_three_reasons(
    chair: Chair, client_of: Client
) -> None:
    session = chair.open()
    answer = tap(client_of, session, "depth", script=False, zones="CM-R", mm="1.75")
    assert answer.status_code == 422
    page = Page(html(answer))
    assert page.faults() == []
    reasons = page.all("button", name="reason")
    assert len(reasons) == 3
    said = reasons[0].attributes["value"]
    tap(client_of, session, "depth", script=False, zones="CM-R", mm="1.75", reason=said)
    assert ZoneTreatment.objects.get(session=session, zone="CM-R").reason == said


def test_who_comes_second_is_told_who_was_faster(
    chair: Chair, client_of: Client
) -> None:
    session = chair.open()
    seen = str(session.version)
    other = factories.make_practitioner(site=chair.site, full_name="Jo Second")
    taking_over.take_over(
        session=session, version=session.version, note="Called away", by=other, now=NOW
    )
    answer = tap(client_of, session, "note", script=True, text="Not this", version=seen)
    assert answer.status_code == 409
    assert "Jo Second changed this sheet" in html(answer)
    answer = tap(client_of, session, "note", script=True, text="Not this")
    assert answer.status_code == 422
    assert "Jo Second treats and records here" in html(answer)
    said = {"note": "Back again", "version": seen}
    answer = client_of.post(place("take-over", session), said)
    assert answer.status_code == 409
    page = Page(html(answer))
    assert "Jo Second changed this sheet" in page.text
    assert page.all("input", id="take-over-note", value="Back again")
    session.refresh_from_db()
    assert (session.note, session.practitioner) == ("", other)


def test_a_colleague_reads_along_and_takes_over_with_a_note(chair: Chair) -> None:
    session = chair.open()
    other = factories.make_practitioner(site=chair.site, full_name="Jo Second")
    browser = signed_in(other)
    for step in STEPS:
        page = Page(html(browser.get(place(step, session))))
        assert page.faults() == []
        assert f"{chair.practitioner.full_name} treats and records" in page.text
        assert "disabled" in page.all("fieldset")[0].attributes
    without = browser.post(place("take-over", session), {"version": session.version})
    assert without.status_code == 422
    assert "Write down why" in html(without)
    said = {"version": session.version, "note": "Called away"}
    answer = browser.post(place("take-over", session), said, follow=True)
    page = Page(html(answer))
    assert page.faults() == []
    assert "You read along" not in page.text
    assert "disabled" not in page.all("fieldset")[0].attributes
    record = Page(html(browser.get(place("record", session)))).text
    before = chair.practitioner.full_name
    assert f"Taken over from {before} by Jo Second" in record


def test_a_prescriber_reads_along_and_may_write_a_reason(chair: Chair) -> None:
    session = chair.open()
    browser = signed_in(factories.make_prescriber(site=chair.site))
    page = Page(html(browser.get(place("treat", session))))
    assert "may write a reason" in page.text
    assert "disabled" not in page.all("fieldset")[0].attributes


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "fly"},
        {"kind": "depth", "zones": "CM-R", "mm": "deep"},
        {"kind": "depth", "zones": "CM-R", "mm": "1.25", "version": "x"},
        {"kind": "depth", "zones": "", "mm": "1.25"},
        {"kind": "passes", "zones": "CM-R", "passes": "-1"},
        {"kind": "topical", "on_at": "25:00", "product": "x"},
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    chair: Chair, client_of: Client, said: dict[str, str]
) -> None:
    session = chair.open()
    kind = said.pop("kind")
    answer = tap(client_of, session, kind, script=True, **said)
    assert answer.status_code == 422
    assert "Not saved." in html(answer)
    assert not SheetTap.objects.exists()


def test_an_endpoint_moves_on_to_the_group_that_lacks_one(
    chair: Chair, client_of: Client
) -> None:
    first = chair.open()
    chair.complete(first)
    chair.tap(first, entries.EndpointEntry(zones=("CM-L",), endpoint="even_erythema"))
    chair.sign(first)
    session = chair.open(2, now=NOW + timedelta(days=28))
    page = Page(html(client_of.get(place("treat", session))))
    chosen = page.all("section", id="panel")[0].attributes["data-codes"]
    answer = tap(
        client_of,
        session,
        "endpoint",
        script=True,
        zones=chosen,
        endpoint="pinpoint_bleeding",
    )
    then = Page(html(answer)).all("section", id="panel")[0].attributes["data-codes"]
    assert {chosen, then} == {"CM-R", "CM-L"}


def test_an_endpoint_of_one_zone_leaves_it_out_of_what_comes_next(
    chair: Chair, client_of: Client
) -> None:
    session = chair.open()
    said = {"zones": "CM-R", "endpoint": "pinpoint_bleeding"}
    answer = tap(client_of, session, "endpoint", script=True, **said)
    panel = Page(html(answer)).all("section", id="panel")[0]
    assert panel.attributes["data-codes"] == "CM-L"


# Signing and after ---------------------------------------------------------------


def test_signing_what_is_missing_links_to_its_place(
    chair: Chair, client_of: Client
) -> None:
    session = chair.open()
    answer = client_of.post(place("sign", session), {"version": session.version})
    assert answer.status_code == 422
    page = Page(html(answer))
    links = {e.attributes["href"] for e in page.all("a") if "href" in e.attributes}
    assert f"{place('treat', session)}#kit" in links
    assert f"{place('outcome', session)}#checklist" in links


def test_a_signed_sheet_is_its_record(chair: Chair, client_of: Client) -> None:
    session = chair.open()
    chair.complete(session)
    session.refresh_from_db()
    answer = client_of.post(
        place("sign", session), {"version": session.version}, follow=True
    )
    page = Page(html(answer))
    assert page.faults() == []
    assert answer.request["PATH_INFO"] == place("record", session)
    assert "Signed by" in page.text
    for step in STEPS:
        assert client_of.get(place(step, session)).status_code == 302


def test_an_addition_stands_in_the_record(chair: Chair, client_of: Client) -> None:
    session = chair.signed()
    page = Page(html(client_of.get(place("additions", session))))
    assert page.faults() == []
    client_of.post(place("additions", session), {"text": "All calm on day 3."})
    assert "All calm on day 3." in html(client_of.get(place("record", session)))
    assert client_of.post(place("additions", session), {"text": " "}).status_code == 422


def test_an_event_is_recorded_listed_and_settled(
    chair: Chair, client_of: Client
) -> None:
    session = chair.signed()
    assert Page(html(client_of.get(place("event-new", session)))).faults() == []
    said = {"kind": "PIH", "onset_on": TODAY.isoformat(), "grade": "2"}
    answer = client_of.post(place("event-new", session), said, follow=True)
    assert Page(html(answer)).faults() == []
    event = AdverseEvent.objects.get()
    listed = client_of.get(reverse("charting:events"))
    assert Page(html(listed)).faults() == []
    assert event.reference in html(listed)
    url = reverse("charting:event", args=[event.reference])
    settled = {**said, "closed_on": timezone.localdate().isoformat(), "version": "1"}
    assert client_of.post(url, settled).status_code == 302
    assert event.reference not in html(client_of.get(reverse("charting:events")))
    assert event.reference in html(client_of.get("/events/?show=closed"))


def test_a_grade_below_the_floor_is_refused_at_its_field(
    chair: Chair, client_of: Client
) -> None:
    session = chair.signed()
    said = {"kind": "INFECTION", "onset_on": TODAY.isoformat(), "grade": "1"}
    answer = client_of.post(place("event-new", session), said)
    assert answer.status_code == 422
    assert "at least grade 2" in html(answer)


def test_an_owner_sees_events_by_reference(chair: Chair) -> None:
    session = chair.signed()
    entry = after.EventEntry(kind="PIH", onset_on=TODAY, grade=1)
    after.record_event(session=session, entry=entry, by=chair.practitioner, now=NOW)
    answer = signed_in(factories.make_owner()).get(reverse("charting:events"))
    assert chair.patient.reference in html(answer)
    assert chair.patient.family_name not in html(answer)


def test_the_sessions_of_a_patient_compare_side_by_side(
    chair: Chair, client_of: Client
) -> None:
    url = reverse("charting:patient-sessions", args=[chair.patient.reference])
    assert Page(html(client_of.get(url))).faults() == []
    first = chair.signed()
    second = chair.signed(2, now=NOW + timedelta(days=28))
    answer = client_of.get(url, {"a": first.reference, "b": second.reference})
    page = Page(html(answer))
    assert page.faults() == []
    assert "Side by side" in page.text
    assert "Acne scars, rolling, session 2" in Page(html(client_of.get(url))).text


@pytest.mark.parametrize(
    ("mm", "said"),
    [("1.25", "+0.25"), ("0.75", "\N{MINUS SIGN}0.25"), ("1.00", "same")],
)
def test_the_record_says_how_it_differs_from_last_time(
    chair: Chair, client_of: Client, mm: str, said: str
) -> None:
    chair.signed()
    session = chair.open(2, now=NOW + timedelta(days=28))
    deeper = entries.DepthEntry(zones=("CM-R",), mm=Decimal(mm))
    chair.tap(session, deeper)
    assert said in Page(html(client_of.get(place("record", session)))).text
    assert Page(html(client_of.get(place("treat", session)))).faults() == []


def test_who_received_a_lot_is_named_to_who_treats(
    chair: Chair, client_of: Client
) -> None:
    chair.signed()
    url = reverse("charting:lot-patients", args=[chair.lot.pk])
    page = Page(html(client_of.get(url)))
    assert page.faults() == []
    assert chair.patient.family_name in page.text
    assert "Every opened unit has its session" in page.text
    owner = signed_in(factories.make_owner())
    for asked in ({}, {"csv": "1"}):
        assert chair.patient.family_name not in html(owner.get(url, asked))
        assert chair.patient.reference in html(owner.get(url, asked))
    listed = client_of.get(url, {"csv": "1"})
    assert listed["Content-Type"].startswith("text/csv")
    first = html(listed).splitlines()[1]
    assert first.startswith(f"{chair.patient.reference},{chair.patient.name},")
    assert ",001,yes," in first
