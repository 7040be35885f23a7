"""The screening as people use it: asked, kept as it goes, judged, signed off."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinic.rulebook.queries import effective_book
from clinic.staff.models import User
from patients.history.queries import screenings as reading
from patients.models import HistoryFact, Patient, RuleOverride, Screening
from tests import factories
from tests.web.pages import Page, html, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    return factories.make_patient()


@pytest.fixture
def practitioner() -> User:
    return factories.make_practitioner()


@pytest.fixture
def browser(practitioner: User) -> Client:
    return signed_in(practitioner)


def started(browser: Client, patient: Patient, **changes: Any) -> Screening:
    typed = {"patient": patient.reference, "purpose": "session", **changes}
    answer = browser.post("/screenings/new/", typed)
    assert answer.status_code == 302, html(answer)
    return Screening.objects.latest("id")


def ask(screening: Screening) -> str:
    return f"/screenings/{screening.reference}/ask/"


def keys(screening: Screening) -> list[str]:
    """What is asked; a test compares it with the page, which takes much longer."""
    questions = reading.questions_of(screening, effective=effective_book())
    return [question.key for question in questions]


def asked(browser: Client, screening: Screening) -> Page:
    return Page(html(browser.get(ask(screening))))


def shown(page: Page) -> list[str]:
    return [
        e.attributes["id"].removeprefix("q-")
        for e in page.all("fieldset")
        if (e.attributes.get("class") == "question")
    ]


def all_no(screening: Screening, **changes: str) -> dict[str, str]:
    typed = {f"{key}-value": "no" for key in keys(screening)}
    return {**typed, **{k.replace("__", "-"): v for k, v in changes.items()}}


def finished(browser: Client, patient: Patient, **changes: str) -> Screening:
    screening = started(browser, patient)
    typed = all_no(screening, **changes)
    answer = browser.post(ask(screening), {**typed, "do": "finish"})
    assert answer.status_code == 302, html(answer)
    screening.refresh_from_db()
    return screening


def result(browser: Client, screening: Screening) -> Page:
    return Page(html(browser.get(f"/screenings/{screening.reference}/")))


def test_it_starts_from_the_zones_that_are_treated(
    browser: Client, patient: Patient
) -> None:
    factories.make_condition(patient=patient)
    path = f"/screenings/new/?patient={patient.reference}&purpose=plan"
    page = Page(html(browser.get(path)))
    assert page.faults() == []
    chosen = [
        e.attributes["value"]
        for e in page.all("input", name="zones")
        if "checked" in e.attributes
    ]
    assert chosen == ["CM-R", "CM-L"]
    (purpose,) = [
        e.attributes["value"]
        for e in page.all("input", name="purpose")
        if "checked" in e.attributes
    ]
    assert purpose == "plan"


def test_opening_a_page_writes_nothing(browser: Client, patient: Patient) -> None:
    browser.get(f"/screenings/new/?patient={patient.reference}&purpose=session")
    assert not Screening.objects.exists()


def test_nothing_is_answered_before_anybody_answers(
    browser: Client, patient: Patient
) -> None:
    screening = started(browser, patient)
    page = asked(browser, screening)
    assert page.faults() == []
    assert sorted(shown(page)) == sorted(keys(screening))
    checked = [e for e in page.all("input", type="radio") if "checked" in e.attributes]
    assert {e.attributes["value"] for e in checked} <= {""}


def test_each_answer_is_kept_as_it_is_given(browser: Client, patient: Patient) -> None:
    screening = started(browser, patient)
    path = f"/screenings/{screening.reference}/answers/metal_allergy/"
    answer = browser.post(
        path, {"metal_allergy-value": "yes"}, headers={"HX-Request": "true"}
    )
    text = html(answer)
    assert answer.status_code == 200
    assert 'id="saved-metal_allergy"' in text
    assert "Do not treat" in text
    page = Page(html(browser.get(ask(screening))))
    (yes,) = [
        e
        for e in page.all("input", name="metal_allergy-value", value="yes")
        if "checked" in e.attributes
    ]
    assert yes


def test_an_answer_that_cannot_be_says_why(browser: Client, patient: Patient) -> None:
    screening = started(browser, patient)
    path = f"/screenings/{screening.reference}/answers/filler/"
    typed = {"filler-value": "yes", "filler-dated_on": "2199-01-01"}
    answer = browser.post(path, typed)
    assert answer.status_code == 422
    assert "still to come" in html(answer)
    assert browser.post(path.replace("filler", "magic"), {}).status_code == 404


def test_none_of_these_answers_a_group_but_not_what_the_record_says(
    browser: Client, patient: Patient
) -> None:
    HistoryFact.objects.create(
        patient=patient,
        kind="latex_allergy",
        source="import",
        recorded_at=factories.NOW,
    )
    screening = started(browser, patient)
    typed = {"latex_allergy-value": "yes", "do": "none:allergies"}
    browser.post(ask(screening), typed)
    values = dict(screening.answers.values_list("question", "value"))
    assert values["latex_allergy"] is True
    assert values["metal_allergy"] is False
    assert "pregnancy" not in values


def test_finishing_asks_for_what_was_left_out(
    browser: Client, patient: Patient
) -> None:
    screening = started(browser, patient)
    typed = all_no(screening, metal_allergy__value="")
    answer = browser.post(ask(screening), {**typed, "do": "finish"})
    page = Page(html(answer))
    assert answer.status_code == 422
    assert page.faults() == []
    assert "One question has no answer yet" in page.text
    anyway = browser.post(ask(screening), {**typed, "do": "finish:anyway"})
    assert anyway.status_code == 302
    page = result(browser, Screening.objects.get(pk=screening.pk))
    assert "Not asked yet: Metal allergy." in page.text


def test_a_yes_has_to_say_when_or_that_nobody_knows(
    browser: Client, patient: Patient
) -> None:
    screening = started(browser, patient)
    typed = all_no(screening, filler__value="yes")
    answer = browser.post(ask(screening), {**typed, "do": "finish"})
    assert answer.status_code == 422
    page = Page(html(answer))
    summary = page.all("div", role="alert")[0]
    assert "tick “Day not known”" in summary.text  # told at the top, with the way there
    assert page.all("a", href="#q-filler")
    assert page.all("title")[0].text.startswith("Error: ")
    typed["filler-unknown"] = "on"
    assert browser.post(ask(screening), {**typed, "do": "finish"}).status_code == 302


def test_what_was_typed_stays_when_it_is_refused(
    browser: Client, patient: Patient
) -> None:
    screening = started(browser, patient)
    typed = all_no(screening, filler__value="yes", filler__detail="1 ml")
    page = Page(html(browser.post(ask(screening), {**typed, "do": "finish"})))
    assert page.all("input", name="filler-detail", value="1 ml")


def test_nothing_found_says_so(browser: Client, patient: Patient) -> None:
    page = result(browser, finished(browser, patient))
    assert page.faults() == []
    assert "Nothing found that stands against the treatment." in page.text


def test_findings_come_worst_first_with_dates_views_and_titles(
    browser: Client, patient: Patient
) -> None:
    screening = finished(
        browser,
        patient,
        isotretinoin__value="yes",
        isotretinoin__state="now",
        keloid_history__value="yes",
        toxin__value="yes",
        toxin__dated_on=timezone.localdate().isoformat(),
    )
    page = result(browser, screening)
    assert page.faults() == []
    codes = [
        e.attributes["data-code"]
        for e in page.all("li")
        if ("data-code" in e.attributes)
    ]
    assert codes.index("C01") < codes.index("C23") < codes.index("C13")
    assert "Sources differ" in page.text
    assert "SkinPen" in page.text


def test_a_finished_screening_is_read_and_not_answered_again(
    browser: Client, patient: Patient
) -> None:
    done = finished(browser, patient)
    answer = browser.get(ask(done))
    assert answer.headers["Location"] == f"/screenings/{done.reference}/"
    page = Page(html(browser.get(f"/screenings/{done.reference}/paper/")))
    assert page.faults() == []
    assert "Nothing found" in page.text


def test_what_is_new_since_the_last_time_is_marked(
    browser: Client, patient: Patient
) -> None:
    first = finished(browser, patient, keloid_history__value="yes")
    assert "New since last time" not in result(browser, first).text
    second = finished(
        browser, patient, keloid_history__value="yes", metal_allergy__value="yes"
    )
    page = result(browser, second)
    marked = [
        e.attributes["data-code"]
        for e in page.all("li")
        if "New since last time" in e.text and "data-code" in e.attributes
    ]
    assert marked == ["C14"]


def test_what_stood_last_time_is_offered_and_asked_again(
    browser: Client, patient: Patient
) -> None:
    finished(browser, patient)
    again = started(browser, patient)
    page = Page(html(browser.get(ask(again))))
    assert "Has anything changed since" in page.text
    assert "Last time: no" in page.text
    assert not again.answers.exists()
    browser.post(ask(again), {"do": "unchanged"})
    values = dict(again.answers.values_list("question", "value"))
    assert values["metal_allergy"] is False
    assert "isotretinoin" not in values


def test_a_prescriber_signs_off_and_the_reason_is_shown_and_printed(
    browser: Client, patient: Patient
) -> None:
    done = finished(
        browser,
        patient,
        anticoagulant__value="yes",
        anticoagulant__state="now",
        anticoagulant__choice="anticoagulant",
    )
    path = f"/screenings/{done.reference}/overrides/"
    typed = {"code": "C12", "scope": "needling", "reason": "INR 2.1, agreed"}
    page = result(browser, done)
    assert not page.all("input", name="reason")
    assert "A prescriber can sign this off." in page.text
    refused = browser.post(path, typed)
    assert refused.status_code == 422
    assert not RuleOverride.objects.exists()

    prescriber = signed_in(factories.make_prescriber())
    assert result(prescriber, done).all("input", name="reason")
    empty = prescriber.post(path, {**typed, "reason": " "})
    assert (empty.status_code, Page(html(empty)).faults()) == (422, [])
    assert prescriber.post(path, typed).status_code == 302
    page = result(prescriber, done)
    assert page.faults() == []
    assert "INR 2.1, agreed" in page.text
    paper = html(prescriber.get(f"/screenings/{done.reference}/paper/"))
    assert "INR 2.1, agreed" in paper
    tab = html(prescriber.get(f"/patients/{patient.reference}/health/"))
    assert "INR 2.1, agreed" in tab


def test_the_work_goes_on_where_it_came_from(browser: Client, patient: Patient) -> None:
    screening = started(browser, patient, next="/sessions/S1/safety/")
    typed = {**all_no(screening), "next": "/sessions/S1/safety/"}
    answer = browser.post(ask(screening), {**typed, "do": "finish"})
    assert answer.headers["Location"] == "/sessions/S1/safety/"


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test/", "evil"])
def test_the_work_goes_on_only_within_the_clinic(
    browser: Client, patient: Patient, elsewhere: str
) -> None:
    screening = started(browser, patient)
    typed = {**all_no(screening), "next": elsewhere}
    answer = browser.post(ask(screening), {**typed, "do": "finish"})
    assert answer.headers["Location"] == f"/screenings/{screening.reference}/"
    again = browser.get(f"/screenings/{screening.reference}/?next={elsewhere}")
    assert "evil" not in html(again)


def test_a_draft_can_be_thrown_away(browser: Client, patient: Patient) -> None:
    screening = started(browser, patient)
    browser.post(f"/screenings/{screening.reference}/discard/")
    assert not Screening.objects.exists()


def test_numbing_that_is_not_used_stops_nothing(
    browser: Client, patient: Patient
) -> None:
    screening = started(browser, patient)
    browser.post(f"/screenings/{screening.reference}/numbing/", {"numbing": "no"})
    screening.refresh_from_db()
    assert screening.anaesthetic is False
    typed = all_no(screening, anaesthetic_allergy__value="yes")
    browser.post(ask(screening), {**typed, "do": "finish"})
    screening.refresh_from_db()
    assert screening.verdict == "signoff"


def test_the_desk_opens_no_screening(browser: Client, patient: Patient) -> None:
    done = finished(browser, patient, metal_allergy__value="yes")
    desk = signed_in(factories.make_desk())
    for path in ("", "ask/", "paper/"):
        refused = desk.get(f"/screenings/{done.reference}/{path}")
        assert refused.status_code == 403
        assert "etal" not in html(refused)


def test_a_screening_that_is_not_there_is_not_found(browser: Client) -> None:
    for ref in ("Q9999", "Q", "P00001", "nonsense"):
        assert browser.get(f"/screenings/{ref}/").status_code == 404


def test_the_questions_take_a_bounded_number_of_queries(
    browser: Client, patient: Patient, django_assert_max_num_queries: Any
) -> None:
    finished(browser, patient)
    screening = started(browser, patient)
    browser.get(ask(screening))
    with django_assert_max_num_queries(24):
        browser.get(ask(screening))


def test_a_person_of_another_sex_is_not_asked_what_cannot_be(
    browser: Client,
) -> None:
    screening = started(browser, factories.make_patient(sex="male"))
    assert "pregnancy" not in shown(asked(browser, screening))
    screening = started(browser, factories.make_patient(sex=""))
    assert "pregnancy" in shown(asked(browser, screening))


def test_an_old_draft_is_not_mixed_with_today(
    browser: Client, patient: Patient, practitioner: User
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    old = Screening.objects.create(
        patient=patient,
        purpose="session",
        for_date=yesterday,
        started_at=factories.NOW,
        started_by=practitioner,
    )
    assert started(browser, patient).pk != old.pk
    assert not Screening.objects.filter(pk=old.pk).exists()


def test_a_no_against_the_record_says_how_to_settle_it(
    browser: Client, patient: Patient
) -> None:
    HistoryFact.objects.create(
        patient=patient,
        kind="isotretinoin",
        source="import",
        recorded_at=factories.NOW,
    )
    screening = started(browser, patient)
    page = Page(html(browser.get(ask(screening))))
    (question,) = page.all("fieldset", id="q-isotretinoin")
    assert "withdraw it in the history" in question.text
    (other,) = page.all("fieldset", id="q-metal_allergy")
    assert "withdraw it in the history" not in other.text
    typed = all_no(screening)
    saved = browser.post(
        f"/screenings/{screening.reference}/answers/isotretinoin/", typed
    )
    assert "the history differ" in html(saved)
    browser.post(ask(screening), {**typed, "do": "finish"})
    page = result(browser, screening)
    assert page.faults() == []
    assert "the history differ" in page.text
    assert page.all("a", href=f"/patients/{patient.reference}/health/")


@pytest.mark.parametrize(
    ("detail", "shown"),
    [("Diabetes", "Diabetes"), ("Type 2, since 2009", "Diabetes, Type 2, since 2009")],
)
def test_what_the_words_say_already_is_not_said_twice(
    browser: Client, patient: Patient, detail: str, shown: str
) -> None:
    HistoryFact.objects.create(
        patient=patient,
        kind="diabetes",
        source="import",
        detail=detail,
        recorded_at=timezone.now(),
    )
    screening = started(browser, patient)
    asked = Page(html(browser.get(ask(screening)))).text
    assert f"In the record: {shown} " in asked
    typed = all_no(screening, diabetes__value="yes", diabetes__choice="controlled")
    assert "Diabetes, Diabetes" not in html(
        browser.post(ask(screening), {**typed, "do": "finish"}, follow=True)
    )
    health = Page(html(browser.get(f"/patients/{patient.reference}/health/")))
    below = [e.text for e in health.all("p", **{"class": "small sec"})]
    assert ("Diabetes" in below) is False
