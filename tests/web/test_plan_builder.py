"""The plan builder: proposed at once, booked whole, refused in the role's words."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent
from patients.models import HistoryFact, PatientCondition
from sessions.models import Plan, Visit
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db
NEW = reverse("booking:new-plan")


class Desk:
    """A site with one practitioner and room, a patient, a protocol, a browser."""

    def __init__(self, *, clinical: bool = False) -> None:
        self.site = factories.make_site()
        self.practitioner = factories.make_practitioner(site=self.site)
        self.desk = factories.make_desk(site=self.site)
        self.room = factories.make_room(site=self.site)
        self.device = factories.make_device(site=self.site)
        self.patient = factories.make_patient(family_name="Haddad")
        self.condition = factories.make_condition(patient=self.patient)
        self.protocol = factories.make_protocol()
        self.client: Client = signed_in(self.practitioner if clinical else self.desk)

    def ask(self, **wishes: Any) -> Page:
        data = {"patient": self.patient.reference, **wishes}
        answer = self.client.get(NEW, data)
        assert answer.status_code == 200, html(answer)[:2000]
        return Page(html(answer))

    def peeled(self) -> None:
        """What the history forbids: a deep peel ten days ago."""
        HistoryFact.objects.create(
            patient=self.patient,
            kind="peel_deep_or_ablative",
            started_on=timezone.localdate() - timedelta(days=10),
            source="practitioner",
            recorded_at=timezone.now(),
        )

    def post(self, page: Page, then: str = "book", **changes: Any) -> Any:
        return self.client.post(NEW, {**posted(page), "then": then, **changes})


def posted(page: Page) -> dict[str, list[str]]:
    """The hidden fields of the form that books."""
    [form] = page.all("form", id="booking")
    found: dict[str, list[str]] = {}
    for field in page.all("input", type="hidden"):
        if form in field.around:
            name = field.attributes["name"]
            found.setdefault(name, []).append(field.attributes.get("value", ""))
    return found


def test_a_whole_plan_is_proposed_and_booked_in_one_go() -> None:
    desk = Desk()
    page = desk.ask()
    assert not page.faults()
    assert len(posted(page)["slot"]) == 4
    answer = desk.post(page)
    plan = Plan.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("booking:plan", args=[plan.reference])
    assert plan.status == "running"
    days = list(Visit.objects.order_by("day").values_list("day", flat=True))
    assert len(days) == 4
    assert all((b - a).days >= 28 for a, b in pairwise(days))
    assert plan.planned_sessions.count() == 4
    assert Visit.objects.filter(device=desk.device).count() == 4


def test_the_same_form_sent_twice_books_once() -> None:
    desk = Desk()
    page = desk.ask()
    first, second = desk.post(page), desk.post(page)
    assert first.url == second.url
    assert Visit.objects.count() == 4
    assert Plan.objects.count() == 1


def test_depths_rise_from_the_lower_third_on_the_grid_within_the_range() -> None:
    desk = Desk(clinical=True)
    desk.post(desk.ask())
    depths = list(
        Plan.objects.get()
        .planned_sessions.order_by("number")
        .values_list("planned_mm", flat=True)
    )
    assert depths == [
        Decimal("1.00"),
        Decimal("1.25"),
        Decimal("1.25"),
        Decimal("1.50"),
    ]


def test_dark_skin_stays_below_the_middle_of_the_range() -> None:
    desk = Desk(clinical=True)
    desk.patient.phototype = 5
    desk.patient.save(update_fields=["phototype"])
    desk.post(desk.ask(), confirm="screening-warn")
    depths = Plan.objects.get().planned_sessions.values_list("planned_mm", flat=True)
    assert max(d for d in depths if d is not None) <= Decimal("1.25")


def test_the_desk_never_sees_a_depth_and_the_practitioner_does() -> None:
    desk = Desk()
    for page in (desk.ask(), desk.ask(print="yes")):
        assert "\xa0mm" not in page.source
        assert " mm" not in page.source
        assert "1.25" not in page.source
        assert "Fitzpatrick" not in page.source
    clinical = Desk(clinical=True)
    assert "1.25\xa0mm" in clinical.ask().source
    assert "1.25" not in clinical.ask(print="yes").source  # the patient takes it home


def test_the_paper_is_a_page_of_its_own_also_when_a_script_asks_for_it() -> None:
    desk = Desk()
    wishes = {"patient": desk.patient.reference, "print": "yes"}
    answer = desk.client.get(NEW, wishes, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].endswith("&print=yes")
    assert b"Your plan" not in answer.content


def test_what_is_treated_is_one_click_for_somebody_new() -> None:
    desk = Desk()
    new = factories.make_patient()
    page = desk.ask(patient=new.reference)
    chips = page.all("a", **{"class": "chip"})
    assert chips
    answer = desk.client.get(chips[0].attributes["href"])
    assert Page(html(answer)).all("input", name="slot")


def test_a_nudge_moves_the_visit_and_all_that_follow() -> None:
    desk = Desk()
    before = slots(desk.ask())
    after = slots(desk.ask(step="2:later"))
    assert after[0] == before[0]
    assert after[1] == before[1] + timedelta(days=1)
    assert after[2] >= after[1] + timedelta(days=28)


def test_a_nudge_earlier_never_breaks_the_smallest_gap() -> None:
    desk = Desk()
    page = desk.ask()
    for _turn in range(3):
        page = desk.ask(
            step="2:earlier",
            at=[e.attributes["value"] for e in page.all("input", name="at")],
        )
    found = slots(page)
    assert found[1] <= slots(desk.ask())[1] - timedelta(days=3)
    assert (found[1] - found[0]).days >= 14


def slots(page: Page) -> list[date]:
    return [date.fromisoformat(text.split("~")[1]) for text in posted(page)["slot"]]


def test_wished_weekdays_and_part_of_day_are_kept() -> None:
    desk = Desk()
    page = desk.ask(weekdays=["2"], part="late", start_on=tomorrow())
    for text in posted(page)["slot"]:
        _number, day, minute, *_rest = text.split("~")
        assert date.fromisoformat(day).weekday() == 2
        assert int(minute) >= 16 * 60


def tomorrow() -> str:
    return (timezone.localdate() + timedelta(days=1)).isoformat()


def test_who_was_faster_is_named_and_the_nearest_time_is_chosen() -> None:
    desk = Desk()
    page = desk.ask()
    _number, day, minute, *_rest = posted(page)["slot"][1].split("~")
    taken_at = timezone.make_aware(
        datetime.fromisoformat(f"{day}T{int(minute) // 60:02}:{int(minute) % 60:02}"),
        desk.site.zone,
    )
    rival = factories.make_desk(site=desk.site, full_name="Jo Price")
    factories.make_visit(
        patient=factories.make_patient(),
        practitioner=desk.practitioner,
        room=desk.room,
        by=rival,
        starts_at=taken_at,
        booked_at=timezone.now(),
    )
    answer = desk.post(page)
    assert answer.status_code == 409
    assert Plan.objects.count() == 0
    assert Visit.objects.count() == 1
    shown = Page(html(answer))
    assert "Jo Price" in shown.text
    offered = posted(shown)["slot"]
    assert offered[0] == posted(page)["slot"][0]
    assert offered[1] != posted(page)["slot"][1]
    assert desk.post(shown).status_code == 302
    assert Visit.objects.count() == 5


def test_a_closure_entered_meanwhile_stops_the_booking() -> None:
    from clinic.models import Closure

    desk = Desk()
    page = desk.ask()
    day = slots(page)[2]
    Closure.objects.create(
        site=desk.site, first_day=day, last_day=day, reason="Holiday"
    )
    assert desk.post(page).status_code == 409
    assert Visit.objects.count() == 0


def test_a_gap_under_the_usual_asks_once_by_the_name_of_the_rule() -> None:
    desk = Desk()
    page = desk.ask(
        protocol=desk.protocol.pk,
        for_protocol=desk.protocol.pk,
        sessions=2,
        gap=21,
        start_on=tomorrow(),
    )
    [box] = page.all("input", name="confirm")
    assert box.attributes["value"] == "interval-short"
    refused = desk.post(page)
    assert refused.status_code == 422
    assert Visit.objects.count() == 0
    assert desk.post(page, confirm="interval-short").status_code == 302
    assert Visit.objects.filter(confirmed_rules=["interval-short"]).count() == 2


def test_a_forged_slot_of_another_house_books_nothing() -> None:
    desk = Desk()
    page = desk.ask()
    stranger = factories.make_practitioner(site=factories.make_site())
    slots_ = posted(page)["slot"]
    parts = slots_[0].split("~")
    parts[3] = str(stranger.pk)
    answer = desk.post(page, slot=["~".join(parts), *slots_[1:]])
    assert answer.status_code == 422
    assert Visit.objects.count() == 0


def test_a_draft_and_a_plan_to_book_are_kept_without_visits() -> None:
    desk = Desk()
    desk.post(desk.ask(), then="draft")
    plan = Plan.objects.get()
    assert (plan.status, Visit.objects.count()) == ("draft", 0)
    edit = reverse("booking:edit-plan", args=[plan.reference])
    page = Page(html(desk.client.get(edit)))
    assert desk.client.post(edit, {**posted(page), "then": "book"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.status, Visit.objects.count()) == ("running", 4)
    assert plan.planned_sessions.count() == 4


def test_a_second_plan_for_the_same_condition_is_refused_by_name() -> None:
    desk = Desk()
    desk.post(desk.ask())
    answer = desk.post(
        desk.ask(start_on=(timezone.localdate() + timedelta(days=200)).isoformat())
    )
    assert answer.status_code == 409
    assert Plan.objects.get().reference in html(answer)


def test_somebody_without_a_condition_gets_one_with_the_plan() -> None:
    desk = Desk()
    PatientCondition.objects.all().delete()
    page = desk.ask(protocol=desk.protocol.pk, condition="new-ACNE_ROLLING")
    assert desk.post(page).status_code == 302
    condition = PatientCondition.objects.get()
    assert condition.kind == "ACNE_ROLLING"
    assert sorted(condition.zones) == ["CM-L", "CM-R"]


def test_nobody_plans_for_the_dead() -> None:
    desk = Desk()
    page = desk.ask()
    desk.patient.is_deceased = True
    desk.patient.save(update_fields=["is_deceased"])
    assert desk.post(page).status_code == 422
    assert Visit.objects.count() == 0


def test_a_history_that_forbids_is_not_told_to_the_desk() -> None:
    desk = Desk()
    desk.peeled()
    page = desk.ask()
    assert "peel" not in page.source
    assert "ablative" not in page.source
    first = slots(page)[0]
    assert first >= timezone.localdate() + timedelta(days=80)
    assert "Possible from" in page.text


def test_what_does_not_fit_says_how_many_do_and_what_helps() -> None:
    desk = Desk()
    soon = timezone.localdate() + timedelta(days=40)
    page = desk.ask(ready_before=soon.isoformat(), ready_label="wedding")
    assert "of 4 visits fit" in page.text
    assert not page.all("button", value="book")


def test_a_piece_of_the_page_is_enough_for_a_changed_wish() -> None:
    desk = Desk()
    answer = desk.client.get(
        NEW, {"patient": desk.patient.reference}, headers={"HX-Request": "true"}
    )
    assert html(answer).strip().startswith('<div id="builder">')


class Plug:
    """Pulls the plug after the n-th statement that books something."""

    def __init__(self, after: int) -> None:
        self.left = self.after = after

    def __call__(
        self, execute: Any, sql: str, params: Any, many: Any, context: Any
    ) -> Any:
        answer = execute(sql, params, many, context)
        # The look at the patient is logged before the booking begins, and the
        # sign-in is kept after its end.
        is_before = self.left == self.after and "auditevent" in sql
        is_write = sql.lstrip().split(" ", 1)[0] in {"INSERT", "UPDATE", "DELETE"}
        if is_write and not is_before and "django_session" not in sql:
            self.left -= 1
            if not self.left:
                raise RuntimeError("pulled the plug")
        return answer


def test_a_fault_after_any_statement_leaves_nothing_behind() -> None:
    desk = Desk()
    page = desk.ask()
    log = AuditEvent.objects.count()
    plug = Plug(after=0)
    while not plug.left:
        plug = Plug(after=plug.after + 1)
        point = transaction.savepoint()
        with connection.execute_wrapper(plug), suppress(RuntimeError):
            desk.post(page)
        done = plug.left > 0
        assert Visit.objects.count() == (4 if done else 0)
        assert Plan.objects.count() == (1 if done else 0)
        assert done or AuditEvent.objects.count() <= log + 1
        transaction.savepoint_rollback(point)
    assert plug.after > 5  # several statements were followed by a fault


def test_strangers_and_owners_build_no_plans(client: Client) -> None:
    desk = Desk()
    assert client.get(NEW).status_code == 302
    owner = signed_in(factories.make_owner(site=desk.site))
    assert owner.get(NEW).status_code == 403
    gone = desk.client.get(NEW, {"patient": "P99999"})
    assert gone.status_code == 404


def test_the_patient_is_found_or_added_on_the_way() -> None:
    desk = Desk()
    found = desk.client.post(NEW, {"text": "haddad"})
    assert f"?patient={desk.patient.reference}" in html(found)
    assert not Page(html(found)).faults()
    added = desk.client.post(
        NEW, {"add": "yes", "given_name": "Noor", "family_name": "Quill"}
    )
    assert added.status_code == 302
    assert "patient=P" in added.url


def test_the_builder_asks_the_database_little(
    django_assert_max_num_queries: Any,
) -> None:
    desk = Desk()
    with django_assert_max_num_queries(32):
        desk.ask()


@pytest.mark.regression("first-open")
def test_a_page_that_was_only_opened_complains_of_nothing() -> None:
    site = factories.make_site()
    desk = factories.make_desk(site=site)
    patient = factories.make_patient()
    response = signed_in(desk).get(f"/plans/new/?patient={patient.reference}")
    assert response.status_code == 200
    assert "error-summary" not in html(response)
    asked = signed_in(desk).get(f"/plans/new/?patient={patient.reference}&protocol=")
    assert "error-summary" in html(asked)


def test_somebody_new_whose_skin_nobody_has_seen_needs_no_extra_word() -> None:
    desk = Desk()
    desk.patient.phototype = None
    desk.patient.save(update_fields=["phototype"])
    page = desk.ask()
    assert not page.all("input", name="confirm")
    assert "Screening due" in page.text
    assert desk.post(page).status_code == 302


@pytest.mark.regression("stays-as-it-was")
def test_a_refused_first_try_keeps_the_reasons_of_the_proposal() -> None:
    desk = Desk()
    page = desk.ask(
        protocol=desk.protocol.pk, for_protocol=desk.protocol.pk, gap=14, sessions=4
    )
    answer = desk.post(page)  # the confirmation is missing
    assert answer.status_code == 422
    assert "Nothing was booked" in html(answer)
    assert "tays as it was" not in html(answer)
    nudged = Page(
        html(
            desk.client.get(
                NEW,
                {
                    "patient": desk.patient.reference,
                    "step": "3:later",
                },
            )
        )
    )
    assert "tays as it was" not in nudged.text
    assert "Chosen by hand" in nudged.text


@pytest.mark.parametrize("wishes", [{}, {"sessions": "0"}])
def test_nothing_is_booked_while_a_new_proposal_is_on_its_way(
    wishes: dict[str, str],
) -> None:
    desk = Desk()
    key = desk.protocol.pk
    page = desk.ask(protocol=key, for_protocol=key, **{"gap": "28", **wishes})
    [form] = page.all("form", id="wishes")
    [waiting] = page.all("fieldset", id="book-now")
    assert form.attributes["hx-disabled-elt"] == "#book-now"
    buttons = [b for b in page.all("button", type="submit") if waiting in b.around]
    assert all(b.attributes.get("name") == "then" for b in buttons)


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"sessions": "0"}, "Plan 1 to 24 sessions."),
        ({"sessions": "25"}, "Plan 1 to 24 sessions."),
        ({"sessions": "four"}, "Enter a whole number."),
        ({"gap": "13"}, "This protocol allows 14 to 56 days."),
        ({"gap": "57"}, "This protocol allows 14 to 56 days."),
        ({"start_on": "banana"}, "Enter a valid date."),
        ({"start_on": "2199-01-01"}, "Visits can be booked until"),
        ({"ready_before": "2020-01-01"}, "That day has passed."),
    ],
)
def test_a_wish_that_cannot_be_is_said_in_words_of_the_clinic(
    wishes: dict[str, str], said: str
) -> None:
    desk = Desk()
    usual = {
        "protocol": desk.protocol.pk,
        "for_protocol": desk.protocol.pk,
        "sessions": "4",
        "gap": "28",
        "start_on": tomorrow(),
    }
    page = desk.ask(**{**usual, **wishes})
    [summary] = [
        e
        for e in page.elements
        if "error-summary" in e.attributes.get("class", "").split()
    ]
    assert said in summary.text
    assert "Mend what is marked" in page.text
    assert not page.faults()
    assert "slot" not in posted(page)


def test_a_start_that_has_passed_becomes_today() -> None:
    desk = Desk()
    page = desk.ask(start_on="2020-01-01")
    [field] = page.all("input", name="start_on", type="date")
    assert field.attributes["value"] == timezone.localdate().isoformat()
    assert posted(page)["slot"]


def test_an_occasion_is_named_as_people_say_it() -> None:
    ready = timezone.localdate() + timedelta(days=300)
    page = Desk().ask(ready_before=ready.isoformat(), ready_label="wedding")
    assert "before the wedding" in page.text


def test_what_leaves_nothing_to_choose_is_not_asked() -> None:
    desk = Desk()
    page = desk.ask()
    assert not page.all("select", name="practitioner")
    assert not page.all("select", name="room")
    factories.make_practitioner(site=desk.site)
    factories.make_room(site=desk.site)
    page = desk.ask()
    assert page.all("select", name="practitioner")
    assert page.all("select", name="room")
