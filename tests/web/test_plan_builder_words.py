"""What the plan builder offers and says: open days, true gaps, marks in place."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import OpeningHours
from clinic.rules import gates
from clinic.rules.findings import Finding, Verdict
from clinic.rules.gates import Step
from clinic.rules.series import Code
from clinic.rules.series.reasons import reason
from patients.models import HistoryFact
from sessions.booking import marks
from sessions.booking.reading import gap_words
from sessions.models import Plan
from tests import factories
from tests.web.pages import Page, html
from tests.web.test_plan_builder import Desk, posted, tomorrow

pytestmark = pytest.mark.django_db


def offered_days(page: Page) -> list[str]:
    boxes = page.all("input", name="weekdays", type="checkbox")
    return [box.attributes["value"] for box in boxes]


def test_a_day_on_which_the_site_is_never_open_cannot_be_wished_for() -> None:
    desk = Desk()
    assert offered_days(desk.ask()) == ["0", "1", "2", "3", "4"]
    OpeningHours.objects.filter(site=desk.site, weekday=1).delete()
    assert offered_days(desk.ask()) == ["0", "2", "3", "4"]


def test_a_closed_day_in_an_old_address_is_no_wish_any_more() -> None:
    page = Desk().ask(weekdays=["2", "6"])
    assert set(posted(page)["weekdays"]) == {"2"}
    assert "error-summary" not in page.source


def test_a_site_that_opens_on_one_day_leaves_no_day_to_choose() -> None:
    desk = Desk()
    OpeningHours.objects.filter(site=desk.site).exclude(weekday=2).delete()
    page = desk.ask()
    assert not offered_days(page)
    assert posted(page)["slot"]


@pytest.mark.parametrize(
    ("smallest", "greatest", "said"),
    [
        (14, 56, "2 to 8 weeks apart"),
        (28, 28, "4 weeks apart"),
        (7, 7, "1 week apart"),
        (28, 45, "28 to 45 days apart"),
        (30, 42, "30 to 42 days apart"),
        (30, 30, "30 days apart"),
    ],
)
def test_a_protocol_speaks_of_weeks_only_where_its_limits_are_whole_ones(
    smallest: int, greatest: int, said: str
) -> None:
    protocol = factories.make_protocol(
        gap_days=smallest, gap_min_days=smallest, gap_max_days=greatest
    )
    assert gap_words(protocol) == said


@pytest.mark.parametrize(
    ("gap", "weeks"), [("28", "4 weeks"), ("29", None), ("30", None), ("56", "8 weeks")]
)
def test_the_gap_is_asked_in_days_and_said_in_weeks_where_it_is_whole_ones(
    gap: str, weeks: str | None
) -> None:
    desk = Desk()
    key = desk.protocol.pk
    page = desk.ask(protocol=key, for_protocol=key, sessions="2", gap=gap)
    [field] = page.all("input", name="gap", type="number")
    [label] = page.all("label", **{"for": field.attributes["id"]})
    hints = page.all("div", id=f"{field.attributes['id']}_helptext")
    assert field.attributes["value"] == gap
    assert label.text.strip() == "Gap in days"
    assert [hint.text for hint in hints] == ([weeks] if weeks else [])
    assert desk.post(page).status_code == 302
    assert Plan.objects.get().gap_days == int(gap)


def test_a_kept_gap_of_odd_days_is_not_rounded_to_weeks_when_planned_anew() -> None:
    desk = Desk()
    key = desk.protocol.pk
    odd = desk.ask(protocol=key, for_protocol=key, sessions="2", gap="30")
    desk.post(odd, then="draft")
    edit = reverse("booking:edit-plan", args=[Plan.objects.get().reference])
    page = Page(html(desk.client.get(edit)))
    [field] = page.all("input", name="gap", type="number")
    assert field.attributes["value"] == "30"


def gaps(page: Page) -> list[tuple[str, str]]:
    """The gap of each line and how it is marked."""
    cells = page.all("td", **{"data-label": "Gap"})
    marks = [e for e in page.elements if "tag" in e.attributes.get("class", "").split()]
    return [
        (mark.text, mark.attributes["class"].split()[-1])
        for cell in cells
        for mark in marks
        if cell in mark.around
    ]


def forbid(desk: Desk) -> None:
    """A medicine under which nobody is needled, with no end in sight."""
    HistoryFact.objects.create(
        patient=desk.patient,
        kind="isotretinoin",
        source="practitioner",
        recorded_at=timezone.now(),
    )


@pytest.mark.parametrize("clinical", [True, False])
def test_a_gap_that_is_long_enough_stays_green_when_the_history_forbids(
    clinical: bool,
) -> None:
    desk = Desk(clinical=clinical)
    forbid(desk)
    page = desk.ask(start_on=tomorrow())
    assert not page.all("button", value="book")
    assert {tone for _words, tone in gaps(page)} == {"tag-ok"}
    reason = "isotretinoin, taking now" if clinical else "Not possible on this day"
    cells = page.all("td", **{"class": "small plain"})
    assert len(cells) == 4
    assert all(reason.lower() in cell.text.lower() for cell in cells)
    if not clinical:
        assert "sotretinoin" not in page.source


FAR, NEAR, SHORT, NEVER = (
    Finding(code=code, verdict=verdict, title=code, sentence=code)
    for code, verdict in (
        ("interval-long", Verdict.WARN),
        ("interval-block", Verdict.BLOCK),
        ("interval-short", Verdict.WARN),
        ("C01", Verdict.BLOCK),
    )
)


@pytest.mark.parametrize(
    ("findings", "warnings", "tone", "against"),
    [
        ([], [], "ok", []),
        ([NEVER], [], "ok", [NEVER]),
        ([], [Code.HEALS_WHILE_AWAY, Code.TOO_CLOSE], "ok", []),
        ([SHORT], [], "warn", []),
        ([FAR, NEVER], [], "warn", [NEVER]),
        ([], [Code.LONG_GAP], "warn", []),
        ([NEAR], [], "bad", []),
        ([NEAR, NEVER], [], "bad", [NEVER]),
        ([], [Code.GAP_REFUSED], "bad", []),
    ],
)
def test_a_gap_is_marked_by_what_is_said_of_the_gap_alone(
    findings: list[Finding], warnings: list[Code], tone: str, against: list[Finding]
) -> None:
    gate = gates.gate(findings=findings, step=Step.PLAN)
    assert marks.gap_tone(gate, [reason(code) for code in warnings]) == tone
    assert list(marks.against_the_day(gate, has_gap=True)) == against


def test_a_first_visit_without_a_gap_of_its_own_says_that_it_is_too_near() -> None:
    gate = gates.gate(findings=[NEAR], step=Step.PLAN)
    assert marks.against_the_day(gate, has_gap=False) == (NEAR,)
